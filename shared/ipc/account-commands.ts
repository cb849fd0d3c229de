import { z } from 'zod';
import {
  accountSchema,
  emailSchema,
  MAX_PASSWORD_CHARS,
  newPasswordSchema,
  personNameSchema,
} from '../domain/account.ts';
import { roleSchema } from '../domain/roles.ts';
import type { ErrorCode } from '../errors/app-error.ts';

const nothing = z.object({});
const password = z.string().min(1).max(MAX_PASSWORD_CHARS);
const userId = z.string().min(1).max(64);
const account = z.object({ account: accountSchema });

const FAILS: readonly ErrorCode[] = [
  'access.denied',
  'access.too-often',
  'access.unauthenticated',
  'account.email-taken',
  'account.last-admin',
  'account.new-password-needed',
  'account.sign-in-needed',
  'account.unknown',
  'account.wrong-credentials',
  'input.invalid',
  'worker.unreachable',
];

/** People with accounts: signing in at a worker elsewhere, and the list that admins keep. */
export const accountCommands = {
  /** `newPassword` replaces a temporary one. */
  'sign-in': {
    args: z.object({ email: emailSchema, password, newPassword: newPasswordSchema.optional() }),
    result: nothing,
    fails: FAILS,
  },
  'sign-out': { args: nothing, result: nothing, fails: FAILS },
  'change-password': {
    args: z.object({ password, newPassword: newPasswordSchema }),
    result: nothing,
    fails: FAILS,
  },
  'list-accounts': { args: nothing, result: z.object({ accounts: z.array(accountSchema) }), fails: FAILS },
  /** The temporary password is shown once. */
  'add-account': {
    args: z.object({ email: emailSchema, name: personNameSchema, role: roleSchema }),
    result: account.extend({ temporaryPassword: z.string() }),
    fails: FAILS,
  },
  'change-account': {
    args: z.object({
      userId,
      role: roleSchema.optional(),
      status: z.enum(['active', 'deactivated']).optional(),
    }),
    result: account,
    fails: FAILS,
  },
  'reset-account-password': {
    args: z.object({ userId }),
    result: z.object({ temporaryPassword: z.string() }),
    fails: FAILS,
  },
} as const;
