import { assertNever } from '#shared/base/assert-never.ts';
import type { HushCause, HushEnd } from '#shared/domain/hush.ts';

/** From so many digits in a row on it may be a card number; orders, dates and postcodes are shorter. */
export const HUSH_DIGITS = 7;
/** Keys in a row that are more than a choice from a menu. */
export const HUSH_KEYS = 5;
/** Keys further apart than this are not one number. */
export const KEY_GAP_MS = 5000;
/** Silence kept after the number is complete: the check code and the date follow it. */
export const HUSH_AFTER_MS = 3000;
/** A number takes no longer to say. */
export const HUSH_LIMIT_MS = 30_000;
/** A hush by hand that nobody ends. */
export const HUSH_BY_HAND_LIMIT_MS = 120_000;

export type HushState =
  | { readonly name: 'off'; readonly dismissed: boolean; readonly keys: KeyRun }
  | {
      readonly name: 'on';
      readonly cause: HushCause;
      readonly sinceMono: number;
      /** Digits or keys were heard since it began. */
      readonly numberBegun: boolean;
      readonly ends: { readonly atMono: number; readonly cause: HushEnd };
      readonly keys: KeyRun;
    };

interface KeyRun {
  readonly count: number;
  readonly lastMono: number;
}

export type HushInput =
  | {
      readonly type: 'words';
      readonly digits: number;
      readonly complete: boolean;
      readonly overtaken: boolean;
      readonly isFinal: boolean;
    }
  | { readonly type: 'asked' }
  | { readonly type: 'key' }
  | { readonly type: 'start-by-hand' | 'stop-by-hand' | 'time' | 'call-ended' };

export type HushEffect =
  | { readonly do: 'start'; readonly cause: HushCause }
  | { readonly do: 'end'; readonly cause: HushEnd; readonly durationMs: number };

export type HushStep = readonly [next: HushState, effects: readonly HushEffect[]];

const NO_KEYS: KeyRun = { count: 0, lastMono: 0 };
export const NO_HUSH: HushState = { name: 'off', dismissed: false, keys: NO_KEYS };

/** One step of the hush. Pure: the time is an input. Source: docs/spec/hush.md HUSH1-HUSH8. */
export function stepHush(state: HushState, input: HushInput, nowMono: number): HushStep {
  if (state.name === 'on' && nowMono >= state.ends.atMono && input.type !== 'call-ended') {
    const [off, ended] = end(state, state.ends.cause, nowMono);
    if (input.type === 'time') return [off, ended];
    const [next, more] = stepHush(off, input, nowMono);
    return [next, [...ended, ...more]];
  }
  switch (input.type) {
    case 'words':
      return words(state, input, nowMono);
    case 'asked':
      return state.name === 'on' ? stay(state) : start(state, 'asked-for-number', nowMono);
    case 'key':
      return key(state, nowMono);
    case 'start-by-hand':
      if (state.name === 'off') return start(state, 'supervisor', nowMono);
      return stay({
        ...state,
        cause: 'supervisor',
        ends: { atMono: nowMono + HUSH_BY_HAND_LIMIT_MS, cause: 'timeout' },
      });
    case 'stop-by-hand':
      return state.name === 'on' ? end(state, 'supervisor', nowMono) : stay(state);
    case 'call-ended':
      return state.name === 'on' ? end(state, 'call-ended', nowMono) : stay(state);
    case 'time':
      return stay(state);
    default:
      return assertNever(input, 'hush input');
  }
}

function words(state: HushState, input: Extract<HushInput, { type: 'words' }>, nowMono: number): HushStep {
  const long = input.digits >= HUSH_DIGITS;
  if (state.name === 'off') {
    // Whoever ended the hush by hand meant this number; the next one is another matter.
    if (state.dismissed) return stay(input.isFinal && !long ? { ...state, dismissed: false } : state);
    if (!long) return stay(state);
    const [next, effects] = start(state, 'digits-spoken', nowMono);
    return [next.name === 'on' ? soon({ ...next, numberBegun: true }, input, nowMono) : next, effects];
  }
  return stay(soon({ ...state, numberBegun: state.numberBegun || long }, input, nowMono));
}

/** A number that is complete, or that turned out to be none, ends the hush in a moment; more digits put that off. */
function soon(
  state: Extract<HushState, { name: 'on' }>,
  { digits, complete, overtaken, isFinal }: Extract<HushInput, { type: 'words' }>,
  nowMono: number,
): HushState {
  if (state.cause === 'supervisor') return state;
  const limitMono = state.sinceMono + HUSH_LIMIT_MS;
  const endAt = (cause: HushEnd): HushState => ({
    ...state,
    ends:
      nowMono + HUSH_AFTER_MS < limitMono
        ? { atMono: nowMono + HUSH_AFTER_MS, cause }
        : { atMono: limitMono, cause: 'timeout' },
  });
  if (complete) return endAt('number-complete');
  // Digits after a complete number are its check code or date: the moment begins anew.
  if (digits > 0 && state.ends.cause === 'number-complete') return endAt('number-complete');
  if (digits > 0 && !overtaken) return { ...state, ends: { atMono: limitMono, cause: 'timeout' } };
  if (overtaken && isFinal && state.numberBegun && state.ends.cause === 'timeout') return endAt('no-number');
  return state;
}

function key(state: HushState, nowMono: number): HushStep {
  const goesOn = nowMono - state.keys.lastMono <= KEY_GAP_MS;
  const keys: KeyRun = { count: goesOn ? state.keys.count + 1 : 1, lastMono: nowMono };
  if (state.name === 'off') {
    if (keys.count < HUSH_KEYS) return stay({ ...state, keys });
    const [next, effects] = start({ ...state, keys }, 'keys-pressed', nowMono);
    return [next.name === 'on' ? { ...next, numberBegun: true } : next, effects];
  }
  if (state.cause === 'supervisor') return stay({ ...state, keys });
  const limitMono = state.sinceMono + HUSH_LIMIT_MS;
  const atMono = Math.min(nowMono + KEY_GAP_MS, limitMono);
  return stay({
    ...state,
    keys,
    numberBegun: true,
    ends: { atMono, cause: atMono === limitMono ? 'timeout' : 'number-complete' },
  });
}

function start(state: HushState, cause: HushCause, nowMono: number): HushStep {
  const limitMs = cause === 'supervisor' ? HUSH_BY_HAND_LIMIT_MS : HUSH_LIMIT_MS;
  const on: HushState = {
    name: 'on',
    cause,
    sinceMono: nowMono,
    numberBegun: false,
    ends: { atMono: nowMono + limitMs, cause: 'timeout' },
    keys: state.keys,
  };
  return [on, [{ do: 'start', cause }]];
}

function end(state: Extract<HushState, { name: 'on' }>, cause: HushEnd, nowMono: number): HushStep {
  return [
    { name: 'off', dismissed: cause === 'supervisor', keys: NO_KEYS },
    [{ do: 'end', cause, durationMs: nowMono - state.sinceMono }],
  ];
}

const stay = (state: HushState): HushStep => [state, []];
