import type { AttentionReason, CallEndReason, Intent } from '#shared/domain/call.ts';
import { HUSHED_KEY } from '#shared/domain/hush.ts';
import type { WithholdCause } from '#shared/domain/lanes.ts';
import { RELEASE_REASON_WORDS } from '#shared/domain/release-reasons.ts';
import type { TurnStateName } from '#shared/domain/turn-state.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** Plain English for the codes of the log: short, present tense, no jargon. Screens never show a code alone. */

export const ATTENTION_WORDS: Readonly<Record<AttentionReason, string>> = {
  'long-silence': 'Nobody has spoken for a while',
  'poor-line': 'The line is poor',
  'outside-knowledge': 'Asked twice outside the knowledge',
  'interrupted-often': 'Interrupted the AI twice',
  'vetoed-often': 'Three sentences stopped',
  frustrated: 'Losing patience',
  'promise-vetoed': 'Promise vetoed',
  'card-data-spoken': 'Card number spoken',
  'asked-for-person': 'Asked for a person',
  'answer-failed': 'The AI could not answer',
  'statement-missing': 'A required statement was not made',
  'going-in-circles': 'The same is said again and again',
  'unsure-of-answer': 'The AI is not sure of its answer',
  'long-call': 'The call takes long',
};

export const CAUSE_WORDS: Readonly<Record<WithholdCause, string>> = {
  'barge-in': 'the caller spoke',
  'taken-over': 'a person took over',
  barged: 'a person joined',
  parked: 'the caller was on hold or with a colleague',
  'vetoed-by-supervisor': 'vetoed by a supervisor',
  'held-too-long': 'held for too long',
  superseded: 'replaced by another sentence',
  'speech-resumed': 'the caller went on',
  'reasoned-first': 'the answer was ready',
  'stale-hypothesis': 'the caller said something else',
  'voice-failed': 'the voice failed',
  'nothing-left': 'nothing of it was left to say',
  'call-ended': 'the call ended',
  'host-lost': 'the process that said it was gone',
};

export const END_WORDS: Readonly<Record<CallEndReason, string>> = {
  'caller-hung-up': 'The caller hung up',
  'ended-by-ai': 'The AI said goodbye',
  'ended-by-supervisor': 'Ended by a supervisor',
  transferred: 'Transferred',
  'no-answer': 'Nobody answered',
  'line-failed': 'The line failed',
  'worker-stopped': 'The worker stopped',
  'worker-crashed': 'The worker crashed',
};

export const TURN_WORDS: Readonly<Record<TurnStateName, string>> = {
  IDLE: 'Idle',
  LISTENING: 'Listening',
  USER_SPEAKING: 'Caller speaking',
  USER_PAUSED: 'Caller pauses',
  THINKING: 'Thinking',
  SPEAKING: 'AI speaking',
  INTERRUPTED: 'Interrupted',
  ENDING: 'Ending',
};

const POLICY_WORDS: Readonly<Record<string, string>> = {
  'no-refund-promise': 'No refund promises',
  'no-guarantee': 'No guarantees',
  'topic-bounds': 'Stays on topic',
  'grounded-figures': 'Figures need a source',
  'no-card-data': 'No card numbers',
  'personal-data': 'No personal details',
  supervisor: 'Supervisor',
};

const REASON_WORDS: Readonly<Record<string, string>> = {
  'promised-refund': 'promised a refund',
  'absolute-promise': 'promised too much',
  'legal-advice': 'legal advice',
  'no-citation': 'no source for the figure',
  'card-number': 'card number',
  'personal-detail': 'personal detail',
  'over-budget': 'the check took too long',
  'judge-late': 'the check took too long',
  'judge-failed': 'the check failed',
  'verdict-not-recorded': 'the verdict could not be written down',
};

/** How long answers wait on a call that has its own wait. */
export const waitWords = (holdBackMs: number): string =>
  holdBackMs === 0 ? 'No wait' : `Waits ${(holdBackMs / 1000).toFixed(1)} s`;

const UNUSED_WORDS: Readonly<Record<string, string>> = {
  'not-relevant': 'Not used: the answer did not need it',
  vetoed: 'Not used: the sentence was vetoed',
  'no-further-turn': 'Not used: the call ended first',
  'taken-over': 'Not used: a person took over',
  interrupted: 'Not used: the caller went on',
};

/** An unknown code is shown as words: dashes become spaces. */
const spaced = (code: string): string => code.replaceAll('-', ' ');

export const policyWords = (policy: string): string => POLICY_WORDS[policy] ?? spaced(policy);
export const reasonWords = (reason: string): string => REASON_WORDS[reason] ?? spaced(reason);
export const releaseReasonWords = (reason: string): string =>
  (RELEASE_REASON_WORDS as Readonly<Record<string, string>>)[reason]?.toLowerCase() ?? spaced(reason);
export const unusedWords = (reason: string): string => UNUSED_WORDS[reason] ?? 'Not used';
/** `promised-refund` becomes `Promised refund`: a code without words of its own still reads. */
export const codeWords = (code: string): string => spaced(code.charAt(0).toUpperCase() + code.slice(1));
export const endWords = (reason: string): string =>
  (END_WORDS as Readonly<Record<string, string>>)[reason] ?? spaced(reason);

/** `3:05`, or `1:02:09` from an hour on. Negative times are shown as zero. */
export function clockWords(durationMs: number): string {
  const total = Math.max(0, Math.floor(durationMs / 1000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60);
  return minutes < 60
    ? `${minutes}:${seconds}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${seconds}`;
}

const INTENT_WORDS: Readonly<Record<Intent, string>> = {
  CHECK_STATUS: 'Status of an order',
  GET_HOURS: 'Opening hours',
  GET_LOCATION: 'Where we are',
  GET_SERVICES: 'What we offer',
  OPEN_TICKET: 'A ticket',
  TRANSFER_HUMAN: 'A person',
  UNKNOWN: 'Something else',
};

export const intentWords = (intent: string): string =>
  (INTENT_WORDS as Readonly<Record<string, string>>)[intent] ?? spaced(intent.toLowerCase());

export const stoppedWords = (count: number): string =>
  count === 1 ? 'One sentence stopped' : `${count} sentences stopped`;

const DAY_MS = 86_400_000;

/** `14:05` today, `Mon 14:05` within a week, `24 Nov 14:05` before; local time. */
export function whenWords(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (at.toDateString() === new Date(nowMs).toDateString()) return time;
  const day =
    nowMs - atMs < 6 * DAY_MS
      ? at.toLocaleDateString('en-GB', { weekday: 'short' })
      : at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return `${day} ${time}`;
}

export const HUSH_WORDS = 'Card data: nobody listens, nothing is recorded';

const FLOOR_WORDS = {
  barge: 'joined the line',
  'take-over': 'took over',
  'step-down': 'left the line; the AI speaks again',
  'hand-back': 'handed back to the AI',
  undo: 'undid the takeover',
  'lease-lost': 'lost the connection; the AI speaks again',
} as const;

const RECORDING_FAULT_WORDS = {
  'storage-failed': 'Recording stopped: the disk does not take it',
  'too-slow': 'Recording stopped: the disk is too slow',
} as const;

/** One line of the transcript for an event that is no speech; null for events that are shown elsewhere or not at all. */
export function eventWords(event: CallEvent): string | null {
  switch (event.type) {
    case 'call.ended':
      return endWords(event.reason);
    case 'call.dtmf-received':
      return event.digit === HUSHED_KEY ? 'The caller pressed a key' : `The caller pressed ${event.digit}`;
    case 'call.dtmf-sent':
      return `Sent the keys ${event.digits}`;
    case 'call.transfer-requested':
      if (event.outcome === null)
        return event.userName === undefined
          ? `Transfer to ${event.target} asked for`
          : `${event.userName} transfers the call to ${event.target}`;
      return `Transfer to ${event.target} ${event.outcome}`;
    case 'call.parked':
      return event.with === 'hold' ? 'The caller is on hold' : `The caller is with ${event.target}`;
    case 'call.unparked':
      return event.cause === 'not-reached' ? 'The caller is off hold' : 'The colleague has left';
    case 'recording.started':
      return 'Recording begins';
    case 'recording.ended':
      return event.reason === 'call-ended' ? null : RECORDING_FAULT_WORDS[event.reason];
    case 'attention.raised':
      // What the others are raised by stands in the transcript itself.
      return event.reason === 'poor-line' ? `The line is poor: ${event.because ?? 'below 3.8'}` : null;
    case 'silence.noticed':
      return `Nobody has spoken for ${Math.round(event.silenceMs / 1000)} s`;
    case 'floor.changed':
      return `${event.userName ?? 'A person'} ${FLOOR_WORDS[event.cause]}`;
    case 'speech.held':
      return `${event.userName} holds the AI`;
    case 'speech.resumed':
      return `The AI may speak again after ${clockWords(event.heldMs)}`;
    case 'hush.started':
      return HUSH_WORDS;
    case 'hush.ended':
      return 'Card data is over: listening and recording go on';
    case 'hold-back.set':
      return event.holdBackMs === null
        ? `${event.userName} gave the wait before answers back to the organisation`
        : `${event.userName}: each answer ${event.holdBackMs === 0 ? 'does not wait' : `waits ${(event.holdBackMs / 1000).toFixed(1)} s`}`;
    case 'knowledge.patched':
      return `${event.userName} gave this call another text of ${event.title}`;
    case 'moment.flagged':
      return event.note === ''
        ? `${event.userName} flagged this moment`
        : `${event.userName} flagged: ${event.note}`;
    default:
      return null;
  }
}
