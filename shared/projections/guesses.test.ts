import { describe, expect, test } from 'vitest';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { richCall } from '#tests/fixtures/rich-call.ts';
import { appendToBoard, emptyBoard } from './fold-board.ts';
import { foldTimeline } from './fold-timeline.ts';

const BEFORE = richCall();
const before = foldTimeline(BEFORE);

/** A guess of two chunks, the second of them vetoed, and what became of it. */
function withGuess(outcome: 'adopted' | 'discarded'): readonly CallEvent[] {
  const chunk = (chunkId: string, text: string): CallEventDraft =>
    ({
      type: 'chunk.drafted', chunkId, text, epoch: 0, lane: 'B', origin: 'reply', citations: [], noteIds: [], hypothesisId: 'h1',
    }) as unknown as CallEventDraft; // prettier-ignore
  const drafts = [
    chunk('guess-1', 'Small parcels arrive soon. '),
    chunk('guess-2', 'I guarantee it. '),
    { type: 'chunk.vetoed', chunkId: 'guess-2', by: 'policy', policy: 'no-guarantee', reason: 'promised', remedy: 'rephrase', verdicts: [], judgeMs: 0, auditId: 'a1' },
    { type: 'speculation.ended', hypothesisId: 'h1', outcome, cause: 'same-words', aheadMs: 1, chunkCount: 2, charCount: 40 },
  ] as unknown as CallEventDraft[]; // prettier-ignore
  const last = BEFORE.at(-1) as CallEvent;
  return drafts.map(
    (draft, index) =>
      ({ ...last, ...draft, id: `g${String(index)}`, seq: last.seq + 1 + index }) as CallEvent,
  );
}

const timeline = (outcome: 'adopted' | 'discarded') => foldTimeline([...BEFORE, ...withGuess(outcome)]);
const row = (events: readonly CallEvent[]) =>
  Object.values(
    [...BEFORE, ...events].map((event, position) => ({ event, position })).reduce(appendToBoard, emptyBoard)
      .calls,
  )[0];

describe('guesses', () => {
  test('[OVL3][OVL10] a discarded guess leaves no chunk and no veto behind; an adopted one leaves both', () => {
    expect(timeline('discarded').chunkOrder).toEqual(before.chunkOrder);
    expect(timeline('adopted').chunkOrder.slice(-2)).toEqual(['guess-1', 'guess-2']);
    const vetoes = row([])?.vetoCount ?? 0;
    expect(row(withGuess('discarded'))?.vetoCount).toBe(vetoes);
    expect(row(withGuess('discarded').slice(0, -1))?.vetoCount).toBe(vetoes);
    expect(row(withGuess('adopted'))?.vetoCount).toBe(vetoes + 1);
  });
});
