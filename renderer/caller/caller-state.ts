/** Why a call could not be started. */
export type Failure =
  | 'microphone-refused'
  | 'microphone-missing'
  | 'too-often'
  /** Nobody takes calls here now. */
  | 'closed'
  | 'network';

/** The way of the caller's audio. `waiting`: it stands, and nobody is heard on it yet. */
export type LineName = 'waiting' | 'connected' | 'reconnecting' | 'blocked';

export type CallerState =
  | { readonly name: 'start' }
  /** The browser asks the person for the microphone. */
  | { readonly name: 'asking' }
  | { readonly name: 'connecting' }
  | { readonly name: 'talking'; readonly line: LineName; readonly muted: boolean; readonly voices: number }
  /** Nothing is tried any more until the person wants it. */
  | { readonly name: 'lost'; readonly what: 'line' | 'microphone' }
  | { readonly name: 'ended'; readonly by: 'caller' | 'us' }
  | { readonly name: 'failed'; readonly why: Failure };

export type CallerInput =
  | { readonly type: 'pressed.talk' | 'pressed.again' | 'pressed.reconnect' | 'pressed.end' }
  | { readonly type: 'microphone.open' | 'microphone.gone' }
  | { readonly type: 'start.failed'; readonly why: Failure }
  | { readonly type: 'room.joined' | 'room.lost' | 'room.over' }
  | { readonly type: 'room.reconnecting' }
  | { readonly type: 'room.back' }
  | { readonly type: 'sound.blocked'; readonly isBlocked: boolean }
  | { readonly type: 'voices'; readonly count: number }
  | { readonly type: 'muted'; readonly muted: boolean };

export const AT_START: CallerState = { name: 'start' };

/** One step of a caller's page. Pure and total: what comes too late changes nothing (WID8). */
export function stepCaller(state: CallerState, input: CallerInput): CallerState {
  switch (input.type) {
    case 'pressed.talk':
      return state.name === 'start' || state.name === 'failed' ? { name: 'asking' } : state;
    case 'pressed.again':
      return state.name === 'ended' || state.name === 'failed' ? AT_START : state;
    case 'pressed.reconnect':
      return state.name === 'lost' ? { name: 'connecting' } : state;
    case 'pressed.end':
      return isUnderWay(state) ? { name: 'ended', by: 'caller' } : state;
    case 'microphone.open':
      return state.name === 'asking' ? { name: 'connecting' } : state;
    case 'microphone.gone':
      return state.name === 'talking' ? { name: 'lost', what: 'microphone' } : state;
    case 'start.failed':
      return state.name === 'asking' || state.name === 'connecting'
        ? { name: 'failed', why: input.why }
        : state;
    case 'room.joined':
      return state.name === 'connecting'
        ? { name: 'talking', line: 'waiting', muted: false, voices: 0 }
        : state;
    case 'room.lost':
      return state.name === 'talking' || state.name === 'connecting' ? { name: 'lost', what: 'line' } : state;
    case 'room.over':
      return isUnderWay(state) ? { name: 'ended', by: 'us' } : state;
    default:
      return state.name === 'talking' ? stepTalking(state, input) : state;
  }
}

type Talking = Extract<CallerState, { name: 'talking' }>;
type InCall = Extract<
  CallerInput,
  { type: 'room.reconnecting' | 'room.back' | 'sound.blocked' | 'voices' | 'muted' }
>;

function stepTalking(state: Talking, input: InCall): Talking {
  const standing = (voices: number): LineName => (voices > 0 ? 'connected' : 'waiting');
  const stands = state.line === 'connected' || state.line === 'waiting';
  switch (input.type) {
    case 'room.reconnecting':
      return { ...state, line: 'reconnecting' };
    case 'room.back':
      return { ...state, line: standing(state.voices) };
    case 'sound.blocked':
      return input.isBlocked
        ? { ...state, line: 'blocked' }
        : state.line === 'blocked'
          ? { ...state, line: standing(state.voices) }
          : state;
    case 'voices':
      return {
        ...state,
        voices: input.count,
        line: stands ? standing(input.count) : state.line,
      };
    case 'muted':
      return { ...state, muted: input.muted };
  }
}

/** Whether something runs that the person can end. */
export const isUnderWay = ({ name }: CallerState): boolean =>
  name === 'asking' || name === 'connecting' || name === 'talking' || name === 'lost';
