import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Answer, Args, CommandName, Value } from '#shared/ipc/commands.ts';
import { createDesk, type Desk } from '#electron/desk/create-desk.ts';
import { readDeskOptions } from '#electron/desk/desk-options.ts';

const ROOT = join(import.meta.dirname, '../..');
const module = (path: string): URL => pathToFileURL(join(ROOT, 'electron/storage', path));

/** A desk as a shell makes it, with the bundled worker; `path` other than the folder's is a worker that cannot be started. */
function deskIn(data: string, root = ROOT): Desk {
  const desk = createDesk({
    options: readDeskOptions(['--data', data, '--calls', '1', '--seed', '7']),
    host: { kind: 'browser', features: [] },
    nodeFile: process.execPath,
    root,
    say: () => undefined,
    threads: { store: module('desk-store/desk-store-thread.ts'), files: module('files/files-thread.ts') },
  });
  desk.start();
  return desk;
}

async function run<C extends CommandName>(desk: Desk, name: C, args: Args<C>): Promise<Value<C>> {
  const answer = (await desk.route(name, args)) as Answer<C>;
  if (!answer.ok) throw new Error(`${name}: ${answer.error.code} ${answer.error.message}`);
  return answer.value;
}

test(
  '[DST12][DST31][DST40][SYN24][SYN26][SYN35] a desk shows, searches and saves without its worker, and sends it all when the worker is back',
  { timeout: 120_000 },
  async () => {
    const data = mkdtempSync(join(tmpdir(), 'sidetone-offline-'));
    let desk = deskIn(data);
    onTestFinished(async () => {
      await desk.stop();
      rmSync(data, { recursive: true, force: true });
    });
    const state = async () => (await run(desk, 'get-sync', {})).state.name;
    await expect.poll(state, { timeout: 60_000 }).toBe('live');
    await expect
      .poll(async () => (await run(desk, 'list-calls', {})).calls.length, { timeout: 30_000 })
      .toBeGreaterThan(0);
    // A worker takes in its folder of documents while it starts: they may come a moment later than the link.
    await expect
      .poll(async () => (await run(desk, 'list-knowledge', {})).counts, { timeout: 30_000 })
      .toMatchObject({ all: 16, approved: 15, draft: 1 });
    const found = await run(desk, 'list-knowledge', { query: 'refund' });
    expect(found.items[0]?.excerptHits.length).toBeGreaterThan(0);
    await expect.poll(() => desk.data.store.snapshots.active(), { timeout: 20_000 }).not.toBeNull();
    await expect.poll(async () => (await run(desk, 'get-sync', {})).waits, { timeout: 20_000 }).toEqual([]);
    expect((await run(desk, 'get-sync', {})).lastError).toBeNull();
    expect(await desk.data.store.audit.waiting()).toBe(0);
    await desk.stop();

    // The same folder, and nothing that could run a worker.
    desk = deskIn(data, join(data, 'nowhere'));
    const { user } = await run(desk, 'get-desk', {});
    expect(user.userId).toBe('user-reyes');
    expect(await state()).toBe('offline');
    const { calls, asOfMs } = await run(desk, 'list-calls', {});
    expect(calls.length).toBeGreaterThan(0);
    expect(asOfMs).toBeGreaterThan(0);
    const doc = await run(desk, 'get-knowledge', { docId: 'returns' });
    const asked = { question: 'Can I return an item?', draft: null };
    const offline = await run(desk, 'ask-knowledge', asked);
    if (offline.from !== 'desk') throw new Error('there is no worker that could answer');
    expect(offline.passages[0]).toMatchObject({ docId: 'returns', isDraft: false });
    expect(offline.asOfMs).toBeGreaterThan(0);
    const draft = { docId: 'returns', title: 'Returns', markdown: 'An item can be returned for a year.' };
    const tried = await run(desk, 'ask-knowledge', { ...asked, draft });
    if (tried.from !== 'desk') throw new Error('there is no worker that could answer');
    expect(tried.passages[0]).toMatchObject({ quote: draft.markdown, isDraft: true });
    const saved = await run(desk, 'save-knowledge', {
      docId: 'returns',
      baseId: doc.headId,
      markdown: `${doc.markdown}\n\nUnicycles too.`,
      fields: doc.fields,
    });
    expect(await run(desk, 'get-knowledge', { docId: 'returns' })).toMatchObject({
      headId: saved.revisionId,
      waiting: 1,
    });
    expect((await run(desk, 'list-knowledge', { query: 'unicycles' })).items[0]?.docId).toBe('returns');
    expect(await run(desk, 'get-sync', {})).toMatchObject({
      waiting: 1,
      waits: [{ what: 'knowledge' }, { what: 'audit' }],
    });
    await desk.stop();

    desk = deskIn(data);
    await expect.poll(state, { timeout: 60_000 }).toBe('live');
    await expect.poll(async () => (await run(desk, 'get-sync', {})).waiting, { timeout: 30_000 }).toBe(0);
    const after = await run(desk, 'get-knowledge', { docId: 'returns' });
    expect(after).toMatchObject({ headId: saved.revisionId, waiting: 0, status: 'draft' });
    const published = await run(desk, 'publish-knowledge', {
      docId: 'returns',
      revisionId: saved.revisionId,
    });
    expect(published.publishedId).toBe(saved.revisionId);
    await expect
      .poll(async () => (await run(desk, 'get-knowledge', { docId: 'returns' })).status, { timeout: 30_000 })
      .toBe('approved');
  },
);
