import { expect } from 'vitest';
import type { AccountBook, NewSession } from '#shared/adapters/account-book.ts';
import type { Account } from '#shared/domain/account.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';

const ORG = 'org-1' as OrgId;
const OTHER = 'org-2' as OrgId;
const at = (ms: number): EpochMs => ms as EpochMs;

export const person = (userId: string, more: Partial<Account> = {}): Account => ({
  userId: userId as UserId,
  orgId: ORG,
  email: `${userId}@example.test`,
  name: userId,
  role: 'admin',
  status: 'active',
  createdAtMs: 1,
  lastSeenAtMs: null,
  ...more,
});

async function withPeople(book: AccountBook, people: readonly Account[]): Promise<void> {
  for (const id of [ORG, OTHER]) await book.addOrg({ id, name: `Org ${id}`, createdAtMs: 1 });
  for (const account of people)
    expect(await book.addAccount({ account, passwordHash: 'hash', temporaryUntilMs: null })).toBe(true);
}

const session = (more: Partial<NewSession> = {}): NewSession => ({
  sessionId: 's1',
  orgId: ORG,
  userId: 'ann' as UserId,
  device: 'desk-1',
  tokenHash: 't1',
  atMs: at(1000),
  expiresAtMs: at(9000),
  ...more,
});
const rotation = (tokenHash: string, nextHash: string, atMs: number, device = 'desk-1') => ({
  tokenHash,
  nextHash,
  device,
  atMs: at(atMs),
  expiresAtMs: at(atMs + 9000),
  graceMs: 30,
});

/** Every rule of an account book, as data, so that a saboteur can be run against each of them too. */
export const ACCOUNT_CASES: readonly {
  readonly title: string;
  run(book: AccountBook): Promise<void>;
}[] = [
  {
    title: '[ACC1] an address belongs to one account of all orgs, and an org sees and changes its own people',
    run: async book => {
      await withPeople(book, [person('ann'), person('bob', { role: 'agent', name: 'Bea' })]);
      const again = person('eve', { orgId: OTHER, email: 'ann@example.test' });
      expect(await book.addAccount({ account: again, passwordHash: 'x', temporaryUntilMs: null })).toBe(
        false,
      );
      await book.addAccount({
        account: person('eve', { orgId: OTHER }),
        passwordHash: 'x',
        temporaryUntilMs: 5,
      });
      expect((await book.accounts(ORG)).map(account => account.name)).toEqual(['Bea', 'ann']);
      expect((await book.accounts(OTHER)).map(account => account.userId)).toEqual(['eve']);
      expect(await book.account(OTHER, 'ann' as UserId)).toBeNull();
      expect(await book.changeAccount(OTHER, 'ann' as UserId, { name: 'x' })).toBe('unknown');
      expect(
        await book.setPassword(OTHER, 'ann' as UserId, { passwordHash: 'x', temporaryUntilMs: null }),
      ).toBe(false);
      expect(await book.credentials('ann@example.test')).toEqual({
        account: person('ann'),
        passwordHash: 'hash',
        temporaryUntilMs: null,
      });
      expect(await book.credentials('eve@example.test')).toMatchObject({ temporaryUntilMs: 5 });
      expect(await book.credentials('nobody@example.test')).toBeNull();
      expect(await book.org(ORG)).toEqual({ id: ORG, name: 'Org org-1', createdAtMs: 1 });
      expect(await book.org('none' as OrgId)).toBeNull();
    },
  },
  {
    title: '[ACC3] the last active admin of an org stays one',
    run: async book => {
      await withPeople(book, [
        person('ann'),
        person('bob', { role: 'agent' }),
        person('off', { status: 'deactivated' }),
        person('new', { status: 'invited' }),
        person('eve', { orgId: OTHER }),
      ]);
      const ann = 'ann' as UserId;
      expect(await book.changeAccount(ORG, ann, { role: 'agent' })).toBe('last-admin');
      expect(await book.changeAccount(ORG, ann, { status: 'deactivated' })).toBe('last-admin');
      expect(await book.account(ORG, ann)).toEqual(person('ann'));
      expect(await book.changeAccount(ORG, ann, { name: 'Ann' })).toBe('done');
      expect(await book.changeAccount(ORG, 'bob' as UserId, { role: 'admin' })).toBe('done');
      expect(await book.changeAccount(ORG, ann, { role: 'supervisor' })).toBe('done');
      expect(await book.account(ORG, ann)).toEqual(person('ann', { name: 'Ann', role: 'supervisor' }));
    },
  },
  {
    title: '[ACC8] a password of one’s own makes an invited account active, another temporary one does not',
    run: async book => {
      await withPeople(book, [person('new', { status: 'invited' })]);
      const set = (temporaryUntilMs: number | null): Promise<boolean> =>
        book.setPassword(ORG, 'new' as UserId, {
          passwordHash: `h${String(temporaryUntilMs)}`,
          temporaryUntilMs,
        });
      expect(await set(77)).toBe(true);
      expect(await book.credentials('new@example.test')).toMatchObject({
        account: { status: 'invited' },
        passwordHash: 'h77',
        temporaryUntilMs: 77,
      });
      expect(await set(null)).toBe(true);
      expect(await book.credentials('new@example.test')).toMatchObject({
        account: { status: 'active' },
        temporaryUntilMs: null,
      });
    },
  },
  {
    title: '[ACC6] a refresh token is good once; shown again it ends its family, and only that',
    run: async book => {
      await withPeople(book, [person('ann')]);
      await book.openSession(session());
      await book.openSession(session({ sessionId: 's2', tokenHash: 'u1' }));
      expect(await book.rotateSession(rotation('t1', 't2', 2000))).toMatchObject({
        name: 'rotated',
        sessionId: 's1',
        account: { userId: 'ann' },
      });
      expect(await book.rotateSession(rotation('t2', 't3', 3000))).toMatchObject({ name: 'rotated' });
      expect(await book.rotateSession(rotation('t1', 't9', 3001))).toEqual({
        name: 'reused',
        sessionId: 's1',
        orgId: ORG,
        userId: 'ann',
      });
      expect(await book.rotateSession(rotation('t3', 't4', 3002))).toEqual({ name: 'void' });
      expect(await book.isSessionLive('s1', at(3002))).toBe(false);
      expect(await book.isSessionLive('s2', at(3002))).toBe(true);
      expect(await book.rotateSession(rotation('unknown', 't4', 3002))).toEqual({ name: 'void' });
    },
  },
  {
    title: '[ACC7] a lost answer: the same desk may show the token again soon, and the lost token is void',
    run: async book => {
      await withPeople(book, [person('ann')]);
      await book.openSession(session());
      await book.rotateSession(rotation('t1', 'lost', 2000));
      expect(await book.rotateSession(rotation('t1', 't2', 2030))).toMatchObject({ name: 'rotated' });
      expect(await book.rotateSession(rotation('lost', 't3', 2031))).toEqual({ name: 'void' });
      expect(await book.rotateSession(rotation('t2', 't3', 2040))).toMatchObject({ name: 'rotated' });
      // Its answer has arrived after all: t2 was used.
      expect(await book.rotateSession(rotation('t1', 't4', 2041))).toMatchObject({ name: 'reused' });

      await book.openSession(session({ sessionId: 's2', tokenHash: 'u1' }));
      await book.rotateSession(rotation('u1', 'u2', 2000));
      expect(await book.rotateSession(rotation('u1', 'u3', 2010, 'desk-2'))).toMatchObject({
        name: 'reused',
      });
      await book.openSession(session({ sessionId: 's3', tokenHash: 'v1' }));
      await book.rotateSession(rotation('v1', 'v2', 2000));
      expect(await book.rotateSession(rotation('v1', 'v3', 2031))).toMatchObject({ name: 'reused' });
    },
  },
  {
    title: '[ACC9] sessions end one by one, all or all but one; a deactivated account and time end them too',
    run: async book => {
      await withPeople(book, [person('ann'), person('bob')]);
      for (const id of ['1', '2', '3'])
        await book.openSession(session({ sessionId: `s${id}`, tokenHash: `t${id}` }));
      await book.openSession(session({ sessionId: 'b', tokenHash: 'b', userId: 'bob' as UserId }));
      const ann = 'ann' as UserId;
      expect(await book.endSessions(OTHER, ann, {}, at(2000))).toEqual([]);
      expect(await book.endSessions(ORG, ann, { only: 's1' }, at(2000))).toEqual(['s1']);
      expect(await book.endSessions(ORG, ann, { except: 's2' }, at(2000))).toEqual(['s3']);
      expect(await book.isSessionLive('s2', at(2000))).toBe(true);
      expect(await book.endSessions(ORG, ann, {}, at(2000))).toEqual(['s2']);
      expect(await book.endSessions(ORG, ann, {}, at(2000))).toEqual([]);
      expect(await book.rotateSession(rotation('t2', 'x', 2001))).toEqual({ name: 'void' });
      expect(await book.isSessionLive('b', at(8999))).toBe(true);
      expect(await book.isSessionLive('b', at(9000))).toBe(false);
      expect(await book.rotateSession(rotation('b', 'x', 9000))).toEqual({ name: 'void' });
      await book.changeAccount(ORG, 'bob' as UserId, { status: 'deactivated' });
      expect(await book.rotateSession(rotation('b', 'x', 2001))).toEqual({ name: 'void' });
      await book.pruneSessions(at(10_000));
      expect(await book.isSessionLive('b', at(2000))).toBe(false);
    },
  },
];
