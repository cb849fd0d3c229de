import type { CommandHandlers } from '#shared/ipc/commands.ts';
import type { accountCommands } from '#shared/ipc/account-commands.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';

/** The commands of `account-commands.ts`. */
export function accountHandlers(
  core: DeskCore,
  { store }: Pick<DeskData, 'store'>,
): Pick<CommandHandlers, keyof typeof accountCommands> {
  return {
    'sign-in': async wish => {
      await core.signIn(wish);
      return {};
    },
    'sign-out': async () => {
      // Signing out must not fail for a store that cannot be written; it says so by itself.
      await store.people.forget().catch(() => undefined);
      await core.signOut();
      return {};
    },
    'change-password': async change => {
      await core.ask(api => api.changePassword(change));
      return {};
    },
    'list-accounts': async () => ({ accounts: await core.ask(api => api.accounts()) }),
    'add-account': wish => core.ask(api => api.addAccount(wish)),
    'change-account': async ({ userId, ...change }) => ({
      account: await core.ask(api => api.changeAccount(userId, change)),
    }),
    'reset-account-password': async ({ userId }) => ({
      temporaryPassword: await core.ask(api => api.resetPassword(userId)),
    }),
  };
}
