import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { KnowledgeEdit, Saving } from './knowledge-desk.ts';
import { openDeskStore, type DeskStore } from './desk-store.ts';

const THREAD = new URL('./desk-store-thread.ts', import.meta.url);
const folder = (): string => mkdtempSync(join(tmpdir(), 'sidetone-desk-'));

function open(options: { readonly folder: string; readonly useVectors?: boolean }): DeskStore {
  const store = openDeskStore(THREAD, options);
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

test('[DST1][DST10] what was saved is there when the store is opened again, with what was typed and not saved', async () => {
  const place = { folder: folder() };
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
});
