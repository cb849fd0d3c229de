import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';

const orgId = 'org-larkfield' as OrgId;

/** People of the demo org. Who sits at a desk without accounts is at a machine of their own, and so its admin: they hear what was recorded. */
export const DEMO_PEOPLE: readonly Actor[] = [
  { userId: 'user-okafor' as UserId, orgId, name: 'Alex Okafor', role: 'admin' },
  { userId: 'user-reyes' as UserId, orgId, name: 'Morgan Reyes', role: 'admin' },
  { userId: 'user-tanaka' as UserId, orgId, name: 'Jun Tanaka', role: 'supervisor' },
  { userId: 'user-lind' as UserId, orgId, name: 'Sam Lind', role: 'agent' },
];

/** Who a desktop without accounts is: the admin, who may mint every other session. */
export const LOCAL_ADMIN = DEMO_PEOPLE[0] as Actor;
