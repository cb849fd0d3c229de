import type { AccountStatus } from '#shared/domain/account.ts';
import type { Role } from '#shared/domain/roles.ts';

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  admin: 'Administrator',
  supervisor: 'Supervisor',
  agent: 'Agent',
};

export const STATUS_WORDS: Readonly<Record<AccountStatus, string>> = {
  invited: 'Invited',
  active: 'Active',
  deactivated: 'Deactivated',
};
