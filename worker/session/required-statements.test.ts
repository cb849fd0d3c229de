import { describe, expect, test } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { policySchema } from '#shared/domain/policy-document.ts';
import {
  NO_STATEMENTS,
  stepStatements,
  type RequiredStatement,
  type StatementEffect,
  type StatementInput,
} from './required-statements.ts';

const statement = (more: object): RequiredStatement =>
  policySchema.parse({
    kind: 'required-statement',
    name: 'ai-disclosure',
    anyOf: ['automated assistant'],
    remedy: 'say',
    text: 'I am an automated assistant.',
    ...more,
  }) as RequiredStatement;
const event = (fields: Record<string, unknown>): StatementInput => ({
  type: 'event',
  event: fields as unknown as CallEvent,
});
const connected = event({ type: 'call.connected' });
const drafted = (chunkId: string, text: string) => event({ type: 'chunk.drafted', chunkId, text });
const spoken = (chunkId: string) => event({ type: 'chunk.spoken', chunkId });
const vetoed = (chunkId: string) => event({ type: 'chunk.vetoed', chunkId });
const interrupted = (chunkId: string, heardText: string) =>
  event({ type: 'chunk.interrupted', chunkId, heardText });
const turn = event({ type: 'turn.committed' });
const floor = (holder: 'ai' | 'human') => event({ type: 'floor.changed', holder });
const SAY: StatementEffect = { do: 'say', name: 'ai-disclosure', text: 'I am an automated assistant.' };
const TELL: StatementEffect = { do: 'attention' };

function effects(one: RequiredStatement, inputs: readonly StatementInput[]): readonly StatementEffect[] {
  let state = NO_STATEMENTS;
  return inputs.flatMap(input => {
    const [next, out] = stepStatements(state, input, [one]);
    state = next;
    return out.filter(effect => effect.do !== 'timer');
  });
}
const beforeAnswer = statement({ before: 'first-answer' });

describe('required statements', () => {
  test('[POL50] what was spoken to its end was made, in any writing and over two sentences', () => {
    for (const texts of [['Hello, I am an AUTOMATED assistant.'], ['I am an automated ', 'assistant. ']]) {
      const inputs = texts.flatMap((text, index) => [drafted(`c${index}`, text), spoken(`c${index}`)]);
      expect(effects(beforeAnswer, [connected, ...inputs, turn, turn])).toEqual([]);
    }
  });

  test('[POL50] half of it was not made, and what was heard before the cut counts', () => {
    const said = drafted('c', 'I am an automated assistant. How can I help?');
    expect(effects(beforeAnswer, [connected, said, interrupted('c', 'I am an auto'), turn])).toEqual([SAY]);
    expect(
      effects(beforeAnswer, [connected, said, interrupted('c', 'I am an automated assistant. How'), turn]),
    ).toEqual([]);
  });

  test('[POL50] a redacted sentence counts as it was released', () => {
    const inputs = [
      drafted('c', 'I am an automated assistant.'),
      event({ type: 'chunk.redacted', chunkId: 'c', text: 'I am it.' }),
      spoken('c'),
    ];
    expect(effects(beforeAnswer, [connected, ...inputs, turn])).toEqual([SAY]);
  });

  test('[POL51] it is said once; a try that is lost is told to a person and not repeated', () => {
    const own = drafted('own', 'I am an automated assistant.');
    expect(effects(beforeAnswer, [connected, turn, own, spoken('own'), turn])).toEqual([SAY]);
    expect(effects(beforeAnswer, [connected, turn, own, vetoed('own'), turn])).toEqual([SAY, TELL]);
  });

  test('[POL51] what is being said is waited for, and said by us when it is lost', () => {
    const greeting = drafted('g', 'Hello, I am an automated assistant.');
    expect(effects(beforeAnswer, [connected, greeting, turn])).toEqual([]);
    expect(effects(beforeAnswer, [connected, greeting, turn, spoken('g'), turn])).toEqual([]);
    expect(effects(beforeAnswer, [connected, greeting, turn, vetoed('g')])).toEqual([SAY]);
  });

  test('[POL51] where the org wants a person told, nothing is said', () => {
    expect(
      effects(statement({ before: 'first-answer', remedy: 'attention' }), [connected, turn, turn]),
    ).toEqual([TELL]);
  });

  test('[POL52] the first turn of the caller is its time, nothing before', () => {
    expect(effects(beforeAnswer, [connected, drafted('c', 'Hello.'), spoken('c')])).toEqual([]);
    expect(effects(beforeAnswer, [connected, drafted('c', 'Hello.'), spoken('c'), turn])).toEqual([SAY]);
  });

  test('[POL51] within three sentences means that the third has to be it', () => {
    const hello = (id: string) => [drafted(id, 'Hello.'), spoken(id)];
    const three = statement({ withinSentences: 3 });
    expect(effects(three, [connected, ...hello('a')])).toEqual([]);
    expect(effects(three, [connected, ...hello('a'), ...hello('b')])).toEqual([SAY]);
  });

  test('[POL53] a statement due in time is begun before it, and its lateness is told', () => {
    const timed = statement({ withinMs: 10_000 });
    const [, timers] = stepStatements(NO_STATEMENTS, connected, [timed]);
    const leadMs = 62 * SAY.text.length;
    expect(timers).toEqual([
      { do: 'timer', name: 'ai-disclosure', at: 'begin', afterMs: 10_000 - leadMs },
      { do: 'timer', name: 'ai-disclosure', at: 'over', afterMs: 10_000 + leadMs },
    ]);
    const begin: StatementInput = { type: 'time', name: 'ai-disclosure', at: 'begin' };
    const over: StatementInput = { type: 'time', name: 'ai-disclosure', at: 'over' };
    const own = [drafted('own', SAY.text), spoken('own')];
    expect(effects(timed, [connected, begin, ...own, over])).toEqual([SAY]);
    expect(effects(timed, [connected, begin, drafted('own', SAY.text), over])).toEqual([SAY, TELL]);
    expect(effects(timed, [connected, ...own, begin, over])).toEqual([]);
  });

  test('[POL54] beside a person nothing is said; afterwards it is', () => {
    expect(effects(beforeAnswer, [connected, floor('human'), turn])).toEqual([]);
    expect(effects(beforeAnswer, [connected, floor('human'), turn, floor('ai')])).toEqual([SAY]);
  });
});
