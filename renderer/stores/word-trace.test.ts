import { expect, test } from 'vitest';
import type { KnowledgeRevision } from '#shared/ipc/knowledge-commands.ts';
import { appendToTimeline, emptyTimeline } from '#shared/projections/fold-timeline.ts';
import { richCall } from '#tests/fixtures/rich-call.ts';
import { createUiStore } from './ui-store.ts';
import { passageAuthor, traceLast, traceStep } from './word-trace.ts';

const timeline = richCall().reduce(
  (before, event) => appendToTimeline(before, event) ?? before,
  emptyTimeline,
);
const revision = (id: string, author: string, markdown: string, isPublished = false): KnowledgeRevision => ({
  id,
  author,
  savedAtMs: Number(id),
  note: '',
  markdown,
  title: '',
  isDeleted: false,
  isMerge: false,
  isPublished,
  isWaiting: false,
});

test('[KNW23] the key begins in the last sentence, and steps go over the ends of sentences and stop at the first word', () => {
  const ui = createUiStore();
  traceLast(ui, timeline);
  const first = ui.getState().trace;
  expect(first).not.toBeNull();
  expect(ui.getState().tab).toBe('word');
  const seen = new Set<string>();
  for (let step = 0; step < 400; step += 1) {
    seen.add(JSON.stringify(ui.getState().trace));
    traceStep(ui, timeline, -1);
  }
  const chunks = new Set([...seen].map(one => (JSON.parse(one) as { chunkId: string }).chunkId));
  expect(chunks.size).toBeGreaterThan(1);
  const start = ui.getState().trace;
  traceStep(ui, timeline, -1);
  expect(ui.getState().trace).toEqual(start);
  traceStep(ui, timeline, 1);
  expect(ui.getState().trace).not.toEqual(start);
});

test('[KNW23] who wrote a passage is the author of the revision since when it always stood in what is published', () => {
  const revisions = [
    revision('5', 'Eve', 'a draft without it'),
    revision('4', 'Dan', 'x two\nworking days y', true),
    revision('3', 'Cleo', 'two working days'),
    revision('2', 'Ben', 'three working days'),
    revision('1', 'Ann', 'two working days'),
  ];
  expect(passageAuthor(revisions, 'two working  days')?.author).toBe('Cleo');
  expect(passageAuthor(revisions, 'never said')).toBeNull();
  expect(passageAuthor([], 'x')).toBeNull();
});
