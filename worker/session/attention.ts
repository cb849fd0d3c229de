import { NO_INFORMATION } from '#shared/adapters/reply-model.ts';
import type { AttentionReason } from '#shared/domain/call.ts';
import type { LineDirection } from '#shared/domain/call-quality.ts';
import { meanMos, NO_ALERT, stepQualityAlert, type QualityAlert } from '#shared/domain/quality-alert.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { EscalationSettings } from './call-settings.ts';
import { frustrationIn, saysTheSame } from './frustration.ts';

/** Policies whose veto means that the AI wanted to promise what it must not. */
const PROMISE_POLICIES: readonly string[] = ['no-refund-promise', 'no-guarantee'];

const INTERRUPTIONS_BEFORE_CARD = 2;
const UNKNOWN_ANSWERS_BEFORE_CARD = 2;
const UNSUPPORTED_QUESTIONS_BEFORE_CARD = 2;
const VETOES_BEFORE_CARD = 3;
/** A passage that covers less of a question than this does not support an answer. */
const SUPPORT_RATIO = 0.25;
/** Quiet for this long is a caller in trouble, or gone. */
const LONG_SILENCE_MS = 12_000;
/** Things the caller said that still count. */
const REMEMBERED_TURNS = 6;
const STRONG_POINTS = 2;
const FRUSTRATION_POINTS = 2;
const LONGEST_BECAUSE_CHARS = 200;

const QUESTION = /\?|^(?:why|what|when|where|who|which|how|can|could|do|does|did|is|are|will|would|may)\b/iu;
const YES = /^(?:yes|yeah|yep|yup|sure|ok|okay|please|of course|i would|that would)\b/iu;

interface CallerTurn {
  readonly text: string;
  readonly points: number;
  readonly because: string | null;
}

interface GuessedChunk {
  readonly hypothesisId: string;
  readonly chunkId: string;
  readonly unknownAnswer: boolean;
  readonly vetoedBy: string | null;
}

export interface AttentionCount {
  readonly interruptions: number;
  readonly unknownAnswers: number;
  /** In a row. */
  readonly unsupportedQuestions: number;
  readonly vetoes: number;
  /** The newest last. */
  readonly turns: readonly CallerTurn[];
  /** The AI has just offered a person, and the caller has not answered. */
  readonly offered: boolean;
  readonly open: readonly AttentionReason[];
  readonly lines: Readonly<Record<LineDirection, QualityAlert>>;
  /** What a draft on a guess would have raised; it counts only if the guess becomes the answer. */
  readonly guessed: readonly GuessedChunk[];
}

export const NO_ATTENTION: AttentionCount = {
  interruptions: 0,
  unknownAnswers: 0,
  unsupportedQuestions: 0,
  vetoes: 0,
  turns: [],
  offered: false,
  open: [],
  lines: { 'from-caller': NO_ALERT, 'to-caller': NO_ALERT },
  guessed: [],
};

/** A reason, and what triggered it in words where there are any. */
export interface RaisedAttention {
  readonly reason: AttentionReason;
  readonly because?: string;
}

export type AttentionStep = readonly [next: AttentionCount, raised: RaisedAttention | null];

/** Decides from the log when a call needs a person; each reason is raised once until somebody takes care of it (SUP20, ESC1-ESC8, MOS6). */
export function stepAttention(
  count: AttentionCount,
  event: CallEvent,
  settings: EscalationSettings,
): AttentionStep {
  switch (event.type) {
    case 'interruption.confirmed': {
      const next = { ...count, interruptions: count.interruptions + 1 };
      if (next.interruptions >= INTERRUPTIONS_BEFORE_CARD && !count.open.includes('interrupted-often'))
        return raise(next, { reason: 'interrupted-often' });
      const last = next.turns.at(-1);
      if (!settings.frustration || !last) return [next, null];
      const cutIn = {
        ...last,
        points: last.points + 1,
        because: last.because ?? `cut in after ${quoted(last.text)}`,
      };
      return weighed({ ...next, turns: [...next.turns.slice(0, -1), cutIn] });
    }
    case 'chunk.drafted': {
      if (settings.offer !== '' && event.text.trim() === settings.offer)
        return [{ ...count, offered: true }, null];
      const unknownAnswer = event.origin === 'reply' && event.text.includes(NO_INFORMATION);
      const { hypothesisId, chunkId } = event;
      if (hypothesisId !== undefined)
        return [guess(count, { hypothesisId, chunkId, unknownAnswer, vetoedBy: null }), null];
      return unknownAnswer ? unknown(count) : [count, null];
    }
    case 'retrieval.finished': {
      const supported = event.hits.some(hit => hit.scoreRatio >= SUPPORT_RATIO);
      if (!supported && !QUESTION.test(event.query.trim())) return [count, null];
      const next = { ...count, unsupportedQuestions: supported ? 0 : count.unsupportedQuestions + 1 };
      return next.unsupportedQuestions >= UNSUPPORTED_QUESTIONS_BEFORE_CARD
        ? raise(next, { reason: 'outside-knowledge', because: quoted(event.query) })
        : [next, null];
    }
    case 'tool.finished':
      // A tool that answers supports an answer as well as a passage does.
      return [event.status === 'ok' ? { ...count, unsupportedQuestions: 0 } : count, null];
    case 'chunk.vetoed': {
      if (event.by === 'supervisor' || event.reason === 'after-veto') return [count, null];
      const guessed = count.guessed.find(chunk => chunk.chunkId === event.chunkId);
      if (guessed) return [guess(count, { ...guessed, vetoedBy: event.policy }), null];
      return vetoed(count, event.policy);
    }
    case 'speculation.ended': {
      const mine = count.guessed.filter(chunk => chunk.hypothesisId === event.hypothesisId);
      const next = { ...count, guessed: [] };
      if (event.outcome === 'discarded') return [next, null];
      const stopped = mine.flatMap(({ vetoedBy }) => vetoedBy ?? []);
      const [first] = stopped.filter(policy => PROMISE_POLICIES.includes(policy)).concat(stopped);
      if (first !== undefined) return vetoed(next, first);
      return mine.some(chunk => chunk.unknownAnswer) ? unknown(next) : [next, null];
    }
    case 'transcript.final':
      return onWords(count, event, settings);
    case 'intent.judged':
      return event.intent === 'TRANSFER_HUMAN'
        ? raise(count, { reason: 'asked-for-person', ...lastWords(count) })
        : [count, null];
    case 'silence.noticed':
      return event.silenceMs >= LONG_SILENCE_MS ? raise(count, { reason: 'long-silence' }) : [count, null];
    case 'quality.measured':
      return onQuality(count, event);
    case 'attention.raised':
      return [{ ...count, open: [...count.open, event.reason] }, null];
    case 'attention.cleared':
      return [{ ...count, open: count.open.filter(reason => reason !== event.reason) }, null];
    default:
      return [count, null];
  }
}

const WAY_WORDS: Readonly<Record<LineDirection, string>> = {
  'from-caller': 'from the caller',
  'to-caller': 'to the caller',
};

function onQuality(
  count: AttentionCount,
  event: Extract<CallEvent, { type: 'quality.measured' }>,
): AttentionStep {
  const { direction } = event;
  const before = count.lines[direction];
  const after = stepQualityAlert(before, event);
  const next = { ...count, lines: { ...count.lines, [direction]: after } };
  if (before.poor || !after.poor) return [next, null];
  const because = `${meanMos(after.readings).toFixed(1)} of 4.4 for 30 s ${WAY_WORDS[direction]}`;
  return raise(next, { reason: 'poor-line', because });
}

function onWords(
  count: AttentionCount,
  { text, redactionCount }: Extract<CallEvent, { type: 'transcript.final' }>,
  settings: EscalationSettings,
): AttentionStep {
  const sign = settings.frustration ? frustrationIn(text, settings.morePhrases) : null;
  const again = settings.frustration && count.turns.some(turn => saysTheSame(turn.text, text));
  const points = (sign === 'strong' ? STRONG_POINTS : sign === 'mild' ? 1 : 0) + (again ? 1 : 0);
  const because = sign !== null ? quoted(text) : again ? `said again: ${quoted(text)}` : null;
  const next: AttentionCount = {
    ...count,
    offered: false,
    turns: [...count.turns, { text, points, because }].slice(-REMEMBERED_TURNS),
  };
  if (count.offered && YES.test(text.trim()))
    return raise(next, { reason: 'asked-for-person', because: quoted(text) });
  if (redactionCount > 0) return raise(next, { reason: 'card-data-spoken' });
  return weighed(next);
}

/** Signs of several turns add up; the newest one that says why is the one that is told. */
function weighed(count: AttentionCount): AttentionStep {
  const points = count.turns.reduce((sum, turn) => sum + turn.points, 0);
  const because = count.turns.findLast(turn => turn.because !== null)?.because;
  if (points < FRUSTRATION_POINTS || because === undefined || because === null) return [count, null];
  const [, raised] = raise(count, { reason: 'frustrated', because });
  // What has been told is used up; new signs are needed before it is told again.
  return raised
    ? [{ ...count, turns: count.turns.map(turn => ({ ...turn, points: 0 })) }, raised]
    : [count, null];
}

function raise(count: AttentionCount, raised: RaisedAttention): AttentionStep {
  return [count, count.open.includes(raised.reason) ? null : raised];
}

function lastWords(count: AttentionCount): { readonly because?: string } {
  const last = count.turns.at(-1);
  return last ? { because: quoted(last.text) } : {};
}

function quoted(text: string): string {
  return `“${text.length > LONGEST_BECAUSE_CHARS ? `${text.slice(0, LONGEST_BECAUSE_CHARS)}...` : text}”`;
}

function guess(count: AttentionCount, chunk: GuessedChunk): AttentionCount {
  return { ...count, guessed: [...count.guessed.filter(other => other.chunkId !== chunk.chunkId), chunk] };
}

function unknown(count: AttentionCount): AttentionStep {
  const next = { ...count, unknownAnswers: count.unknownAnswers + 1 };
  return next.unknownAnswers >= UNKNOWN_ANSWERS_BEFORE_CARD
    ? raise(next, { reason: 'outside-knowledge', ...lastWords(next) })
    : [next, null];
}

function vetoed(count: AttentionCount, policy: string): AttentionStep {
  const next = { ...count, vetoes: count.vetoes + 1 };
  // The card that says more goes first; a promise is raised once and then counts like the rest.
  if (PROMISE_POLICIES.includes(policy) && !count.open.includes('promise-vetoed'))
    return raise(next, { reason: 'promise-vetoed' });
  return next.vetoes >= VETOES_BEFORE_CARD ? raise(next, { reason: 'vetoed-often' }) : [next, null];
}
