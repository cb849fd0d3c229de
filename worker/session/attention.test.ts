import { describe, expect, test } from 'vitest';
import { NO_INFORMATION } from '#shared/adapters/reply-model.ts';
import type { AttentionReason } from '#shared/domain/call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { NO_ATTENTION, stepAttention } from './attention.ts';

/** Only the fields the fold reads; the rest of an event is of no interest here. */
const event = (fields: Record<string, unknown>): CallEvent => fields as unknown as CallEvent;

function raised(events: readonly CallEvent[]): AttentionReason[] {
  let count = NO_ATTENTION;
  const reasons: AttentionReason[] = [];
  for (const next of events) {
    const [after, reason] = stepAttention(count, next);
    count = after;
    if (!reason) continue;
    reasons.push(reason);
    count = stepAttention(count, event({ type: 'attention.raised', reason }))[0];
  }
  return reasons;
}

const interruption = event({ type: 'interruption.confirmed' });
const unknown = event({ type: 'chunk.drafted', origin: 'reply', text: `${NO_INFORMATION} ` });

describe('attention', () => {
  test('[SUP20] a promise that was vetoed, a person asked for, a card number and a long silence raise the call at once', () => {
    expect(raised([event({ type: 'chunk.vetoed', policy: 'no-refund-promise' })])).toEqual([
      'promise-vetoed',
    ]);
    expect(raised([event({ type: 'chunk.vetoed', policy: 'topic-bounds' })])).toEqual([]);
    expect(raised([event({ type: 'intent.judged', intent: 'TRANSFER_HUMAN' })])).toEqual([
      'asked-for-person',
    ]);
    expect(raised([event({ type: 'transcript.final', redactionCount: 1 })])).toEqual(['card-data-spoken']);
    expect(
      raised([
        event({ type: 'silence.noticed', silenceMs: 8000 }),
        event({ type: 'silence.noticed', silenceMs: 16_000 }),
      ]),
    ).toEqual(['long-silence']);
  });

  test('[SUP20] interruptions and questions outside the knowledge count to two, and each reason is raised once', () => {
    expect(raised([interruption])).toEqual([]);
    expect(raised([interruption, interruption, interruption])).toEqual(['interrupted-often']);
    expect(raised([unknown, event({ ...unknown, origin: 'fallback' })])).toEqual([]);
    expect(raised([unknown, unknown, unknown])).toEqual(['outside-knowledge']);
  });

  test('[SUP20] what somebody took care of can be raised again', () => {
    const cleared = event({ type: 'attention.cleared', reason: 'interrupted-often' });
    expect(raised([interruption, interruption, cleared, interruption])).toEqual([
      'interrupted-often',
      'interrupted-often',
    ]);
  });
});
