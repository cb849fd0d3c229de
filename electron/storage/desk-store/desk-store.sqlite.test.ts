import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { firstBroken, GENESIS_HASH } from '#shared/domain/audit-chain.ts';
import { SAVING_DESK, toldByDesk } from '#tests/fixtures/saving-desk.ts';
import { sha256 } from './audit-ledger.ts';
import { openDeskStore, type DeskStore } from './desk-store.ts';
import type { KnowledgeEdit, Saving } from './knowledge-desk.ts';
import { CACHE_FILE, OUTBOX_FILE } from './open-store-files.ts';

const THREAD = new URL('./desk-store-thread.ts', import.meta.url);
const folder = (): string => mkdtempSync(join(tmpdir(), 'sidetone-desk-'));

function open(place: string, more: { readonly useVectors?: boolean } = {}): DeskStore {
  const store = openDeskStore(THREAD, { folder: place, ...more });
  onTestFinished(async () => void (await store.close().catch(() => undefined)));
  return store;
}

const edit = (markdown: string, more: Partial<KnowledgeEdit> = {}): KnowledgeEdit => ({
  docId: null,
  baseId: null,
  markdown,
  fields: {},
  note: '',
  resolves: [],
  ...more,
});
const LIND: Saving = { author: 'Lind', nowMs: 1_000 };
const ALL = { query: '', filter: 'all', space: 'knowledge', limit: 100, nowMs: 0 } as const;

test('[DST1][DST2][DST10] what was saved is there when the store is opened again, with what was typed and not saved', async () => {
  const place = folder();
  const first = open(place);
  const { docId, revisionId } = await first.knowledge.save(
    edit('You have 30 days.', { fields: { title: 'Returns' } }),
    LIND,
  );
  await first.outbox.keepUnsaved(docId, { markdown: 'You have 45', fields: {}, baseId: revisionId }, 2_000);
  await first.close();
  const store = open(place);
  expect(await store.facts()).toEqual({ mode: 'normal', problem: null, search: 'hybrid' });
  expect(await store.knowledge.get(docId)).toMatchObject({
    markdown: 'You have 30 days.',
    status: 'draft',
    waiting: 1,
    unsaved: { markdown: 'You have 45', baseId: revisionId },
  });
  await store.knowledge.save(edit('You have 45 days.', { docId, baseId: revisionId }), LIND);
  expect((await store.knowledge.get(docId)).unsaved).toBeNull();
});

test('[DST1] a store that cannot be opened at all refuses every question with why', async () => {
  const place = join(folder(), 'a-file');
  writeFileSync(place, 'no folder');
  const store = open(join(place, 'below'));
  // Nothing to read and nothing to write: it is empty, says why, and refuses what would write.
  expect(await store.facts()).toMatchObject({ mode: 'read-only', problem: { code: 'storage.read-only' } });
  await expect(store.knowledge.save(edit('x'), LIND)).rejects.toMatchObject({
    body: { code: 'storage.read-only' },
  });
});

test('[DST3][DST4] a damaged copy is set aside, told and made anew, and nothing that waits is touched', async () => {
  const place = folder();
  const first = open(place);
  const { docId } = await first.knowledge.save(edit('You have 30 days.'), LIND);
  await first.close();
  writeFileSync(join(place, CACHE_FILE), 'no database at all, and long enough to be looked at'.repeat(100));
  const store = open(place);
  const { mode, problem } = await store.facts();
  expect([mode, problem?.code]).toEqual(['normal', 'storage.corrupt']);
  const aside = readdirSync(place).filter(name => name.startsWith(`${CACHE_FILE}.damaged-`));
  expect(aside).toHaveLength(1);
  expect(problem?.message).toContain(aside[0]);
  expect(await store.knowledge.get(docId)).toMatchObject({ markdown: 'You have 30 days.', waiting: 1 });
});

test('[DST4] damage in the middle of a copy is found when it is opened', async () => {
  const place = folder();
  const first = open(place);
  for (let count = 0; count < 40; count += 1)
    await first.calls.addListed([listedCall(`c${String(count)}`, count)], count);
  await first.close();
  const file = join(place, CACHE_FILE);
  const bytes = readFileSync(file);
  for (let at = 4096; at < bytes.length; at += 4096) bytes.fill(0xa5, at, at + 2000);
  writeFileSync(file, bytes);
  const store = open(place);
  expect((await store.facts()).problem?.code).toBe('storage.corrupt');
  expect(await store.calls.facts()).toMatchObject({ calls: 0 });
});

test('[DST5] rows of a damaged outbox that can be read come over, and the audit chain goes on in a new epoch', async () => {
  const place = folder();
  const first = open(place);
  const saved: string[] = [];
  for (let count = 0; count < 60; count += 1) {
    saved.push(
      (await first.knowledge.save(edit(`Text ${String(count)} ${'y'.repeat(3000)}`), LIND)).revisionId,
    );
    await first.audit.append('test.fact', { count }, count, `fact-${String(count)}`);
  }
  const deviceId = await first.audit.deviceId();
  await first.close();
  const file = join(place, OUTBOX_FILE);
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 4096 / 2) * 4096;
  bytes.fill(0xa5, middle, middle + 3 * 4096);
  writeFileSync(file, bytes);
  const store = open(place);
  const { mode, problem } = await store.facts();
  expect([mode, problem?.code]).toEqual(['normal', 'storage.corrupt']);
  const left = (await store.outbox.all()).map(({ revision }) => revision.id);
  expect(left.length).toBeGreaterThan(saved.length / 2);
  expect(left.every(id => saved.includes(id))).toBe(true);
  expect(await store.audit.deviceId()).toBe(deviceId);
  const frame = await store.audit.nextFrame(1000);
  expect(frame?.epoch).toBe(2);
  expect(frame && firstBroken(sha256, { seq: 0, hash: GENESIS_HASH }, frame.entries)).toBeNull();
});

test('[DST6][DST7] a second desk reads and is refused to write, until the first is gone', async () => {
  const place = folder();
  const first = open(place);
  const { docId } = await first.knowledge.save(edit('You have 30 days.'), LIND);
  const second = open(place);
  expect(await second.facts()).toMatchObject({ mode: 'read-only', problem: { code: 'storage.locked' } });
  expect((await second.knowledge.get(docId)).markdown).toBe('You have 30 days.');
  await expect(second.knowledge.save(edit('x'), LIND)).rejects.toMatchObject({
    body: { code: 'storage.read-only' },
  });
  expect(await second.recover()).toBe(false);
  await first.close();
  expect(await second.recover()).toBe(true);
  await second.knowledge.save(edit('x'), LIND);
  expect((await second.facts()).mode).toBe('normal');
}, 30_000);

test.skipIf(process.getuid?.() !== 0)(
  '[DST6][DST7] a folder that cannot be written is read, said, and written again when it can be',
  async () => {
    const place = join(folder(), 'store');
    mkdirSync(place);
    const first = open(place);
    await first.knowledge.save(edit('You have 30 days.'), LIND);
    await first.close();
    chmodSync(join(place, '..'), 0o755);
    for (const name of readdirSync(place)) chmodSync(join(place, name), 0o444);
    chmodSync(place, 0o555);
    // Root may write everywhere: somebody who may not has to try.
    const lines = await toldByDesk(place, 2, { setpriv: ['--reuid=65534', '--clear-groups'] });
    expect(lines).toEqual(['mode read-only', 'failed storage.read-only read-only']);
  },
  30_000,
);

test('[DST6][DST7] a full disk is said, nothing said to be saved is lost, and it goes on when there is space', async () => {
  const place = folder();
  const child = spawn(
    'sh',
    [
      '-c',
      'trap "" XFSZ; ulimit -S -f 1200; exec "$@"',
      'sh',
      process.execPath,
      '--no-warnings',
      SAVING_DESK,
      place,
      'm',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = new Promise(resolve => child.once('exit', resolve));
  const saved: string[] = [];
  const failures = new Set<string>();
  let savedWhenFull = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('failed ')) {
      failures.add(line);
      if (savedWhenFull < 0) {
        savedWhenFull = saved.length;
        spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
      }
    } else if (line.startsWith('saved ')) saved.push(line.slice(6));
    if (savedWhenFull >= 0 && saved.length > savedWhenFull + 20) child.kill('SIGKILL');
  }
  await gone;
  expect([...failures]).toEqual(['failed storage.full read-only']);
  const store = open(place);
  const there = new Set((await store.outbox.all()).map(({ revision }) => revision.id));
  expect(saved.filter(id => !there.has(id))).toEqual([]);
}, 60_000);

test('[DST8][DST20] without the extension search goes by words, and says so', async () => {
  const store = open(folder(), { useVectors: false });
  expect((await store.facts()).search).toBe('keywords');
  const { docId } = await store.knowledge.save(
    edit('Refunds take a week.', { fields: { title: 'Money back' } }),
    LIND,
  );
  const { items } = await store.knowledge.list({ ...ALL, query: 'refun' });
  expect(items.map(item => item.docId)).toEqual([docId]);
  expect((await store.knowledge.list({ ...ALL, query: 'refnud' })).items).toEqual([]);
});

const listedCall = (id: string, startedAtMs: number) => ({
  id: id as never,
  displayName: 'Mrs Vance '.repeat(50),
  line: '',
  channel: 'sip',
  startedAtMs,
  connectedAtMs: null,
  endedAtMs: startedAtMs + 1,
  status: 'ended',
  endReason: null,
  intent: null,
  vetoCount: 0,
  takenOver: false,
  recorded: false,
});
