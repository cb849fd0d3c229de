import { expect, test } from 'vitest';
import { emptyTimeline } from './fold-timeline.ts';
import type { CallTimeline, ChunkView } from './call-timeline.ts';
import { releasableChunk } from './releasable.ts';

const refused = {
  chunkId: 'a',
  lane: 'B',
  state: 'vetoed',
  endedAtMs: 100,
  speakingAtMs: null,
  veto: { by: 'policy', policy: 'p', reason: 'r', userName: null, overridable: true, released: null },
} as unknown as ChunkView;
const next = { ...refused, chunkId: 'b', veto: null, state: 'queued' } as ChunkView;

function timeline(chunks: readonly ChunkView[], more: Partial<CallTimeline> = {}): CallTimeline {
  return {
    ...emptyTimeline,
    chunks: Object.fromEntries(chunks.map(chunk => [chunk.chunkId, chunk])),
    chunkOrder: chunks.map(chunk => chunk.chunkId),
    ...more,
  };
}
const veto = (change: Partial<NonNullable<ChunkView['veto']>>): ChunkView => ({
  ...refused,
  veto: { ...(refused.veto as NonNullable<ChunkView['veto']>), ...change },
});

test('[GATE75] a release is offered for the newest refusal, until something newer sounds', () => {
  expect(releasableChunk(timeline([refused]))?.chunkId).toBe('a');
  expect(releasableChunk(timeline([refused, next]))?.chunkId).toBe('a');
  expect(releasableChunk(timeline([refused, { ...next, speakingAtMs: 200 }]))).toBeNull();
});

test('[GATE75] none is offered where none is possible', () => {
  expect(releasableChunk(timeline([veto({ overridable: false })]))).toBeNull();
  expect(releasableChunk(timeline([veto({ by: 'supervisor' })]))).toBeNull();
  const released = { userId: 'u', userName: 'Maya', reason: null };
  expect(releasableChunk(timeline([veto({ released })]))).toBeNull();
  expect(releasableChunk(timeline([refused], { floor: 'human' }))).toBeNull();
  expect(releasableChunk(timeline([refused], { endedAtMs: 500 }))).toBeNull();
  const caller = { kind: 'caller', key: 'k', atMs: 300, text: 'Hello' } as const;
  expect(releasableChunk(timeline([refused], { lines: [caller] }))).toBeNull();
  expect(releasableChunk(timeline([]))).toBeNull();
});
