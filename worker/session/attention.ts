import { NO_INFORMATION } from '#shared/adapters/reply-model.ts';
import type { AttentionReason } from '#shared/domain/call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** Policies whose veto means that the AI wanted to promise what it must not. */
const PROMISE_POLICIES: readonly string[] = ['no-refund-promise', 'no-guarantee'];

const INTERRUPTIONS_BEFORE_CARD = 2;
const UNKNOWN_ANSWERS_BEFORE_CARD = 2;
/** Quiet for this long is a caller in trouble, or gone. */
const LONG_SILENCE_MS = 12_000;

export interface AttentionCount {
  readonly interruptions: number;
  readonly unknownAnswers: number;
  readonly open: readonly AttentionReason[];
}

export const NO_ATTENTION: AttentionCount = { interruptions: 0, unknownAnswers: 0, open: [] };

export type AttentionStep = readonly [next: AttentionCount, raised: AttentionReason | null];

/** Decides from the log when a call needs a person; each reason is raised once until somebody takes care of it (SUP20). */
export function stepAttention(count: AttentionCount, event: CallEvent): AttentionStep {
  switch (event.type) {
    case 'interruption.confirmed': {
      const next = { ...count, interruptions: count.interruptions + 1 };
      return next.interruptions >= INTERRUPTIONS_BEFORE_CARD
        ? raise(next, 'interrupted-often')
        : [next, null];
    }
    case 'chunk.drafted': {
      if (event.origin !== 'reply' || !event.text.includes(NO_INFORMATION)) return [count, null];
      const next = { ...count, unknownAnswers: count.unknownAnswers + 1 };
      return next.unknownAnswers >= UNKNOWN_ANSWERS_BEFORE_CARD
        ? raise(next, 'outside-knowledge')
        : [next, null];
    }
    case 'chunk.vetoed':
      return PROMISE_POLICIES.includes(event.policy) ? raise(count, 'promise-vetoed') : [count, null];
    case 'transcript.final':
      return event.redactionCount > 0 ? raise(count, 'card-data-spoken') : [count, null];
    case 'intent.judged':
      return event.intent === 'TRANSFER_HUMAN' ? raise(count, 'asked-for-person') : [count, null];
    case 'silence.noticed':
      return event.silenceMs >= LONG_SILENCE_MS ? raise(count, 'long-silence') : [count, null];
    case 'attention.raised':
      return [{ ...count, open: [...count.open, event.reason] }, null];
    case 'attention.cleared':
      return [{ ...count, open: count.open.filter(reason => reason !== event.reason) }, null];
    default:
      return [count, null];
  }
}

function raise(count: AttentionCount, reason: AttentionReason): AttentionStep {
  return [count, count.open.includes(reason) ? null : reason];
}
