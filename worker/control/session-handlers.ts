import { may } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { Store } from '#worker/store/store.ts';
import { personOf } from './account-handlers.ts';
import { DEMO_PEOPLE, LOCAL_ADMIN } from './demo-people.ts';
import type { Handlers } from './handlers.ts';
import { signedIn } from './signed-in.ts';
import { sameSecret, type SessionTokens } from './tokens.ts';

export interface SessionHandlerDeps {
  readonly store: Pick<Store, 'accounts'>;
  readonly tokens: SessionTokens;
  readonly bootSecret: string;
}

/** Sessions without an account, and who is who. */
export function sessionHandlers({
  store,
  tokens,
  bootSecret,
}: SessionHandlerDeps): Pick<Handlers, 'createSession' | 'currentSession' | 'people'> {
  return {
    createSession: async ({ body, actor }) => {
      if ('bootSecret' in body) {
        if (!sameSecret(body.bootSecret, bootSecret))
          throw appError(
            'access.unauthenticated',
            'The boot secret is not the one this worker was started with.',
          );
        return { token: await tokens.mint(LOCAL_ADMIN), user: personOf(LOCAL_ADMIN) };
      }
      const admin = signedIn(actor);
      if (!may(admin.role, 'session.mint'))
        throw appError('access.denied', 'Only an admin may mint a session for somebody else.');
      const person = DEMO_PEOPLE.find(
        candidate => candidate.userId === body.userId && candidate.orgId === admin.orgId,
      );
      if (!person) throw appError('input.invalid', 'There is no such person in this org.');
      return { token: await tokens.mint(person), user: personOf(person) };
    },
    currentSession: ({ actor }) => Promise.resolve(personOf(signedIn(actor))),
    people: async ({ actor }) => {
      const { orgId } = signedIn(actor);
      const accounts = (await store.accounts(orgId)).filter(({ status }) => status === 'active');
      const people = accounts.length > 0 ? accounts : DEMO_PEOPLE.filter(person => person.orgId === orgId);
      return { people: people.map(personOf) };
    },
  };
}
