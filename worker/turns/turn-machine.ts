import { assertNever } from '#shared/base/assert-never.ts';
import type { FloorHolder } from '#shared/domain/call.ts';
import type { TurnId } from '#shared/domain/ids.ts';
import type { Lane } from '#shared/domain/lanes.ts';
import type { TurnStateName } from '#shared/domain/turn-state.ts';

/**
 * Where the conversation stands. `THINKING` is tentative until the turn is committed, because the caller may go on.
 * `reflex` tells whether Lane A has spoken in this pause; it may only once.
 */
export type TurnState =
  | { readonly name: 'IDLE' | 'LISTENING' | 'USER_SPEAKING' | 'USER_PAUSED' | 'INTERRUPTED' | 'ENDING' }
  | {
      readonly name: 'THINKING';
      readonly turnId: TurnId | null;
      readonly reflex: 'none' | 'on-air' | 'played';
    }
  | { readonly name: 'SPEAKING'; readonly ducked: boolean };

export interface TurnMachine {
  readonly state: TurnState;
  /** While a human has the floor the caller is followed, and nothing is answered. */
  readonly floor: FloorHolder;
}

export type TurnInput =
  | { readonly type: 'call.connected' }
  | { readonly type: 'speech.onset' }
  | { readonly type: 'speech.dropped' }
  | { readonly type: 'speech.confirmed' }
  | { readonly type: 'speech.paused' }
  | { readonly type: 'silence-timer' }
  | { readonly type: 'turn.committed'; readonly turnId: TurnId }
  /** The answer came to nothing: vetoed to the end, failed, or empty. */
  | { readonly type: 'answer.abandoned'; readonly turnId: TurnId }
  | { readonly type: 'audio.started'; readonly lane: Lane | 'own' }
  /** Nothing sounds and nothing more is coming. */
  | { readonly type: 'audio.drained' }
  | { readonly type: 'audio.silenced' }
  | { readonly type: 'floor.changed'; readonly floor: FloorHolder }
  | { readonly type: 'call.ending' };

/** Work for the runner, in this order. The machine itself has no clock, no I/O and no promises. */
export type TurnEffect =
  | { readonly do: 'start-silence-timer' }
  | { readonly do: 'stop-silence-timer' }
  | { readonly do: 'consider-reflex' }
  | { readonly do: 'duck' }
  | { readonly do: 'unduck' }
  | { readonly do: 'silence'; readonly cause: SilenceCause }
  | { readonly do: 'cancel' };

export type SilenceCause = 'barge-in' | 'speech-resumed' | 'floor' | 'call-ended';

export type TurnStep = readonly [next: TurnMachine, effects: readonly TurnEffect[]];

export const INITIAL_TURN: TurnMachine = { state: { name: 'IDLE' }, floor: 'ai' };

const LISTENING: TurnState = { name: 'LISTENING' };
const USER_SPEAKING: TurnState = { name: 'USER_SPEAKING' };
const STOP_TIMER: TurnEffect = { do: 'stop-silence-timer' };
const CANCEL: TurnEffect = { do: 'cancel' };
const silence = (cause: SilenceCause): TurnEffect => ({ do: 'silence', cause });

/**
 * One step of the conversation. Same machine and input, same result: replayable from the event log.
 * Total: an input that means nothing in a state changes nothing. Source: docs/spec/turns.md TUR1-TUR14.
 */
export function stepTurn(machine: TurnMachine, input: TurnInput): TurnStep {
  const { state } = machine;
  if (state.name === 'ENDING') return [machine, []];
  switch (input.type) {
    case 'call.connected':
      return state.name === 'IDLE' ? to(machine, LISTENING) : stay(machine);
    case 'speech.onset':
      // An onset alone is a cough until proven otherwise: make room, decide nothing (TUR4).
      return state.name === 'SPEAKING' && !state.ducked
        ? to(machine, { ...state, ducked: true }, [{ do: 'duck' }])
        : stay(machine);
    case 'speech.dropped':
      return state.name === 'SPEAKING' && state.ducked
        ? to(machine, { ...state, ducked: false }, [{ do: 'unduck' }])
        : stay(machine);
    case 'speech.confirmed':
      return callerSpeaks(machine);
    case 'speech.paused':
      return state.name === 'USER_SPEAKING'
        ? to(machine, { name: 'USER_PAUSED' }, [{ do: 'start-silence-timer' }])
        : stay(machine);
    case 'silence-timer':
      if (state.name !== 'USER_PAUSED') return stay(machine);
      if (machine.floor === 'human') return to(machine, LISTENING);
      return to(machine, { name: 'THINKING', turnId: null, reflex: 'none' }, [{ do: 'consider-reflex' }]);
    case 'turn.committed':
      return committed(machine, input.turnId);
    case 'answer.abandoned':
      return state.name === 'THINKING' && state.turnId === input.turnId
        ? to(machine, LISTENING, reflexOff(state))
        : stay(machine);
    case 'audio.started':
      return audioStarted(machine, input.lane);
    case 'audio.drained':
      if (state.name === 'SPEAKING') return to(machine, LISTENING);
      return state.name === 'THINKING' && state.reflex === 'on-air'
        ? to(machine, { ...state, reflex: 'played' })
        : stay(machine);
    case 'audio.silenced':
      return state.name === 'INTERRUPTED' ? to(machine, USER_SPEAKING) : stay(machine);
    case 'floor.changed':
      return floorChanged(machine, input.floor);
    case 'call.ending':
      return to(machine, { name: 'ENDING' }, [STOP_TIMER, silence('call-ended'), CANCEL]);
    default:
      return assertNever(input, 'turn input');
  }
}

/** Whether AI audio may exist in this state (TUR1). The belt asks before it starts a sound. */
export function mayStartAudio(machine: TurnMachine, lane: Lane | 'own'): boolean {
  if (machine.floor === 'human') return false;
  const { state } = machine;
  if (state.name === 'THINKING') return lane !== 'A' || state.reflex === 'none';
  return (state.name === 'LISTENING' && lane !== 'A') || (state.name === 'SPEAKING' && lane !== 'A');
}

export function turnStateName(machine: TurnMachine): TurnStateName {
  return machine.state.name;
}

function to(machine: TurnMachine, state: TurnState, effects: readonly TurnEffect[] = []): TurnStep {
  return [{ ...machine, state }, effects];
}

function stay(machine: TurnMachine): TurnStep {
  return [machine, []];
}

function reflexOff(state: Extract<TurnState, { name: 'THINKING' }>): readonly TurnEffect[] {
  return state.reflex === 'on-air' ? [silence('speech-resumed')] : [];
}

function callerSpeaks(machine: TurnMachine): TurnStep {
  const { state } = machine;
  switch (state.name) {
    case 'SPEAKING':
      // Silence first: the budget is about what the caller hears; generation is cancelled after it (TUR5).
      return to(machine, { name: 'INTERRUPTED' }, [silence('barge-in'), CANCEL]);
    case 'THINKING':
      return to(machine, USER_SPEAKING, [
        ...reflexOff(state),
        // The caller goes on: what we were about to answer is out of date.
        ...(state.turnId === null ? [] : [CANCEL]),
      ]);
    case 'LISTENING':
      return to(machine, USER_SPEAKING, [CANCEL]);
    case 'USER_PAUSED':
      return to(machine, USER_SPEAKING, [STOP_TIMER]);
    case 'IDLE':
    case 'USER_SPEAKING':
    case 'INTERRUPTED':
    case 'ENDING':
      return stay(machine);
    default:
      return assertNever(state, 'turn state');
  }
}

function committed(machine: TurnMachine, turnId: TurnId): TurnStep {
  const { state } = machine;
  if (machine.floor === 'human' || state.name === 'IDLE' || state.name === 'INTERRUPTED')
    return stay(machine);
  if (state.name === 'THINKING') return to(machine, { ...state, turnId });
  // A turn that is committed while our own words sound is answered after them.
  if (state.name === 'SPEAKING') return stay(machine);
  return to(
    machine,
    { name: 'THINKING', turnId, reflex: 'none' },
    state.name === 'USER_PAUSED' ? [STOP_TIMER] : [],
  );
}

function audioStarted(machine: TurnMachine, lane: Lane | 'own'): TurnStep {
  const { state } = machine;
  if (!mayStartAudio(machine, lane)) {
    // Nothing may sound here; whatever did is cut at once (TUR1).
    return state.name === 'SPEAKING' ? stay(machine) : [machine, [silence('speech-resumed')]];
  }
  if (lane === 'A' && state.name === 'THINKING') return to(machine, { ...state, reflex: 'on-air' });
  return state.name === 'SPEAKING' ? stay(machine) : to(machine, { name: 'SPEAKING', ducked: false });
}

function floorChanged(machine: TurnMachine, floor: FloorHolder): TurnStep {
  if (floor === machine.floor) return stay(machine);
  const next: TurnMachine = { ...machine, floor };
  const { state } = machine;
  if (state.name === 'IDLE') return stay(next);
  if (floor === 'ai') return stay(next);
  const callerTalks =
    state.name === 'USER_SPEAKING' || state.name === 'USER_PAUSED' || state.name === 'INTERRUPTED';
  const after: TurnState = state.name === 'USER_PAUSED' ? LISTENING : callerTalks ? USER_SPEAKING : LISTENING;
  return to(next, after, [STOP_TIMER, silence('floor'), CANCEL]);
}
