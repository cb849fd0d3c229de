import type { UserId } from '#shared/domain/ids.ts';
import { ROLE_CAPABILITIES, type Actor, type Role } from '#shared/domain/roles.ts';
import type { AccountDesk, OpenedSession, SignInRequest } from './account-desk.ts';
import { signedIn } from './signed-in.ts';

interface Asked<Body = unknown> {
  readonly body: Body;
  readonly actor: Actor | null;
  readonly sessionId: string | null;
  readonly address: string;
}
type Of = { readonly params: { readonly userId: string } };

export function personOf({ userId, name, role }: Pick<Actor, 'userId' | 'name' | 'role'>) {
  return { userId: String(userId), name, role, capabilities: [...ROLE_CAPABILITIES[role]] };
}

/** The routes of `account-routes.ts`. What they may be asked by is checked before. */
export function accountHandlers(desk: AccountDesk) {
  const told = ({ actor, ...session }: OpenedSession) => ({ ...session, user: personOf(actor) });
  return {
    signIn: async ({ body, address }: Asked<SignInRequest>) => told(await desk.signIn(body, address)),
    refreshSession: async ({
      body,
      address,
    }: Asked<{ readonly refreshToken: string; readonly device: string }>) =>
      told(await desk.refresh(body.refreshToken, body.device, address)),
    signOut: async ({ actor, sessionId }: Asked) => {
      await desk.signOut(signedIn(actor), sessionId);
      return {};
    },
    ownAccount: async ({ actor }: Asked) => ({ account: await desk.own(signedIn(actor)) }),
    renameOwnAccount: async ({ body, actor }: Asked<{ readonly name: string }>) => ({
      account: await desk.renameOwn(signedIn(actor), body.name),
    }),
    changePassword: async ({
      body,
      actor,
      sessionId,
    }: Asked<{ readonly password: string; readonly newPassword: string }>) => {
      await desk.changePassword(signedIn(actor), sessionId, body);
      return {};
    },
    accounts: async ({ actor }: Asked) => ({ accounts: [...(await desk.list(signedIn(actor)))] }),
    addAccount: ({
      body,
      actor,
    }: Asked<{ readonly email: string; readonly name: string; readonly role: Role }>) =>
      desk.invite(signedIn(actor), body),
    changeAccount: async ({
      params,
      body,
      actor,
    }: Of &
      Asked<{
        readonly name?: string | undefined;
        readonly role?: Role | undefined;
        readonly status?: 'active' | 'deactivated' | undefined;
      }>) => {
      const { name, role, status } = body;
      const change = {
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(status === undefined ? {} : { status }),
      };
      return { account: await desk.change(signedIn(actor), params.userId as UserId, change) };
    },
    resetPassword: async ({ params, actor }: Of & Asked) => ({
      temporaryPassword: await desk.resetPassword(signedIn(actor), params.userId as UserId),
    }),
  };
}
