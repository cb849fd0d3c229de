import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { afterEach, expect, test } from 'vitest';
import type { OrgId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import { KeychainSecrets } from '#electron/main/keychain-secrets.ts';
import { startControl } from '#worker/control/start-control.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { person } from '#tests/contract/accounts.contract.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { quietControl } from '#tests/fixtures/quiet-control.ts';
import { AccountSession } from './account-session.ts';
import { MemorySecrets, type SecretStore } from './secret-store.ts';
import { WorkerApi } from './worker-api.ts';

const PASSWORD = 'correct horse battery';
const ANN = { email: 'ann@example.test', password: PASSWORD };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A real control API, and desks that sign in to it. */
async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-desk-'));
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const clock = createVirtualClock();
  await store.addOrg({ id: 'org-1' as OrgId, name: 'One', createdAtMs: 1 });
  const passwordHash = await hash(PASSWORD, { memoryCost: 8, timeCost: 1 });
  await store.addAccount({ account: person('ann'), passwordHash, temporaryUntilMs: null });
  let ids = 0;
  const control = await startControl({
    ...quietControl(store, folder),
    clock,
    newId: () => `id-${String((ids += 1))}`,
  });
  cleanups.push(
    () => store.close(),
    () => control.close(),
  );
  const url = `http://127.0.0.1:${String(control.port)}`;
  const desk = (secrets: SecretStore = new MemorySecrets()) => {
    const renewed: string[] = [];
    const ended: ErrorBody[] = [];
    const session = new AccountSession({
      url,
      clock,
      secrets,
      onRenewed: ({ token }) => renewed.push(token),
      onEnded: error => ended.push(error),
    });
    cleanups.push(() => session.stop());
    return { session, renewed, ended };
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise(resolve => setImmediate(resolve));
  };
  return { desk, clock, store, until, url, folder };
}

test('[ACC20] a session is opened with e-mail and password, and another start of the desk goes on with it', async () => {
  const { desk, url } = await bench();
  const secrets = new MemorySecrets();
  const first = desk(secrets);
  await expect(first.session.resume()).rejects.toMatchObject({ body: { code: 'account.sign-in-needed' } });
  expect(first.ended).toEqual([]);
  await expect(first.session.signIn({ ...ANN, password: 'wrong' })).rejects.toMatchObject({
    body: { code: 'account.wrong-credentials' },
  });
  expect((await first.session.signIn(ANN)).user).toMatchObject({ userId: 'ann', role: 'admin' });
  const resumed = await desk(secrets).session.resume();
  expect(await new WorkerApi(url, resumed.token).currentUser()).toMatchObject({ userId: 'ann' });
});

test('[ACC21] it is renewed before the token runs out, again and again, and however many ask at once', async () => {
  const { desk, clock, until, url } = await bench();
  const { session, renewed, ended } = desk();
  await session.signIn(ANN);
  for (let round = 1; round <= 3; round += 1) {
    clock.advance(720_000);
    await until(() => renewed.length === round);
  }
  const both = await Promise.all([session.renew(), session.renew()]);
  expect(both[0].token).toBe(both[1].token);
  expect(await new WorkerApi(url, both[0].token).currentUser()).toMatchObject({ userId: 'ann' });
  expect(ended).toEqual([]);
});

test('[ACC22] a session that was ended says so once and is forgotten', async () => {
  const { desk, store, clock } = await bench();
  const secrets = new MemorySecrets();
  const { session, ended } = desk(secrets);
  await session.signIn(ANN);
  await store.endSessions('org-1' as OrgId, 'ann' as never, {}, clock.now());
  await expect(session.renew()).rejects.toMatchObject({ body: { code: 'account.sign-in-needed' } });
  expect(ended.map(({ code }) => code)).toEqual(['account.sign-in-needed']);
  expect(secrets.read('session')).toBeNull();
  expect((await session.signIn(ANN)).user.userId).toBe('ann');
});

test('[ACC22] signing out ends it there and forgets it here; a session of another worker is not used', async () => {
  const { desk, url } = await bench();
  const secrets = new MemorySecrets();
  const { session } = desk(secrets);
  const { token } = await session.signIn(ANN);
  await session.signOut(token);
  await expect(new WorkerApi(url, token).currentUser()).rejects.toMatchObject({
    body: { code: 'access.unauthenticated' },
  });
  expect(secrets.read('session')).toBeNull();
  secrets.write(
    'session',
    JSON.stringify({ url: 'https://elsewhere.example', device: 'd', refreshToken: 'r' }),
  );
  await expect(desk(secrets).session.resume()).rejects.toMatchObject({
    body: { code: 'account.sign-in-needed' },
  });
  secrets.write('session', 'not what we wrote');
  await expect(desk(secrets).session.resume()).rejects.toMatchObject({
    body: { code: 'account.sign-in-needed' },
  });
});

test('[ACC21] a worker that is away is asked again, and the session is kept', async () => {
  const clock = createVirtualClock();
  const secrets = new MemorySecrets();
  const url = 'http://127.0.0.1:9';
  secrets.write('session', JSON.stringify({ url, device: 'desk', refreshToken: 'kept' }));
  const ended: ErrorBody[] = [];
  const session = new AccountSession({
    url,
    clock,
    secrets,
    onRenewed: () => undefined,
    onEnded: error => ended.push(error),
  });
  await expect(session.resume()).rejects.toMatchObject({
    body: { code: 'worker.unreachable', retryable: true },
  });
  expect([ended, secrets.read('session')?.includes('kept')]).toEqual([[], true]);
  session.stop();
});

test('[ACC20] the keychain’s files hold nothing that can be read, and without a keychain there are none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-secrets-'));
  const turned = (bytes: Buffer): Buffer => Buffer.from(bytes.map(byte => byte ^ 0x5a));
  const safe = {
    isEncryptionAvailable: () => true,
    encryptString: (text: string) => turned(Buffer.from(text)),
    decryptString: (encrypted: Buffer) => turned(encrypted).toString(),
  };
  const secrets = new KeychainSecrets(folder, safe);
  expect(secrets.read('session')).toBeNull();
  secrets.write('session', 'refresh-token');
  expect(readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8')).not.toContain('refresh');
  expect(new KeychainSecrets(folder, safe).read('session')).toBe('refresh-token');
  const broken = { ...safe, decryptString: () => { throw new Error('another machine'); } }; // prettier-ignore
  expect(new KeychainSecrets(folder, broken).read('session')).toBeNull();
  secrets.write('session', null);
  expect(readdirSync(folder)).toEqual([]);
  for (const none of [
    { ...safe, isEncryptionAvailable: () => false },
    { ...safe, getSelectedStorageBackend: () => (process.platform === 'linux' ? 'basic_text' : 'x') },
  ]) {
    const memory = new KeychainSecrets(folder, none);
    memory.write('session', 'refresh-token');
    if (process.platform === 'linux') expect(readdirSync(folder)).toEqual([]);
    expect(memory.read('session')).toBe('refresh-token');
  }
});
