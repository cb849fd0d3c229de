import type { PolicyOf } from '#shared/domain/policy-document.ts';
import { mentions } from '#shared/domain/read-policy-document.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** About 16 characters a second, as the local voice speaks: a statement due within a time has to begin before it. */
const SPEAKING_MS_PER_CHAR = 62;
/** What the caller heard last, for a statement that was cut into two sentences. */
const HEARD_CHARS = 600;

export type RequiredStatement = PolicyOf<'required-statement'>;

/** Where one statement stands. `due`: its time has come while a person has the call. */
type Standing = 'waiting' | 'due' | 'saying' | 'said' | 'missed';

export interface StatementState {
  readonly standings: Readonly<Record<string, Standing>>;
  readonly heard: string;
  readonly sentences: number;
  /** Drafted and not yet at their end, in order. */
  readonly underway: readonly { readonly chunkId: string; readonly text: string }[];
  readonly floor: 'ai' | 'human';
  readonly connected: boolean;
}

export const NO_STATEMENTS: StatementState = {
  standings: {},
  heard: '',
  sentences: 0,
  underway: [],
  floor: 'ai',
  connected: false,
};

export type StatementInput =
  | { readonly type: 'event'; readonly event: CallEvent }
  /** `begin`: the last moment to begin it in time; `over`: its time is over. */
  | { readonly type: 'time'; readonly name: string; readonly at: 'begin' | 'over' };

export type StatementEffect =
  | { readonly do: 'say'; readonly name: string; readonly text: string }
  | { readonly do: 'attention' }
  | { readonly do: 'timer'; readonly name: string; readonly at: 'begin' | 'over'; readonly afterMs: number };

export type StatementStep = readonly [next: StatementState, effects: readonly StatementEffect[]];

/**
 * Whether the caller has heard what an org requires, and what to do where not: the worker says it itself, once, or a person
 * is told (POL50-POL54). Heard is what was spoken to its end; a draft, a veto or half a sentence is nothing. Pure.
 */
export function stepStatements(
  state: StatementState,
  input: StatementInput,
  statements: readonly RequiredStatement[],
): StatementStep {
  if (input.type === 'time') {
    const statement = statements.find(({ name }) => name === input.name);
    if (!statement) return [state, []];
    return input.at === 'begin' ? fallDue(state, [statement]) : runOut(state, statement);
  }
  const { event } = input;
  switch (event.type) {
    case 'call.connected':
      return connect({ ...state, connected: true }, statements);
    case 'chunk.drafted':
      return [{ ...state, underway: [...state.underway, { chunkId: event.chunkId, text: event.text }] }, []];
    case 'chunk.redacted':
    case 'chunk.released':
      return [
        {
          ...state,
          underway: state.underway.map(one =>
            one.chunkId === event.chunkId ? { ...one, text: event.text } : one,
          ),
        },
        [],
      ];
    case 'chunk.spoken':
      return hear(state, event.chunkId, statements);
    case 'chunk.interrupted': {
      const heard = take(
        { ...state, heard: `${state.heard}${event.heardText}`.slice(-HEARD_CHARS) },
        statements,
      );
      return fail(heard, event.chunkId, statements);
    }
    case 'chunk.vetoed':
    case 'chunk.withheld':
      return fail(state, event.chunkId, statements);
    case 'turn.committed':
      return fallDue(
        state,
        statements.filter(({ before }) => before === 'first-answer'),
      );
    case 'floor.changed': {
      const next: StatementState = { ...state, floor: event.holder };
      return event.holder === 'ai'
        ? fallDue(
            next,
            statements.filter(({ name }) => next.standings[name] === 'due'),
          )
        : [next, []];
    }
    default:
      return [state, []];
  }
}

function connect(state: StatementState, statements: readonly RequiredStatement[]): StatementStep {
  const timers = statements.flatMap(({ name, withinMs, remedy, text }): StatementEffect[] => {
    if (withinMs === undefined) return [];
    const leadMs = remedy === 'say' ? (text ?? '').length * SPEAKING_MS_PER_CHAR : 0;
    return [
      { do: 'timer', name, at: 'begin', afterMs: Math.max(0, withinMs - leadMs) },
      { do: 'timer', name, at: 'over', afterMs: withinMs + (remedy === 'say' ? leadMs : 0) },
    ];
  });
  return [state, timers];
}

/** The time of these has come: those that nobody has heard, and that nobody is about to hear, are seen to. */
function fallDue(state: StatementState, statements: readonly RequiredStatement[]): StatementStep {
  let next = state;
  const effects: StatementEffect[] = [];
  for (const statement of statements) {
    const { name, remedy, text } = statement;
    const standing = next.standings[name] ?? 'waiting';
    if (standing !== 'waiting' && standing !== 'due') continue;
    if (next.floor === 'human') {
      // The AI may not speak now, and what a person says is theirs to answer for.
      next = stand(next, name, 'due');
    } else if (next.underway.some(one => says(one.text, statement))) {
      next = stand(next, name, 'due');
    } else if (remedy === 'say' && text !== undefined) {
      next = stand(next, name, 'saying');
      effects.push({ do: 'say', name, text });
    } else {
      next = stand(next, name, 'missed');
      effects.push({ do: 'attention' });
    }
  }
  return [next, effects];
}

function runOut(state: StatementState, { name }: RequiredStatement): StatementStep {
  const standing = state.standings[name] ?? 'waiting';
  if (standing === 'said' || standing === 'missed') return [state, []];
  return [stand(state, name, 'missed'), [{ do: 'attention' }]];
}

function hear(
  state: StatementState,
  chunkId: string,
  statements: readonly RequiredStatement[],
): StatementStep {
  const text = state.underway.find(one => one.chunkId === chunkId)?.text ?? '';
  const heard: StatementState = {
    ...state,
    heard: `${state.heard}${text}`.slice(-HEARD_CHARS),
    sentences: state.sentences + 1,
    underway: state.underway.filter(one => one.chunkId !== chunkId),
  };
  const next = take(heard, statements);
  // The last sentence in which it could still be has to be it.
  return fallDue(
    next,
    statements.filter(
      ({ withinSentences }) => withinSentences !== undefined && next.sentences >= withinSentences - 1,
    ),
  );
}

/** Statements that the caller has heard now, late or not. */
function take(state: StatementState, statements: readonly RequiredStatement[]): StatementState {
  return statements
    .filter(statement => says(state.heard, statement))
    .reduce((next, { name }) => stand(next, name, 'said'), state);
}

/** Speech ended before it was heard. What it would have said is not said; our own try is not repeated for ever. */
function fail(
  state: StatementState,
  chunkId: string,
  statements: readonly RequiredStatement[],
): StatementStep {
  const lost = state.underway.find(one => one.chunkId === chunkId);
  let next: StatementState = { ...state, underway: state.underway.filter(one => one.chunkId !== chunkId) };
  if (!lost) return [next, []];
  const effects: StatementEffect[] = [];
  for (const statement of statements) {
    if (!says(lost.text, statement)) continue;
    const standing = next.standings[statement.name] ?? 'waiting';
    if (standing === 'saying') {
      next = stand(next, statement.name, 'missed');
      effects.push({ do: 'attention' });
    } else if (standing === 'due') {
      const [after, more] = fallDue(next, [statement]);
      next = after;
      effects.push(...more);
    }
  }
  return [next, effects];
}

function stand(state: StatementState, name: string, standing: Standing): StatementState {
  return { ...state, standings: { ...state.standings, [name]: standing } };
}

function says(text: string, { anyOf }: RequiredStatement): boolean {
  return anyOf.some(phrase => mentions(text, phrase));
}
