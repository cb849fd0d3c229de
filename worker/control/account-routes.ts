import { z } from 'zod';
import {
  accountSchema,
  emailSchema,
  MAX_PASSWORD_CHARS,
  newPasswordSchema,
  personNameSchema,
} from '#shared/domain/account.ts';
import { CAPABILITIES, roleSchema } from '#shared/domain/roles.ts';
import { noBody, route, type Route } from './route.ts';

/** Who somebody is and what they may do. */
export const personSchema = z.object({
  userId: z.string(),
  name: z.string(),
  role: roleSchema,
  capabilities: z.array(z.enum(CAPABILITIES)),
});

const userParams = z.object({ userId: z.string().min(1).max(64) });
/** Which desk; it makes it up once and keeps it. */
const device = z.string().min(8).max(64);
const password = z.string().min(1).max(MAX_PASSWORD_CHARS);
const refreshToken = z.string().min(20).max(200);

const session = z.object({
  token: z.string(),
  /** Seconds for which the token is good. */
  expiresInS: z.number().int(),
  refreshToken: z.string(),
  user: personSchema,
});

/** People with accounts: signing in, themselves, and what admins do with them. */
export const ACCOUNT_ROUTES = {
  signIn: route(
    'POST',
    '/api/sign-in',
    'Opens a session by e-mail address and password. `newPassword` replaces a temporary one in the same step.',
    'public',
    {
      body: z.strictObject({
        email: emailSchema,
        password,
        newPassword: newPasswordSchema.optional(),
        device,
      }),
      result: session,
    },
  ),
  refreshSession: route(
    'POST',
    '/api/sign-in/refresh',
    'Exchanges a refresh token, which is good once, for a new pair.',
    'public',
    { body: z.strictObject({ refreshToken, device }), result: session },
  ),
  signOut: route('POST', '/api/sign-out', 'Ends this session.', 'session', { body: noBody, result: noBody }),
  ownAccount: route('GET', '/api/account', 'The own account; `null` for a session without one.', 'session', {
    result: z.object({ account: accountSchema.nullable() }),
  }),
  renameOwnAccount: route('POST', '/api/account', 'Changes the own name.', 'session', {
    body: z.strictObject({ name: personNameSchema }),
    result: z.object({ account: accountSchema }),
  }),
  changePassword: route(
    'POST',
    '/api/account/password',
    'Changes the own password, for which the current one is asked. All other sessions of this person end.',
    'session',
    { body: z.strictObject({ password, newPassword: newPasswordSchema }), result: noBody },
  ),
  accounts: route('GET', '/api/accounts', 'Everybody who has an account of the org.', 'account.manage', {
    result: z.object({ accounts: z.array(accountSchema) }),
  }),
  addAccount: route(
    'POST',
    '/api/accounts',
    'Invites somebody. The temporary password is shown in this answer and never again.',
    'account.manage',
    {
      body: z.strictObject({ email: emailSchema, name: personNameSchema, role: roleSchema }),
      result: z.object({ account: accountSchema, temporaryPassword: z.string() }),
    },
  ),
  changeAccount: route(
    'POST',
    '/api/accounts/:userId',
    'Renames somebody, changes their role, deactivates them or lets them in again. A changed role and a deactivation end their sessions.',
    'account.manage',
    {
      params: userParams,
      body: z
        .strictObject({
          name: personNameSchema.optional(),
          role: roleSchema.optional(),
          status: z.enum(['active', 'deactivated']).optional(),
        })
        .refine(change => Object.keys(change).length > 0, 'Say what to change.'),
      result: z.object({ account: accountSchema }),
    },
  ),
  resetPassword: route(
    'POST',
    '/api/accounts/:userId/reset-password',
    'Gives somebody a temporary password, shown in this answer and never again, and ends their sessions.',
    'account.manage',
    { params: userParams, body: noBody, result: z.object({ temporaryPassword: z.string() }) },
  ),
} as const satisfies Record<string, Route>;
