// The whole life of a call in a room, which is one table; over 250 lines because its parts only make sense side by side.
import { assertNever } from '#shared/base/assert-never.ts';
import type { RoomFact, RoomMember } from '#worker/livekit/worker-room.ts';
import {
  ENDED_BY_US,
  TRANSFERRED,
  endOfLeaving,
  endOfRoom,
  failedLine,
  returnLimitMs,
  type LineEnd,
  type LineFailure,
} from './line-end.ts';

export interface Caller {
  readonly identity: string;
  readonly kind: 'browser' | 'sip';
}

/** What became of a REFER. `uncertain`: nobody can say whether the other side has answered. */
export type TransferOutcome = 'accepted' | 'refused' | 'uncertain';

/** What the API said of a REFER; `ok` and `timed-out` are not yet the truth (SIP22). */
export type ReferAnswer = 'ok' | 'refused' | 'timed-out';

interface OpenTransfer {
  readonly target: string;
  /** `just-ok`: it was said just now, and a phone that leaves now may have left before. */
  readonly answer: 'none' | 'just-ok' | 'ok' | 'timed-out';
}

/** Somebody was there; `away` holds what their call ends with should they not come back. */
interface WithCaller {
  readonly caller: Caller;
  readonly away: LineEnd | null;
  /** Whether we are in the room at all; while we are not, who is away is not known. */
  readonly link: 'up' | 'down';
}

export type RoomCallState =
  | { readonly name: 'waiting' }
  | ({ readonly name: 'ringing'; readonly open: boolean; readonly answered: boolean } & WithCaller)
  | ({ readonly name: 'connected'; readonly transfer: OpenTransfer | null } & WithCaller)
  | { readonly name: 'ended' };

/** What is waited for: a caller to come, one to come back, audio to flow after the answer, a phone to leave after its transfer. */
export type Wait = 'arrival' | 'return' | 'audio' | 'transfer';

export type RoomCallInput =
  | { readonly type: 'joined' }
  /** `silentMs`: for how long nothing but digital silence has come from the caller. */
  | { readonly type: 'fact'; readonly fact: RoomFact; readonly silentMs: number }
  | { readonly type: 'answer' }
  | { readonly type: 'hang-up' }
  /** `callerHere`: whether the room lists the caller now, whatever was told. */
  | { readonly type: 'waited'; readonly for: Wait; readonly callerHere: boolean }
  /** The phone that we dial has been picked up, or not; what the API says is exact where the room is not. */
  | { readonly type: 'dialled'; readonly failure: LineFailure | null }
  | { readonly type: 'transfer'; readonly target: string }
  | { readonly type: 'refer-answered'; readonly answer: ReferAnswer };

/** Work for the runner. The machine itself has no clock and no room. */
export type RoomCallEffect =
  | { readonly do: 'ring'; readonly member: RoomMember }
  | { readonly do: 'dial' }
  | { readonly do: 'connect' }
  | { readonly do: 'press'; readonly digit: string }
  | { readonly do: 'refer'; readonly target: string }
  | { readonly do: 'transferred'; readonly target: string; readonly outcome: TransferOutcome }
  | { readonly do: 'end'; readonly end: LineEnd }
  /** Replaces an earlier wait for the same. */
  | { readonly do: 'wait'; readonly for: Wait; readonly ms: number }
  | { readonly do: 'stop-waiting'; readonly for: Wait }
  | { readonly do: 'remove'; readonly identity: string }
  | { readonly do: 'leave'; readonly outcome: 'success' | 'failed' };

export interface RoomCallLimits {
  /** For the caller to come into the room. */
  readonly arrivalMs: number;
  /** For a browser to come back that left by itself: a page that is loaded again. */
  readonly reloadMs: number;
  /** For a caller to come back whose connection, or ours, was lost. */
  readonly lossMs: number;
  /** For audio to flow after the answer. */
  readonly audioMs: number;
  /**
   * In which the room may still be about to tell that the phone had left before the API spoke: the two come by different ways. Less
   * than the second after which livekit-sip hangs up.
   */
  readonly transferSettleMs: number;
  /** For a phone to leave after the API has said something of its transfer; livekit-sip hangs up 1 s after a success. */
  readonly transferMs: number;
  /** For the API to say why a dialled phone left the room. */
  readonly dialAnswerMs: number;
}

export interface RoomCallRules extends RoomCallLimits {
  readonly isCaller: (member: RoomMember) => boolean;
  /** The phone that we call ourselves; `null` for a call that comes to us. */
  readonly dials: RoomMember | null;
}

export type RoomCallStep = readonly [next: RoomCallState, effects: readonly RoomCallEffect[]];

export const NO_CALL_YET: RoomCallState = { name: 'waiting' };

const WAITS: readonly Wait[] = ['arrival', 'return', 'audio', 'transfer'];

/** One step of one room's call (SIP1-SIP5, SIP7, SIP20-SIP23, SIP30). Pure: the same facts and commands give the same call. */
export function stepRoomCall(state: RoomCallState, input: RoomCallInput, rules: RoomCallRules): RoomCallStep {
  if (state.name === 'ended') return [state, []];
  switch (input.type) {
    case 'joined':
      if (state.name !== 'waiting') return [state, []];
      if (rules.dials === null) return [state, [{ do: 'wait', for: 'arrival', ms: rules.arrivalMs }]];
      return [ringingFor(rules.dials), [{ do: 'ring', member: rules.dials }, { do: 'dial' }]];
    case 'fact':
      return onFact(state, input.fact, input.silentMs, rules);
    case 'answer': {
      if (state.name !== 'ringing' || state.answered) return [state, []];
      if (state.open && state.away === null) return connect(state);
      // Whom we call may take as long as the API lets it ring.
      const waits: RoomCallEffect[] = [{ do: 'wait', for: 'audio', ms: rules.audioMs }];
      return [{ ...state, answered: true }, rules.dials === null ? waits : []];
    }
    case 'hang-up':
      if (state.name === 'waiting') return over(state, null, 'failed');
      return over(state, ENDED_BY_US, 'success', [{ do: 'remove', identity: state.caller.identity }]);
    case 'waited':
      return onWaited(state, input.for, input.callerHere, rules);
    case 'dialled':
      if (state.name !== 'ringing') return [state, []];
      return input.failure === null
        ? opened(state, true, [])
        : over(state, failedLine(input.failure), 'success');
    case 'transfer':
      if (state.name !== 'connected' || state.transfer !== null) return [state, []];
      return [
        { ...state, transfer: { target: input.target, answer: 'none' } },
        [{ do: 'refer', target: input.target }],
      ];
    case 'refer-answered':
      return onReferAnswer(state, input.answer, rules);
    default:
      return assertNever(input, 'input of a room’s call');
  }
}

type Open = Exclude<RoomCallState, { name: 'ended' }>;
type Known = Exclude<Open, { name: 'waiting' }>;
type Connected = Extract<RoomCallState, { name: 'connected' }>;
type Ringing = Extract<RoomCallState, { name: 'ringing' }>;

function onFact(state: Open, fact: RoomFact, silentMs: number, rules: RoomCallRules): RoomCallStep {
  if (fact.type === 'room.closed') {
    return state.name === 'waiting'
      ? over(state, null, 'failed')
      : over(state, endOfRoom(fact.reason), 'success');
  }
  if (fact.type === 'connection') return onConnection(state, fact.state, rules);
  if (state.name === 'waiting') {
    if (fact.type !== 'member.joined' || !rules.isCaller(fact.member)) return [state, []];
    return [
      ringingFor(fact.member),
      [
        { do: 'stop-waiting', for: 'arrival' },
        { do: 'ring', member: fact.member },
      ],
    ];
  }
  const identity = 'member' in fact ? fact.member.identity : fact.identity;
  if (identity !== state.caller.identity) return [state, []];
  switch (fact.type) {
    case 'member.joined':
      return opened(
        { ...state, away: null },
        isPickedUp(fact.member),
        state.away === null ? [] : [{ do: 'stop-waiting', for: 'return' }],
      );
    case 'member.left':
      return left(state, fact.reason, silentMs, rules);
    case 'attributes.changed':
      return opened(state, isPickedUp(fact.member), []);
    case 'audio.changed':
      return opened(state, state.caller.kind === 'browser' && fact.audio !== 'off', []);
    case 'dtmf':
      return [state, state.name === 'connected' ? [{ do: 'press', digit: fact.digit }] : []];
    default:
      return assertNever(fact, 'fact of a room');
  }
}

function ringingFor(member: RoomMember): Ringing {
  const caller: Caller = { identity: member.identity, kind: member.kind === 'sip' ? 'sip' : 'browser' };
  return { name: 'ringing', caller, open: isPickedUp(member), answered: false, away: null, link: 'up' };
}

/** `active` once is enough: after a restart of the server a call that goes on says `ringing` for ever (measured). */
const isPickedUp = (member: RoomMember): boolean =>
  member.kind === 'sip' && member.attributes['sip.callStatus'] === 'active';

function opened(state: Known, now: boolean, first: readonly RoomCallEffect[]): RoomCallStep {
  if (state.name === 'connected') return [state, first];
  const ringing: Ringing = { ...state, open: state.open || now };
  if (!ringing.answered || !ringing.open || ringing.away !== null) return [ringing, first];
  const [next, effects] = connect(ringing);
  return [next, [...first, ...effects]];
}

function connect({ caller, away, link }: Ringing): RoomCallStep {
  return [
    { name: 'connected', caller, away, link, transfer: null },
    [{ do: 'stop-waiting', for: 'audio' }, { do: 'connect' }],
  ];
}

function left(state: Known, reason: number, silentMs: number, rules: RoomCallRules): RoomCallStep {
  const { kind } = state.caller;
  const end = endOfLeaving(kind, reason, silentMs, state.name === 'ringing' && rules.dials !== null);
  if (state.link === 'down') return away(state, end, rules.lossMs);
  const ms = returnLimitMs(kind, reason, rules);
  if (ms > 0) return away(state, end, ms);
  if (state.name === 'connected' && state.transfer !== null) {
    // What the API says of the transfer decides what this end was.
    if (state.transfer.answer === 'none') return [{ ...state, away: end }, []];
    return transferOver(state, state.transfer, end);
  }
  // The API says more exactly why nobody picked up, and says it now.
  if (state.name === 'ringing' && rules.dials !== null) return away(state, end, rules.dialAnswerMs);
  return over(state, end, 'success');
}

const away = (state: Known, end: LineEnd, ms: number): RoomCallStep => [
  { ...state, away: end },
  [{ do: 'wait', for: 'return', ms }],
];

/** The phone has left after something was said of its transfer: with a success that came first, the success is what ended it. */
function transferOver(state: Known, transfer: OpenTransfer, end: LineEnd): RoomCallStep {
  const outcome = transfer.answer === 'ok' ? 'accepted' : 'uncertain';
  const why = end.type === 'call.failed' ? end : TRANSFERRED;
  return over(state, why, 'success', [], end.type === 'call.failed' ? 'uncertain' : outcome);
}

function onReferAnswer(state: Open, answer: ReferAnswer, rules: RoomCallRules): RoomCallStep {
  if (state.name !== 'connected' || state.transfer === null) return [state, []];
  const { target } = state.transfer;
  if (answer === 'refused') {
    if (state.away !== null && state.link === 'up' && state.caller.kind === 'sip')
      return over(state, state.away, 'success', [], 'refused');
    return [{ ...state, transfer: null }, [{ do: 'transferred', target, outcome: 'refused' }]];
  }
  // Gone before anybody said that the other side had answered: it may never have (SIP22).
  if (state.away !== null && state.link === 'up')
    return transferOver(state, { target, answer: 'timed-out' }, state.away);
  if (answer === 'timed-out') return watching(state, { target, answer }, rules.transferMs);
  return watching(state, { target, answer: 'just-ok' }, rules.transferSettleMs);
}

const watching = (state: Connected, transfer: OpenTransfer, ms: number): RoomCallStep => [
  { ...state, transfer },
  [{ do: 'wait', for: 'transfer', ms }],
];

function onConnection(state: Open, link: 'connected' | 'reconnecting', rules: RoomCallRules): RoomCallStep {
  if (state.name === 'waiting') return [state, []];
  const next = { ...state, link: link === 'connected' ? ('up' as const) : ('down' as const) };
  // They, too, need their time after an outage that was not theirs.
  const again = next.link === 'up' && next.away !== null;
  return [next, again ? [{ do: 'wait', for: 'return', ms: rules.lossMs }] : []];
}

function onWaited(state: Open, wait: Wait, callerHere: boolean, rules: RoomCallRules): RoomCallStep {
  if (wait === 'arrival') return state.name === 'waiting' ? over(state, null, 'failed') : [state, []];
  if (state.name === 'waiting') return [state, []];
  if (wait === 'transfer') return onTransferWaited(state, rules);
  if (wait === 'audio') {
    if (state.name !== 'ringing' || !state.answered) return [state, []];
    if (state.away === null) return connect(state);
    return [state, [{ do: 'wait', for: 'audio', ms: rules.audioMs }]];
  }
  if (state.away === null) return [state, []];
  if (state.link === 'down') return [state, [{ do: 'wait', for: 'return', ms: rules.lossMs }]];
  if (callerHere) return opened({ ...state, away: null }, false, []);
  return over(state, state.away, 'success');
}

/** The phone is still with us: after a success nobody can say why, after a time-out it was not answered. The call goes on. */
function onTransferWaited(state: Known, rules: RoomCallRules): RoomCallStep {
  if (state.name !== 'connected' || state.transfer === null || state.transfer.answer === 'none')
    return [state, []];
  const { target, answer } = state.transfer;
  if (answer === 'just-ok') return watching(state, { target, answer: 'ok' }, rules.transferMs);
  const outcome = answer === 'ok' ? 'uncertain' : 'refused';
  return [{ ...state, transfer: null }, [{ do: 'transferred', target, outcome }]];
}

/** @param end what is told of it; `null` when it never rang */
function over(
  state: Open,
  end: LineEnd | null,
  outcome: 'success' | 'failed',
  more: readonly RoomCallEffect[] = [],
  transferred: TransferOutcome = 'uncertain',
): RoomCallStep {
  const transfer = state.name === 'connected' ? state.transfer : null;
  return [
    { name: 'ended' },
    [
      ...WAITS.map(wait => ({ do: 'stop-waiting', for: wait }) as const),
      ...(transfer === null
        ? []
        : [{ do: 'transferred', target: transfer.target, outcome: transferred } as const]),
      ...(end === null ? [] : [{ do: 'end', end } as const]),
      ...more,
      { do: 'leave', outcome },
    ],
  ];
}
