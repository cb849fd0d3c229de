import { assertNever } from '#shared/base/assert-never.ts';
import type { SpeculationCause } from '#shared/events/speculation-ended.ts';
import { sameWords, wordsOf } from './same-words.ts';

/** When an answer is drafted before the caller's turn is over. A policy per org. */
export interface OverlapSettings {
  /** Words that have not changed for this long are drafted on while the caller still speaks. */
  readonly stableMs: number;
  /** From the pause until any words are good enough: most gaps inside a turn are shorter. */
  readonly pausedMs: number;
  /** Drafts that may be thrown away for each turn, in the long run. */
  readonly wastePerTurn: number;
}

/** Source: perf research G2. Guarded by the property tests and `npm run bench -- overlap`. */
export const DEFAULT_OVERLAP: OverlapSettings = { stableMs: 1000, pausedMs: 70, wastePerTurn: 1.5 };

/** Waste that may be saved up, and with which a call begins. */
const MOST_CREDIT = 3;
const FIRST_CREDIT = 2;
/** A caller who still speaks will mostly say more: the last credit is kept for the pause. */
const SPEAKING_CREDIT = 2;

export type SpeculationState =
  | { readonly name: 'idle' }
  /** Words that may still change. */
  | { readonly name: 'waiting'; readonly text: string }
  | { readonly name: 'drafting'; readonly text: string; readonly epoch: number };

export interface SpeculationMachine {
  readonly state: SpeculationState;
  /** `silent`: paused for long enough that the words are taken as they come. */
  readonly caller: 'speaking' | 'paused' | 'silent';
  /** Number of the newest draft; what belongs to an older one is void. */
  readonly epoch: number;
  readonly creditDrafts: number;
}

export type SpeculationInput =
  /** Everything the caller has said in this turn so far. */
  | { readonly type: 'words'; readonly text: string; readonly kind: 'interim' | 'final' }
  | { readonly type: 'caller.paused' }
  | { readonly type: 'caller.resumed' }
  | { readonly type: 'stable' }
  /** What the draft was made from is out of date; the words are not. */
  | { readonly type: 'context.changed'; readonly cause: SpeculationCause }
  | { readonly type: 'draft.failed'; readonly epoch: number; readonly cause: SpeculationCause }
  | { readonly type: 'turn.committed'; readonly text: string }
  /** Nobody will answer this turn. */
  | { readonly type: 'turn.dropped'; readonly cause: SpeculationCause };

/** Work for the runner, in this order. */
export type SpeculationEffect =
  | { readonly do: 'start-timer'; readonly afterMs: number }
  | { readonly do: 'stop-timer' }
  | { readonly do: 'draft'; readonly epoch: number; readonly text: string }
  | { readonly do: 'discard'; readonly epoch: number; readonly cause: SpeculationCause }
  | { readonly do: 'adopt'; readonly epoch: number };

export type SpeculationStep = readonly [next: SpeculationMachine, effects: readonly SpeculationEffect[]];

export const NO_SPECULATION: SpeculationMachine = {
  state: { name: 'idle' },
  caller: 'silent',
  epoch: 0,
  creditDrafts: FIRST_CREDIT,
};

const IDLE: SpeculationState = { name: 'idle' };

/**
 * Decides which guess at the caller's words is worth an answer, and whose answer it is in the end (OVL1-OVL9). At most one draft
 * lives; a draft is adopted only by a turn of the same words. Pure and total.
 */
export function stepSpeculation(
  machine: SpeculationMachine,
  input: SpeculationInput,
  settings: OverlapSettings,
): SpeculationStep {
  const { state } = machine;
  switch (input.type) {
    case 'words':
      return words(machine, input.text, input.kind, settings);
    case 'caller.paused':
      return [{ ...machine, caller: 'paused' }, timer(settings.pausedMs)];
    case 'caller.resumed':
      return [
        { ...machine, caller: 'speaking' },
        state.name === 'waiting' ? timer(settings.stableMs) : [{ do: 'stop-timer' }],
      ];
    case 'stable': {
      const settled: SpeculationMachine =
        machine.caller === 'paused' ? { ...machine, caller: 'silent' } : machine;
      return state.name === 'waiting' ? draft(settled, state.text) : [settled, []];
    }
    case 'context.changed': {
      if (state.name !== 'drafting') return [machine, []];
      const [next, effects] = discard(machine, state.epoch, input.cause);
      // The runner is given a moment to take the change in before it drafts anew.
      return [
        { ...next, state: { name: 'waiting', text: state.text } },
        [...effects, ...timer(settings.pausedMs)],
      ];
    }
    case 'draft.failed':
      return state.name === 'drafting' && state.epoch === input.epoch
        ? failed(machine, state, input.cause)
        : [machine, []];
    case 'turn.committed': {
      const [next, effects] = committed(machine, input.text);
      const creditDrafts = Math.min(MOST_CREDIT, next.creditDrafts + settings.wastePerTurn);
      return [{ ...next, creditDrafts }, effects];
    }
    case 'turn.dropped':
      return state.name === 'drafting'
        ? discard(machine, state.epoch, input.cause)
        : [{ ...machine, state: IDLE }, []];
    default:
      return assertNever(input, 'speculation input');
  }
}

function words(
  machine: SpeculationMachine,
  text: string,
  kind: 'interim' | 'final',
  settings: OverlapSettings,
): SpeculationStep {
  const { state, caller } = machine;
  if (wordsOf(text) === '') return [machine, []];
  const known = state.name !== 'idle' && sameWords(state.text, text);
  if (known && state.name === 'drafting') return [machine, []];
  // Words that were not worth a draft are worth one when they are final.
  if (known && !(kind === 'final' && caller === 'silent')) return [machine, []];
  const [free, effects] =
    state.name === 'drafting' ? discard(machine, state.epoch, 'words-changed') : ([machine, []] as const);
  const waiting: SpeculationMachine = { ...free, state: { name: 'waiting', text } };
  switch (caller) {
    case 'silent': {
      const [next, more] = draft(waiting, text);
      return [next, [...effects, ...more]];
    }
    // The timer of the pause is running.
    case 'paused':
      return [waiting, effects];
    case 'speaking':
      return [waiting, [...effects, ...timer(settings.stableMs)]];
  }
}

function timer(afterMs: number): readonly SpeculationEffect[] {
  return [{ do: 'stop-timer' }, { do: 'start-timer', afterMs }];
}

/** Without credit the words are kept, and the turn is answered when it is over. */
function draft(machine: SpeculationMachine, text: string): SpeculationStep {
  const needed = machine.caller === 'speaking' ? SPEAKING_CREDIT : 1;
  if (machine.creditDrafts < needed) return [{ ...machine, state: { name: 'waiting', text } }, []];
  const epoch = machine.epoch + 1;
  return [{ ...machine, epoch, state: { name: 'drafting', text, epoch } }, [{ do: 'draft', epoch, text }]];
}

function discard(machine: SpeculationMachine, epoch: number, cause: SpeculationCause): SpeculationStep {
  return [
    { ...machine, state: IDLE, creditDrafts: machine.creditDrafts - 1 },
    [{ do: 'discard', epoch, cause }],
  ];
}

/** The words are known not to be worth another try, until they are final. Finding that a tool is needed cost nothing. */
function failed(
  machine: SpeculationMachine,
  { text, epoch }: Extract<SpeculationState, { name: 'drafting' }>,
  cause: SpeculationCause,
): SpeculationStep {
  const [next, effects] = discard(machine, epoch, cause);
  const creditDrafts = cause === 'needs-tool' ? machine.creditDrafts : next.creditDrafts;
  return [{ ...next, creditDrafts, state: { name: 'waiting', text } }, effects];
}

function committed(machine: SpeculationMachine, text: string): SpeculationStep {
  const { state } = machine;
  switch (state.name) {
    case 'idle':
      return [machine, []];
    case 'waiting':
      return [{ ...machine, state: IDLE }, []];
    case 'drafting':
      return sameWords(state.text, text)
        ? [{ ...machine, state: IDLE }, [{ do: 'adopt', epoch: state.epoch }]]
        : discard(machine, state.epoch, 'words-changed');
  }
}
