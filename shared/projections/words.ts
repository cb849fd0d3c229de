import type { AttentionReason, CallEndReason, Intent } from '#shared/domain/call.ts';
import { HUSHED_KEY } from '#shared/domain/hush.ts';
import type { CallSummary } from '#shared/domain/call-summary.ts';
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

/** What a phone line says of a call that came to nothing. */
const LINE_FAULT_WORDS: Readonly<Record<string, string>> = {
  'line.busy': 'The number was busy',
  'line.declined': 'The call was declined',
  'line.no-answer': 'Nobody answered',
  'line.unavailable': 'The number could not be reached',
  'line.unknown-number': 'There is no such number',
  'line.given-up': 'Nobody was called; no host came in time',
  'line.trunk-failed': 'The phone trunk did not carry the call',
  'line.media-lost': 'Their audio stopped, and the line ended',
  'line.lost': 'The connection to the caller was lost',
  'line.displaced': 'Another host took the call over',
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
/** @param code why the line failed, where that is known */
export const endWords = (reason: string, code?: string): string =>
  LINE_FAULT_WORDS[code ?? ''] ?? (END_WORDS as Readonly<Record<string, string>>)[reason] ?? spaced(reason);

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

const PARKED_WORDS = {
  hold: () => 'The caller is on hold',
  briefing: (target: string) => `${target} is told of the call; the caller is on hold`,
  colleague: (target: string) => `The caller is with ${target}`,
} as const;

/** Where a caller is whom the line has for a transfer. @param isTaken a person of ours has them meanwhile, who is heard instead of the tone */
export function parkedWords(parked: NonNullable<CallSummary['parked']>, isTaken: boolean): string {
  const { with: where, target } = parked;
  if (where === 'colleague') return `The caller is with ${target}`;
  const what = where === 'hold' ? `transferring to ${target}` : `telling ${target} of the call`;
  return isTaken ? `${what.charAt(0).toUpperCase()}${what.slice(1)}` : `On hold, ${what}`;
}

const BRIEFING_WORDS = {
  accepted: 'takes the call',
  declined: 'gives the call back',
  'hung-up': 'hung up before taking the call',
  'no-decision': 'did not say whether to take the call',
  'caller-left': 'had nobody left to take',
  'line-failed': 'could not be told of the call',
} as const;

/** One line of the transcript for an event that is no speech; null for events that are shown elsewhere or not at all. */
export function eventWords(event: CallEvent): string | null {
  switch (event.type) {
    case 'call.ended':
      return endWords(event.reason, event.code);
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
      return PARKED_WORDS[event.with](event.target);
    case 'call.unparked':
      return event.cause === 'colleague-left' ? 'The colleague has left' : 'The caller is off hold';
    case 'briefing.judged':
      return event.veto === null
        ? `For the colleague: ${event.text.trim()}`
        : `Not told to the colleague: ${policyWords(event.veto.policy).toLowerCase()}`;
    case 'briefing.ended':
      return `${event.target} ${BRIEFING_WORDS[event.outcome]}`;
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
