import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { Store } from '#worker/store/store.ts';

export interface StoreSabotage {
  readonly name: string;
  /** The rule that must notice. */
  readonly breaks: string;
  readonly bend: (store: Store) => Partial<Store>;
}

const ORG = 'org-1' as OrgId;

/** Ways a book of accounts or of erasures can lie. */
export const BOOK_SABOTAGES: readonly StoreSabotage[] = [
  {
    name: 'shows people of other orgs',
    breaks: 'ACC1',
    bend: store => ({ account: (_org, userId) => store.account(ORG, userId) }),
  },
  {
    name: 'lets the last admin go',
    breaks: 'ACC3',
    bend: store => ({
      changeAccount: async (orgId, ...rest) => {
        const name = 'stand-in';
        const account = { userId: name as UserId, orgId, email: name, name, role: 'admin' } as const;
        await store.addAccount({
          account: { ...account, status: 'active', createdAtMs: 1, lastSeenAtMs: null },
          passwordHash: 'x',
          temporaryUntilMs: null,
        });
        return store.changeAccount(orgId, ...rest);
      },
    }),
  },
  {
    name: 'makes nobody active',
    breaks: 'ACC8',
    bend: store => ({
      setPassword: (orgId, userId, password) =>
        store.setPassword(orgId, userId, { ...password, temporaryUntilMs: 77 }),
    }),
  },
  {
    name: 'takes a used refresh token for ever',
    breaks: 'ACC6',
    bend: store => ({
      rotateSession: async rotation => {
        const outcome = await store.rotateSession(rotation);
        return outcome.name === 'reused' ? { name: 'void' } : outcome;
      },
    }),
  },
  {
    name: 'knows no grace',
    breaks: 'ACC7',
    bend: store => ({ rotateSession: rotation => store.rotateSession({ ...rotation, graceMs: -1 }) }),
  },
  { name: 'ends no session', breaks: 'ACC9', bend: () => ({ endSessions: () => Promise.resolve([]) }) },
  {
    name: 'erases the words and leaves the name',
    breaks: 'PRIV4',
    bend: store => ({
      eraseCall: (orgId, callId, _scope, atMs) => store.eraseCall(orgId, callId, 'words', atMs),
    }),
  },
  {
    name: 'holds nothing',
    breaks: 'PRIV8',
    bend: () => ({ holdCall: orgId => Promise.resolve(orgId === ORG) }),
  },
  {
    name: 'finds nothing that is due',
    breaks: 'PRIV7',
    bend: () => ({ callsToErase: () => Promise.resolve([]) }),
  },
  {
    name: 'gives every org one profile',
    breaks: 'PRIV6',
    bend: store => ({ retentionProfile: () => store.retentionProfile(ORG) }),
  },
  {
    name: 'does not know callers by their tickets',
    breaks: 'PRIV10',
    bend: store => ({
      callerTraces: async orgId =>
        (await store.callerTraces(orgId)).map(traces => ({ ...traces, emails: [] })),
    }),
  },
];
