import { expect, test } from 'vitest';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { eventOf } from '#tests/fixtures/stored-call.ts';
import { foldUsage } from './fold-usage.ts';

const NOW_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;
const drafted = (chunkId: string, turnId: string, docIds: readonly string[]) =>
  ({
    type: 'chunk.drafted',
    chunkId,
    turnId,
    epoch: 0,
    lane: 'B',
    origin: 'reply',
    text: 'x',
    citations: docIds.map(sourceId => ({ kind: 'document', sourceId, title: 't', quote: 'q' })),
    noteIds: [],
  }) as unknown as CallEventDraft;
const ended = (type: 'chunk.spoken' | 'chunk.interrupted' | 'chunk.vetoed', chunkId: string, more = {}) =>
  ({ type, chunkId, ...more }) as unknown as CallEventDraft;

let seq = 0;
const at = (daysAgo: number, draft: CallEventDraft, call = 'c1'): CallEvent => ({
  ...eventOf(call, (seq += 1), draft),
  atMs: (NOW_MS - daysAgo * DAY_MS) as CallEvent['atMs'],
});

test('[KN29] answers count once, on their day, when they were heard; vetoes by policy', () => {
  const usage = foldUsage(
    'doc',
    [
      // One answer of two sentences, the second of which cites nothing and is cut.
      at(0.5, drafted('a1', 't1', ['doc'])),
      at(0.5, drafted('a2', 't1', [])),
      at(0.5, ended('chunk.spoken', 'a1')),
      at(0.5, ended('chunk.interrupted', 'a2')),
      // Another document's answer.
      at(0.5, drafted('b1', 't2', ['doc-2'])),
      at(0.5, ended('chunk.spoken', 'b1')),
      // Vetoed and never heard; and cited only in its second sentence.
      at(2.5, drafted('d1', 't3', [])),
      at(2.5, drafted('d2', 't3', ['doc'])),
      at(2.5, ended('chunk.vetoed', 'd2', { policy: 'no-guarantee' })),
      // The same turn id in another call is another answer.
      at(6.5, drafted('e1', 't1', ['doc']), 'c2'),
      at(6.5, ended('chunk.spoken', 'e1'), 'c2'),
      // Too long ago, and never heard.
      at(7.5, drafted('f1', 't5', ['doc'])),
      at(7.5, ended('chunk.spoken', 'f1')),
      at(1.5, drafted('g1', 't6', ['doc'])),
    ],
    NOW_MS,
  );
  expect(usage.days.map(({ answers }) => answers)).toEqual([1, 0, 0, 0, 0, 0, 1]);
  expect(usage.days.map(({ interrupted }) => interrupted)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  expect(usage.days[0]?.startsAtMs).toBe(NOW_MS - 7 * DAY_MS);
  expect(usage.vetoes).toEqual([
    {
      policy: 'no-guarantee',
      count: 1,
      moments: [{ callId: 'c1', atMs: NOW_MS - 2.5 * DAY_MS, text: 'x' }],
    },
  ]);
});
