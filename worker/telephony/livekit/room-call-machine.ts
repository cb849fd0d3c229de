import { assertNever } from '#shared/base/assert-never.ts';
import type { RoomFact, RoomMember } from '#worker/livekit/worker-room.ts';
import { ENDED_BY_US, endOfLeaving, endOfRoom, returnLimitMs, type LineEnd } from './line-end.ts';

export interface Caller {
  readonly identity: string;
  readonly kind: 'browser' | 'sip';
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
  | ({ readonly name: 'connected' } & WithCaller)
  | { readonly name: 'ended' };

/** What is waited for: a caller to come, one to come back, audio to flow after the answer. */
export type Wait = 'arrival' | 'return' | 'audio';

export type RoomCallInput =
  | { readonly type: 'joined' }
  /** `silentMs`: for how long nothing but digital silence has come from the caller. */
  | { readonly type: 'fact'; readonly fact: RoomFact; readonly silentMs: number }
  | { readonly type: 'answer' }
  | { readonly type: 'hang-up' }
  /** `callerHere`: whether the room lists the caller now, whatever was told. */
  | { readonly type: 'waited'; readonly for: Wait; readonly callerHere: boolean };

/** Work for the runner. The machine itself has no clock and no room. */
export type RoomCallEffect =
  | { readonly do: 'ring'; readonly member: RoomMember }
  | { readonly do: 'connect' }
  | { readonly do: 'press'; readonly digit: string }
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
}

export interface RoomCallRules extends RoomCallLimits {
  readonly isCaller: (member: RoomMember) => boolean;
}

export type RoomCallStep = readonly [next: RoomCallState, effects: readonly RoomCallEffect[]];

export const NO_CALL_YET: RoomCallState = { name: 'waiting' };

const WAITS: readonly Wait[] = ['arrival', 'return', 'audio'];

/** One step of one room's call (SIP1-SIP5, SIP7). Pure: the same facts and commands give the same call. */
export function stepRoomCall(state: RoomCallState, input: RoomCallInput, rules: RoomCallRules): RoomCallStep {
  if (state.name === 'ended') return [state, []];
  switch (input.type) {
    case 'joined':
      return [state, state.name === 'waiting' ? [{ do: 'wait', for: 'arrival', ms: rules.arrivalMs }] : []];
    case 'fact':
      return onFact(state, input.fact, input.silentMs, rules);
    case 'answer': {
      if (state.name !== 'ringing' || state.answered) return [state, []];
      if (state.open && state.away === null) return connect(state);
      return [{ ...state, answered: true }, [{ do: 'wait', for: 'audio', ms: rules.audioMs }]];
    }
    case 'hang-up':
      if (state.name === 'waiting') return over(null, 'failed');
      return over(ENDED_BY_US, 'success', [{ do: 'remove', identity: state.caller.identity }]);
    case 'waited':
      return onWaited(state, input.for, input.callerHere, rules);
    default:
      return assertNever(input, 'input of a room’s call');
  }
}

type Open = Exclude<RoomCallState, { name: 'ended' }>;
type Ringing = Extract<RoomCallState, { name: 'ringing' }>;

function onFact(state: Open, fact: RoomFact, silentMs: number, rules: RoomCallRules): RoomCallStep {
  if (fact.type === 'room.closed') {
    return state.name === 'waiting' ? over(null, 'failed') : over(endOfRoom(fact.reason), 'success');
  }
  if (fact.type === 'connection') return onConnection(state, fact.state, rules);
  if (state.name === 'waiting') {
    return fact.type === 'member.joined' && rules.isCaller(fact.member) ? ring(fact.member) : [state, []];
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

function ring(member: RoomMember): RoomCallStep {
  const caller: Caller = { identity: member.identity, kind: member.kind === 'sip' ? 'sip' : 'browser' };
  return [
    { name: 'ringing', caller, open: isPickedUp(member), answered: false, away: null, link: 'up' },
    [
      { do: 'stop-waiting', for: 'arrival' },
      { do: 'ring', member },
    ],
  ];
}

/** `active` once is enough: after a restart of the server a call that goes on says `ringing` for ever (measured). */
const isPickedUp = (member: RoomMember): boolean =>
  member.kind === 'sip' && member.attributes['sip.callStatus'] === 'active';

function opened(
  state: Exclude<Open, { name: 'waiting' }>,
  now: boolean,
  first: readonly RoomCallEffect[],
): RoomCallStep {
  if (state.name === 'connected') return [state, first];
  const ringing: Ringing = { ...state, open: state.open || now };
  if (!ringing.answered || !ringing.open || ringing.away !== null) return [ringing, first];
  const [next, effects] = connect(ringing);
  return [next, [...first, ...effects]];
}

function connect({ caller, away, link }: Ringing): RoomCallStep {
  return [
    { name: 'connected', caller, away, link },
    [{ do: 'stop-waiting', for: 'audio' }, { do: 'connect' }],
  ];
}

function left(
  state: Exclude<Open, { name: 'waiting' }>,
  reason: number,
  silentMs: number,
  rules: RoomCallRules,
): RoomCallStep {
  const { kind } = state.caller;
  const end = endOfLeaving(kind, reason, silentMs);
  const ms = state.link === 'down' ? rules.lossMs : returnLimitMs(kind, reason, rules);
  if (ms === 0) return over(end, 'success');
  return [{ ...state, away: end }, [{ do: 'wait', for: 'return', ms }]];
}

function onConnection(state: Open, link: 'connected' | 'reconnecting', rules: RoomCallRules): RoomCallStep {
  if (state.name === 'waiting') return [state, []];
  const next = { ...state, link: link === 'connected' ? ('up' as const) : ('down' as const) };
  // They, too, need their time after an outage that was not theirs.
  const again = next.link === 'up' && next.away !== null;
  return [next, again ? [{ do: 'wait', for: 'return', ms: rules.lossMs }] : []];
}

function onWaited(state: Open, wait: Wait, callerHere: boolean, rules: RoomCallRules): RoomCallStep {
  if (wait === 'arrival') return state.name === 'waiting' ? over(null, 'failed') : [state, []];
  if (state.name === 'waiting') return [state, []];
  if (wait === 'audio') {
    if (state.name !== 'ringing' || !state.answered) return [state, []];
    if (state.away === null) return connect(state);
    return [state, [{ do: 'wait', for: 'audio', ms: rules.audioMs }]];
  }
  if (state.away === null) return [state, []];
  if (state.link === 'down') return [state, [{ do: 'wait', for: 'return', ms: rules.lossMs }]];
  if (callerHere) return opened({ ...state, away: null }, false, []);
  return over(state.away, 'success');
}

/** @param end what is told of it; `null` when it never rang */
function over(
  end: LineEnd | null,
  outcome: 'success' | 'failed',
  first: readonly RoomCallEffect[] = [],
): RoomCallStep {
  return [
    { name: 'ended' },
    [
      ...WAITS.map(wait => ({ do: 'stop-waiting', for: wait }) as const),
      ...(end === null ? [] : [{ do: 'end', end } as const]),
      ...first,
      { do: 'leave', outcome },
    ],
  ];
}
