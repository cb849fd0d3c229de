import type { AttentionReason } from '#shared/domain/call.ts';
import type { PolicyOf } from '#shared/domain/policy-document.ts';
import { lettersOf } from '#shared/domain/read-policy-document.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** Lines of each side that are compared. */
const COMPARED = 8;
/** "Yes, please" twice is no loop. */
const MIN_LETTERS = 12;

export type CallLimits = PolicyOf<'call-limits'>;
type LimitStep = 'warn' | 'wrap-up' | 'end';

export interface LimitState {
  readonly answers: readonly string[];
  readonly questions: readonly string[];
  readonly drafts: Readonly<Record<string, string>>;
  readonly floor: 'ai' | 'human';
  /** The end of the call has been announced by this sentence. */
  readonly farewell: string | null;
}

export const NO_LIMITS: LimitState = { answers: [], questions: [], drafts: {}, floor: 'ai', farewell: null };

export type LimitInput =
  { readonly type: 'event'; readonly event: CallEvent } | { readonly type: 'time'; readonly step: LimitStep };

export type LimitEffect =
  | { readonly do: 'timer'; readonly step: LimitStep; readonly afterMs: number }
  | { readonly do: 'attention'; readonly reason: AttentionReason }
  | { readonly do: 'say'; readonly text: string }
  /** Once `text` was heard, or after a while in any case. */
  | { readonly do: 'end-after'; readonly text: string }
  | { readonly do: 'end' };

/**
 * How long a call may last, and how often the same may be said (POL55-POL57). While a person has the call no limit speaks or ends
 * anything. Pure; times are counted from the answer.
 */
export function stepLimits(
  state: LimitState,
  input: LimitInput,
  limits: CallLimits,
): readonly [next: LimitState, effects: readonly LimitEffect[]] {
  if (input.type === 'time') return passTime(state, input.step, limits);
  const { event } = input;
  switch (event.type) {
    case 'call.connected':
      return [state, timersOf(limits)];
    case 'floor.changed':
      return [{ ...state, floor: event.holder, answers: [], questions: [] }, []];
    case 'chunk.drafted':
      return event.origin === 'reply' || event.origin === 'rephrase' || event.text === state.farewell
        ? [{ ...state, drafts: { ...state.drafts, [event.chunkId]: event.text } }, []]
        : [state, []];
    case 'chunk.spoken': {
      const { [event.chunkId]: text, ...drafts } = state.drafts;
      if (text === undefined) return [state, []];
      if (text === state.farewell) return [{ ...state, drafts }, [{ do: 'end' }]];
      return repeat({ ...state, drafts }, 'answers', text, limits.sameAnswerTimes, limits);
    }
    case 'turn.committed':
      return repeat(state, 'questions', event.text, limits.sameQuestionTimes, limits);
    default:
      return [state, []];
  }
}

function timersOf({ warnAfterMs, wrapUpAfterMs, endAfterMs }: CallLimits): readonly LimitEffect[] {
  const steps = [
    ['warn', warnAfterMs],
    ['wrap-up', wrapUpAfterMs],
    ['end', endAfterMs],
  ] as const;
  return steps.flatMap(([step, afterMs]) => (afterMs === undefined ? [] : [{ do: 'timer', step, afterMs }]));
}

function passTime(
  state: LimitState,
  step: LimitStep,
  { wrapUpText, endText }: CallLimits,
): readonly [LimitState, readonly LimitEffect[]] {
  if (step === 'warn') return [state, [{ do: 'attention', reason: 'long-call' }]];
  // A person who has the call ends it when they see fit.
  if (state.floor === 'human') return [state, []];
  if (step === 'wrap-up') return [state, [{ do: 'say', text: wrapUpText }]];
  return [
    { ...state, farewell: endText },
    [
      { do: 'say', text: endText },
      { do: 'end-after', text: endText },
    ],
  ];
}

function repeat(
  state: LimitState,
  side: 'answers' | 'questions',
  text: string,
  times: number | undefined,
  { offerText }: CallLimits,
): readonly [LimitState, readonly LimitEffect[]] {
  const line = lettersOf(text);
  if (times === undefined || line.length < MIN_LETTERS) return [state, []];
  const lines = [...state[side], line].slice(-COMPARED);
  const count = lines.filter(other => other === line).length;
  if (count < times) return [{ ...state, [side]: lines }, []];
  // Told once; the next time takes as many again.
  return [
    { ...state, [side]: lines.filter(other => other !== line) },
    [
      { do: 'attention', reason: 'going-in-circles' },
      { do: 'say', text: offerText },
    ],
  ];
}
