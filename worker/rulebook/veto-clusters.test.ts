import { expect, test } from 'vitest';
import type { ChunkId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { eventOf, VETOED } from '#tests/fixtures/stored-call.ts';
import { clusterVetoes, vetoesOf } from './veto-clusters.ts';

function callWith(
  callId: string,
  said: readonly (readonly [text: string, policy: string])[],
  docId = 'delivery',
): readonly CallEvent[] {
  const drafts: CallEventDraft[] = [
    {
      type: 'retrieval.finished',
      turnId: 't',
      query: 'q',
      snapshotId: 's',
      tookMs: 1,
      hits: [{ docId, title: `Title of ${docId}`, span: [0, 1], scoreRatio: 1 }],
    } as unknown as CallEventDraft,
    ...said.flatMap(([text, policy], at): CallEventDraft[] => [
      {
        type: 'chunk.drafted',
        turnId: 't',
        chunkId: `k${String(at)}` as ChunkId,
        epoch: 0,
        lane: 'B',
        origin: 'reply',
        text,
        citations: [],
        noteIds: [],
      } as unknown as CallEventDraft,
      {
        ...VETOED,
        turnId: 't',
        chunkId: `k${String(at)}` as ChunkId,
        by: 'policy',
        policy,
      } as unknown as CallEventDraft,
    ]),
  ];
  return drafts.map((draft, seq) => eventOf(callId, seq, draft));
}

test('[REP3] alike sentences of one policy are one group, largest first, with the article nearest to the questions', () => {
  const vetoes = [
    ...callWith('c1', [
      ['I guarantee that it arrives on Friday.', 'no-guarantee'],
      ['Your discount will be forty percent.', 'no-price'],
    ]),
    ...callWith('c2', [['We guarantee it arrives by Friday.', 'no-guarantee']]),
    ...callWith('c3', [['I can guarantee that it arrives on Monday.', 'no-guarantee']], 'other'),
    ...callWith('c4', [['I guarantee that it arrives on Friday.', 'another-policy']]),
  ];
  const byCall = Map.groupBy(vetoes, event => event.conversationId);
  const clusters = clusterVetoes([...byCall.values()].flatMap(events => vetoesOf(events)));
  expect(clusters.map(({ policy, count }) => [policy, count])).toEqual([
    ['no-guarantee', 3],
    ['no-price', 1],
    ['another-policy', 1],
  ]);
  expect(clusters[0]?.article).toEqual({ docId: 'delivery', title: 'Title of delivery' });
  expect(clusters[0]?.members.map(({ callId }) => callId)).toEqual(['c1', 'c2', 'c3']);
  expect(clusters[0]?.members.map(({ text }) => text)).toContain(clusters[0]?.example);
});

test('[REP3] what a supervisor stopped, and nothing at all, is no group', () => {
  expect(vetoesOf([eventOf('c', 0, VETOED)])).toEqual([]);
  expect(clusterVetoes([])).toEqual([]);
});
