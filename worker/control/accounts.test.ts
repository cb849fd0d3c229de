import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { afterEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { OrgId } from '#shared/domain/ids.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import type { AccessRow } from '#worker/store/store.ts';
import { person } from '#tests/contract/accounts.contract.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { askControl, BOOT_SECRET, quietControl } from '#tests/fixtures/quiet-control.ts';
import { LiveSessions } from './live-sessions.ts';
import { ARGON2, Passwords, temporaryPassword } from './passwords.ts';
import { startControl } from './start-control.ts';

const PASSWORD = 'correct horse battery';
const OTHER = 'org-2' as OrgId;
const DAY_MS = 86_400_000;
const DEVICE = 'desk-one';
/** Cheap, so that the tests are fast; what is kept is made by the product's own. */
const CHEAP = await hash(PASSWORD, { ...ARGON2, memoryCost: 8, timeCost: 1 });

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Body = Readonly<Record<string, never>> & {
  readonly error?: { readonly code: string; readonly message: string };
  readonly token: string;
  readonly refreshToken: string;
  readonly temporaryPassword: string;
  readonly account: { readonly userId: string; readonly status: string; readonly name: string };
  readonly accounts: readonly { readonly email: string }[];
};

async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-accounts-'));
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const clock = createVirtualClock();
  const rows: AccessRow[] = [];
  let ids = 0;
  const control = await startControl({
    ...quietControl(store, folder),
    clock,
    newId: () => `id-${String((ids += 1))}`,
    store: { ...store, recordAccess: row => Promise.resolve(void rows.push(row)) },
  });

  cleanups.push(async () => {
    await control.close();
    await store.close();
  });
  for (const id of ['org-1', 'org-2'] as OrgId[]) await store.addOrg({ id, name: id, createdAtMs: 1 });
  for (const account of [
    person('ann'),
    person('sue', { role: 'supervisor' }),
    person('off', { role: 'agent', status: 'deactivated' }),
    person('eve', { orgId: OTHER }),
  ])
    await store.addAccount({ account, passwordHash: CHEAP, temporaryUntilMs: null });
  const ask = async (
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<{ status: number; body: Body }> => {
    const response = await askControl(`http://127.0.0.1:${String(control.port)}`, path, body, token);
    return { status: response.status, body: (await response.json()) as Body };
  };
  const signIn = (name: string, password = PASSWORD, more: object = {}) =>
    ask('/api/sign-in', { email: `${name}@example.test`, password, device: DEVICE, ...more });
  const refresh = (refreshToken: string, device = DEVICE) =>
    ask('/api/sign-in/refresh', { refreshToken, device });
  const codeOf = async (answer: Promise<{ body: Body }>): Promise<string | null> =>
    (await answer).body.error?.code ?? null;
  const whoIs = (token: string) => ask('/api/sessions/current', undefined, token);
  return { ask, signIn, refresh, codeOf, whoIs, store, clock, rows, port: control.port };
}

describe('passwords', () => {
  test('[ACC2] are kept as Argon2id with the parameters of one place', async () => {
    const passwords = new Passwords();
    const made = await passwords.hash(PASSWORD);
    expect(made).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/u);
    expect(await passwords.isRight(made, PASSWORD)).toBe(true);
    expect(await passwords.isRight(made, `${PASSWORD}.`)).toBe(false);
    expect(await passwords.isRight('not a hash', PASSWORD)).toBe(false);
  });

  test('[ACC4] nobody has the decoy’s, and it is compared all the same', async () => {
    const passwords = new Passwords();
    expect(await passwords.isRight(null, 'nobody')).toBe(false);
  });

  test('[ACC5] too many at once are refused instead of taking the calls’ threads', async () => {
    const passwords = new Passwords();
    const asked = Array.from({ length: 40 }, () => passwords.isRight(CHEAP, PASSWORD));
    const outcomes = await Promise.allSettled(asked);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBe(40 - 34);
    expect(await passwords.isRight(CHEAP, PASSWORD)).toBe(true);
  });

  test('[ACC8] a temporary one is long, readable and never the same', () => {
    const made = new Set(Array.from({ length: 200 }, temporaryPassword));
    expect(made.size).toBe(200);
    for (const one of made) expect(one).toMatch(/^(?:[a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/u);
  });
});

describe('signing in', () => {
  test('[ACC4] gives an access token of 15 minutes and a refresh token of 30 days', async () => {
    const { signIn, whoIs, refresh, clock, codeOf } = await bench();
    const { status, body } = await signIn('ANN');
    expect(status).toBe(200);
    expect((await whoIs(body.token)).body).toMatchObject({ userId: 'ann', role: 'admin' });
    clock.advance(899_000);
    expect((await whoIs(body.token)).status).toBe(200);
    clock.advance(2_000);
    expect((await whoIs(body.token)).status).toBe(401);
    const next = await refresh(body.refreshToken);
    expect((await whoIs(next.body.token)).status).toBe(200);
    clock.advance(30 * DAY_MS + 1);
    expect(await codeOf(refresh(next.body.refreshToken))).toBe('access.unauthenticated');
  });

  test('[ACC4] an unknown address, a wrong password and a deactivated account get one answer', async () => {
    const { signIn } = await bench();
    const answers = [
      await signIn('nobody'),
      await signIn('ann', 'wrong password'),
      await signIn('off'),
      await signIn('off', 'wrong password'),
    ];
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 401, body: { error: { code: 'account.wrong-credentials' } } });
  });

  test('[ACC5] wrong attempts are limited for an account, and time or success ends it', async () => {
    const { signIn, codeOf, clock } = await bench();
    for (let tried = 0; tried < 9; tried += 1) await signIn('ann', 'wrong password');
    expect((await signIn('ann')).status).toBe(200);
    for (let tried = 0; tried < 10; tried += 1) await signIn('ann', 'wrong password');
    expect(await codeOf(signIn('ann'))).toBe('access.too-often');
    expect(await codeOf(signIn('sue'))).toBeNull();
    clock.advance(900_001);
    expect(await codeOf(signIn('ann'))).toBeNull();
  });

  test('[ACC5] attempts from one address are limited, whoever they are for', async () => {
    const { signIn, codeOf } = await bench();
    const guesses = Array.from({ length: 60 }, (_, tried) => signIn(`guess-${String(tried)}`, 'x'));
    expect(new Set((await Promise.all(guesses)).map(({ status }) => status))).toEqual(new Set([401, 429]));
    expect(await codeOf(signIn('sue'))).toBe('access.too-often');
  });

  test('[ACC5] refused attempts are rows in the audit, without passwords and addresses that nobody has', async () => {
    const { signIn, rows } = await bench();
    await signIn('nobody', 'secret-one-nobody');
    await signIn('ann', 'secret-two-of-ann');
    await signIn('off');
    expect(rows.map(({ userId, orgId, action, outcome }) => [userId, orgId, action, outcome])).toEqual([
      ['unknown', 'org-larkfield', 'account.sign-in', 'wrong'],
      ['ann', 'org-1', 'account.sign-in', 'wrong'],
      ['off', 'org-1', 'account.sign-in', 'deactivated'],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/secret|nobody@|correct horse/u);
  });

  test('[ACC6] a stolen refresh token ends the family, and the audit says so', async () => {
    const { signIn, refresh, whoIs, codeOf, rows, clock } = await bench();
    const { body } = await signIn('ann');
    const own = await refresh(body.refreshToken);
    clock.advance(31_000);
    expect(await codeOf(refresh(body.refreshToken))).toBe('access.unauthenticated');
    expect(await codeOf(refresh(own.body.refreshToken))).toBe('access.unauthenticated');
    expect((await whoIs(own.body.token)).status).toBe(401);
    expect(rows.at(-1)).toMatchObject({ userId: 'ann', action: 'account.refresh', outcome: 'token-reused' });
  });

  test('[ACC7] the same desk may ask again when the answer was lost', async () => {
    const { signIn, refresh, codeOf, clock } = await bench();
    const { body } = await signIn('ann');
    await refresh(body.refreshToken);
    clock.advance(29_000);
    const again = await refresh(body.refreshToken);
    expect(await codeOf(refresh(again.body.refreshToken))).toBeNull();
  });

  test('[ACC8] an invited person chooses a password, and the temporary one is over', async () => {
    const { ask, signIn, codeOf, store, clock } = await bench();
    const { token } = (await signIn('ann')).body;
    const { body } = await ask(
      '/api/accounts',
      { email: 'New@example.test', name: 'New', role: 'agent' },
      token,
    );
    expect(body.account.status).toBe('invited');
    expect(await codeOf(signIn('new', body.temporaryPassword))).toBe('account.new-password-needed');
    const chosen = { newPassword: 'a password of my own' };
    expect(await codeOf(signIn('new', body.temporaryPassword, { newPassword: 'short' }))).toBe(
      'input.invalid',
    );
    expect(await codeOf(signIn('new', body.temporaryPassword, chosen))).toBeNull();
    expect(await codeOf(signIn('new', body.temporaryPassword))).toBe('account.wrong-credentials');
    expect(await codeOf(signIn('new', 'a password of my own'))).toBeNull();
    expect(await codeOf(signIn('new', 'a password of my own', chosen))).toBe('input.invalid');
    expect((await store.credentials('new@example.test'))?.account.status).toBe('active');
    const late = (await ask('/api/accounts', { email: 'late@example.test', name: 'L', role: 'agent' }, token))
      .body;
    clock.advance(7 * DAY_MS);
    expect(await codeOf(signIn('late', late.temporaryPassword, chosen))).toBe('account.wrong-credentials');
  });
});

describe('sessions end', () => {
  test('[ACC9] by signing out, a reset, a role and a deactivation, tokens and open streams with them', async () => {
    const { ask, signIn, refresh, whoIs, codeOf, port } = await bench();
    const admin = (await signIn('ann')).body.token;
    const ways: readonly ((token: string) => Promise<unknown>)[] = [
      token => ask('/api/sign-out', {}, token),
      () => ask('/api/accounts/sue/reset-password', {}, admin),
    ];
    for (const way of ways) {
      const { body } = await signIn('sue');
      const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/api/stream`, {
        headers: { authorization: `Bearer ${body.token}` },
      });
      const closed = new Promise<string>(resolve => {
        socket.on('close', (_code, reason) => resolve(String(reason)));
      });
      await new Promise(resolve => socket.on('open', resolve));
      // The session is followed once the token has been read.
      socket.send(JSON.stringify({ type: 'beat' }));
      await ask('/healthz');
      await way(body.token);
      expect(await closed).toBe('access.unauthenticated');
      expect((await whoIs(body.token)).status).toBe(401);
      expect(await codeOf(refresh(body.refreshToken))).toBe('access.unauthenticated');
    }
  });

  test('[ACC9] a changed role and a deactivation end them too; a new name does not', async () => {
    const { ask, signIn, whoIs, codeOf } = await bench();
    const admin = (await signIn('ann')).body.token;
    const change = (body: object) => ask('/api/accounts/sue', body, admin);
    const first = (await signIn('sue')).body.token;
    await change({ name: 'Susan' });
    expect((await whoIs(first)).status).toBe(200);
    await change({ role: 'agent' });
    expect((await whoIs(first)).status).toBe(401);
    const second = (await signIn('sue')).body.token;
    expect((await whoIs(second)).body).toMatchObject({ role: 'agent', name: 'Susan' });
    await change({ status: 'deactivated' });
    expect((await whoIs(second)).status).toBe(401);
    expect(await codeOf(signIn('sue'))).toBe('account.wrong-credentials');
    await change({ status: 'active' });
    expect(await codeOf(signIn('sue'))).toBeNull();
  });

  test('[ACC9] what another worker ended closes the stream within a minute; a store that is away closes nothing', async () => {
    const clock = createVirtualClock();
    const answers: (() => Promise<boolean>)[] = [
      () => Promise.resolve(true),
      () => Promise.reject(new Error('away')),
      () => Promise.resolve(false),
    ];
    let asked = 0;
    const live = new LiveSessions(
      { isSessionLive: () => answers[asked++]?.() ?? Promise.resolve(true) },
      clock,
    );
    const closed: string[] = [];
    live.follow('s1', () => closed.push('s1'));
    live.follow('s2', () => closed.push('s2'))();
    await clock.advanceAsync(60_000);
    await clock.advanceAsync(60_000);
    expect([closed, live.hasEnded('s1')]).toEqual([[], false]);
    await clock.advanceAsync(60_000);
    expect([closed, live.hasEnded('s1'), asked]).toEqual([['s1'], true, 3]);
  });
});

describe('people', () => {
  test('[ACC10] are for admins, in their own org; what is refused and done is in the audit', async () => {
    const { ask, signIn, codeOf, rows } = await bench();
    const [ann, sue, eve] = [
      (await signIn('ann')).body.token,
      (await signIn('sue')).body.token,
      (await signIn('eve')).body.token,
    ];
    rows.length = 0;
    const wish = { email: 'x@example.test', name: 'X', role: 'admin' };
    for (const [path, body] of [
      ['/api/accounts', undefined],
      ['/api/accounts', wish],
      ['/api/accounts/ann', { role: 'agent' }],
      ['/api/accounts/ann/reset-password', {}],
    ] as const) {
      expect(await codeOf(ask(path, body, sue))).toBe('access.denied');
      expect(await codeOf(ask(path, body))).toBe('access.unauthenticated');
    }
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({ userId: 'sue', action: 'account.manage', outcome: 'denied' });
    expect((await ask('/api/accounts', undefined, ann)).body.accounts.map(({ email }) => email)).toEqual(
      ['ann', 'off', 'sue'].map(name => `${name}@example.test`),
    );
    expect(await codeOf(ask('/api/accounts/sue', { role: 'admin' }, eve))).toBe('account.unknown');
    expect(await codeOf(ask('/api/accounts/sue/reset-password', {}, eve))).toBe('account.unknown');
    expect(await codeOf(ask('/api/accounts', { ...wish, email: 'SUE@example.test' }, eve))).toBe(
      'account.email-taken',
    );
    expect(await codeOf(ask('/api/accounts/ann', {}, ann))).toBe('input.invalid');
    expect(await codeOf(ask('/api/accounts', wish, ann))).toBeNull();
    expect(rows.at(-1)).toMatchObject({ userId: 'ann', action: 'account.invite', outcome: 'invited' });
    expect(JSON.stringify(rows)).not.toMatch(/@|[a-z2-9]{5}-[a-z2-9]{5}-/u);
  });

  test('[ACC3] the last admin is told to make another one first', async () => {
    const { ask, signIn, codeOf } = await bench();
    const { token } = (await signIn('ann')).body;
    expect(await codeOf(ask('/api/accounts/ann', { role: 'agent' }, token))).toBe('account.last-admin');
  });

  test('[ACC11] everybody reads and renames themselves, and changes their password with the current one', async () => {
    const { ask, signIn, whoIs, codeOf } = await bench();
    const [here, there] = [(await signIn('sue')).body, (await signIn('sue')).body];
    expect((await ask('/api/account', { name: 'Susan' }, here.token)).body.account.name).toBe('Susan');
    expect((await ask('/api/account', undefined, here.token)).body.account).toMatchObject({
      userId: 'sue',
      name: 'Susan',
      email: 'sue@example.test',
    });
    const change = (password: string, newPassword = 'another long password') =>
      ask('/api/account/password', { password, newPassword }, here.token);
    expect(await codeOf(change('wrong'))).toBe('account.wrong-credentials');
    expect(await codeOf(change(PASSWORD, 'short'))).toBe('input.invalid');
    expect(await codeOf(change(PASSWORD))).toBeNull();
    expect((await whoIs(here.token)).status).toBe(200);
    expect((await whoIs(there.token)).status).toBe(401);
    expect(await codeOf(signIn('sue'))).toBe('account.wrong-credentials');
    expect(await codeOf(signIn('sue', 'another long password'))).toBeNull();
  });

  test('[ACC12] without accounts the boot secret opens the local admin’s session, which has no account', async () => {
    const { ask, signIn } = await bench();
    const { body } = await ask('/api/sessions', { bootSecret: BOOT_SECRET });
    expect((await ask('/api/account', undefined, body.token)).body.account).toBeNull();
    expect((await ask('/api/people', undefined, body.token)).body).toMatchObject({
      people: [{ userId: 'user-okafor' }, {}, {}, {}],
    });
    const { token } = (await signIn('ann')).body;
    expect((await ask('/api/people', undefined, token)).body).toMatchObject({
      people: [{ userId: 'ann' }, { userId: 'sue' }],
    });
    expect(await ask('/api/sign-out', {}, body.token)).toMatchObject({ status: 200 });
  });
});
