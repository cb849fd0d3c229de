import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ToldAccount } from '#shared/domain/account.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { Answer, Args, CommandName } from '#shared/ipc/commands.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { DeskState, DeskStore } from './desk-store.ts';

/** The list of people, and a temporary password as long as it is on the screen. */
export interface PeopleState {
  readonly accounts: readonly ToldAccount[] | null;
  readonly error: ErrorBody | null;
  readonly shown: { readonly name: string; readonly temporaryPassword: string } | null;
}

export interface AccountStore {
  readonly people: StoreApi<PeopleState>;
  /** @returns why not */
  signIn(wish: Args<'sign-in'>): Promise<ErrorBody | null>;
  signOut(): Promise<void>;
  changePassword(change: Args<'change-password'>): Promise<ErrorBody | null>;
  list(): Promise<void>;
  invite(wish: Args<'add-account'>): Promise<ErrorBody | null>;
  change(change: Args<'change-account'>): Promise<ErrorBody | null>;
  resetPassword(account: ToldAccount): Promise<ErrorBody | null>;
  putAway(): void;
}

/** Why somebody has to sign in here now; null when nobody has to (ACC22). */
export function signInWords(desk: DeskState): string | null {
  const code = 'account.sign-in-needed';
  if (desk.name === 'failed' && desk.error.code === code) return desk.error.message;
  if (desk.name === 'ready' && desk.link.name === 'lost' && desk.link.code === code) return desk.link.message;
  return null;
}

export function createAccountStore(bridge: DeskBridge, desk: DeskStore): AccountStore {
  const people = createStore<PeopleState>(() => ({ accounts: null, error: null, shown: null }));
  const ask = async <C extends CommandName>(
    name: C,
    args: Args<C>,
    taken: (value: Extract<Answer<C>, { ok: true }>['value']) => void | Promise<void>,
  ): Promise<ErrorBody | null> => {
    const answer: Answer<C> = await bridge.run(name, args);
    if (!answer.ok) return answer.error;
    await taken(answer.value);
    return null;
  };
  const put = (account: ToldAccount): void => {
    const others = (people.getState().accounts ?? []).filter(({ userId }) => userId !== account.userId);
    const accounts = [...others, account].sort((left, right) => left.name.localeCompare(right.name));
    people.setState({ accounts });
  };
  return {
    people,
    signIn: wish => ask('sign-in', wish, () => desk.load()),
    signOut: async () => {
      await bridge.run('sign-out', {});
      people.setState({ accounts: null, error: null, shown: null });
      await desk.load();
    },
    changePassword: change => ask('change-password', change, () => undefined),
    list: async () => {
      const error = await ask('list-accounts', {}, ({ accounts }) => people.setState({ accounts }));
      people.setState({ error });
    },
    invite: wish =>
      ask('add-account', wish, ({ account, temporaryPassword }) => {
        put(account);
        people.setState({ shown: { name: account.name, temporaryPassword } });
      }),
    change: change => ask('change-account', change, ({ account }) => put(account)),
    resetPassword: ({ userId, name }) =>
      ask('reset-account-password', { userId }, ({ temporaryPassword }) =>
        people.setState({ shown: { name, temporaryPassword } }),
      ),
    putAway: () => people.setState({ shown: null }),
  };
}
