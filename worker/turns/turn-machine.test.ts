import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TurnId } from '#shared/domain/ids.ts';
import { TURN_STATES } from '#shared/domain/turn-state.ts';
import {
  INITIAL_TURN,
  mayStartAudio,
  stepTurn,
  type TurnEffect,
  type TurnInput,
  type TurnMachine,
} from './turn-machine.ts';

const turnId = 'turn-1' as TurnId;
const input: fc.Arbitrary<TurnInput> = fc.oneof(
  fc.constantFrom<TurnInput>(
    { type: 'call.connected' },
    { type: 'speech.onset' },
    { type: 'speech.dropped' },
    { type: 'speech.confirmed' },
    { type: 'speech.paused' },
    { type: 'silence-timer' },
    { type: 'turn.committed', turnId },
    { type: 'answer.abandoned', turnId },
    { type: 'audio.started', lane: 'A' },
    { type: 'audio.started', lane: 'B' },
    { type: 'audio.started', lane: 'own' },
    { type: 'audio.drained' },
    { type: 'audio.silenced' },
    { type: 'floor.changed', floor: 'human' },
    { type: 'floor.changed', floor: 'ai' },
  ),
  fc.constant<TurnInput>({ type: 'call.ending' }),
);

function run(inputs: readonly TurnInput[]): TurnMachine {
  return inputs.reduce<TurnMachine>((machine, next) => stepTurn(machine, next)[0], INITIAL_TURN);
}

const speaking: readonly TurnInput[] = [{ type: 'call.connected' }, { type: 'audio.started', lane: 'own' }];
const thinking: readonly TurnInput[] = [
  { type: 'call.connected' },
  { type: 'speech.confirmed' },
  { type: 'speech.paused' },
  { type: 'silence-timer' },
];

/** Follows what a belt that obeys the effects would have on air. */
function airAfter(
  air: 'nothing' | 'A' | 'B',
  asked: TurnInput,
  effects: readonly TurnEffect[],
): 'nothing' | 'A' | 'B' {
  const started =
    asked.type === 'audio.started'
      ? asked.lane === 'A'
        ? 'A'
        : 'B'
      : asked.type === 'audio.drained'
        ? 'nothing'
        : air;
  return effects.some(effect => effect.do === 'silence') ? 'nothing' : started;
}

describe('TurnMachine', () => {
  test('[TUR1] AI audio exists only in SPEAKING, or in THINKING while one Lane A clip is on air (10,000 random runs)', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), inputs => {
        let machine = INITIAL_TURN;
        let air: 'nothing' | 'A' | 'B' = 'nothing';
        for (const next of inputs) {
          // The belt asks before it starts a sound, and never starts a second one over it.
          if (next.type === 'audio.started' && (air !== 'nothing' || !mayStartAudio(machine, next.lane)))
            continue;
          if (next.type === 'audio.drained' && air === 'nothing') continue;
          const [after, effects] = stepTurn(machine, next);
          air = airAfter(air, next, effects);
          machine = after;
          const { state } = machine;
          if (air === 'B') expect(state.name).toBe('SPEAKING');
          if (air === 'A') expect(state).toMatchObject({ name: 'THINKING', reflex: 'on-air' });
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test('[TUR2] every state is reached, and ENDING is never left', () => {
    const tour: readonly TurnInput[] = [
      ...thinking,
      { type: 'turn.committed', turnId },
      { type: 'audio.started', lane: 'B' },
      { type: 'speech.confirmed' },
      { type: 'call.ending' },
    ];
    const seen = tour.map((_, index) => run(tour.slice(0, index)).state.name);
    expect([...new Set([...seen, run(tour).state.name])].sort()).toEqual([...TURN_STATES].sort());
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), inputs => {
        let machine = INITIAL_TURN;
        let ended = false;
        for (const next of inputs) {
          machine = stepTurn(machine, next)[0];
          ended ||= next.type === 'call.ending';
          expect(machine.state.name === 'ENDING').toBe(ended);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test('[TUR3] the same machine and input give the same step, and the input is not changed', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), input, (inputs, last) => {
        const machine = Object.freeze(run(inputs));
        expect(stepTurn(machine, last)).toEqual(stepTurn(machine, last));
      }),
    );
  });

  test('[TUR4] an onset over AI speech ducks, and one that is not confirmed changes no state', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), inputs => {
        const before = run(inputs);
        const [ducked, effects] = stepTurn(before, { type: 'speech.onset' });
        expect(ducked.state.name).toBe(before.state.name);
        expect(effects.every(effect => effect.do === 'duck')).toBe(true);
        const [after, back] = stepTurn(ducked, { type: 'speech.dropped' });
        expect(after.state.name).toBe(before.state.name);
        expect(back.every(effect => effect.do === 'unduck')).toBe(true);
      }),
      { numRuns: 10_000 },
    );
    expect(stepTurn(run(speaking), { type: 'speech.onset' })[1]).toEqual([{ do: 'duck' }]);
  });

  test('[TUR5] a confirmed interruption always silences before it cancels', () => {
    const [machine, effects] = stepTurn(run(speaking), { type: 'speech.confirmed' });
    expect(machine.state.name).toBe('INTERRUPTED');
    expect(effects).toEqual([{ do: 'silence', cause: 'barge-in' }, { do: 'cancel' }]);
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), input, (inputs, last) => {
        const order = stepTurn(run(inputs), last)[1].map(effect => effect.do);
        if (order.includes('cancel') && order.includes('silence')) {
          expect(order.indexOf('silence')).toBeLessThan(order.indexOf('cancel'));
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test('[TUR6] once the output is closed the caller has the turn', () => {
    expect(run([...speaking, { type: 'speech.confirmed' }, { type: 'audio.silenced' }]).state.name).toBe(
      'USER_SPEAKING',
    );
  });

  test('[TUR7] a pause starts the silence timer, and its end makes the turn tentatively ours with one look at Lane A', () => {
    const paused = stepTurn(run(thinking.slice(0, 2)), { type: 'speech.paused' });
    expect(paused[0].state.name).toBe('USER_PAUSED');
    expect(paused[1]).toEqual([{ do: 'start-silence-timer' }]);
    const [machine, effects] = stepTurn(paused[0], { type: 'silence-timer' });
    expect(machine.state).toEqual({ name: 'THINKING', turnId: null, reflex: 'none' });
    expect(effects).toEqual([{ do: 'consider-reflex' }]);
  });

  test('[TUR8] resumed speech gives the turn back, silences Lane A and drops a committed answer', () => {
    expect(stepTurn(run(thinking), { type: 'speech.confirmed' })).toEqual([
      { floor: 'ai', state: { name: 'USER_SPEAKING' } },
      [],
    ]);
    const reflex = run([...thinking, { type: 'audio.started', lane: 'A' }]);
    expect(stepTurn(reflex, { type: 'speech.confirmed' })[1]).toEqual([
      { do: 'silence', cause: 'speech-resumed' },
    ]);
    const committed = run([...thinking, { type: 'turn.committed', turnId }]);
    expect(stepTurn(committed, { type: 'speech.confirmed' })[1]).toEqual([{ do: 'cancel' }]);
  });

  test('[TUR9] the commit is an input inside THINKING, and Lane A speaks at most once in it', () => {
    const committed = run([
      ...thinking,
      { type: 'audio.started', lane: 'A' },
      { type: 'audio.drained' },
      { type: 'turn.committed', turnId },
    ]);
    expect(committed.state).toEqual({ name: 'THINKING', turnId, reflex: 'played' });
    expect(mayStartAudio(committed, 'A')).toBe(false);
    expect(mayStartAudio(committed, 'B')).toBe(true);
  });

  test('[TUR10] an answer that came to nothing leaves the line open, and only for its own turn', () => {
    const committed = run([...thinking, { type: 'turn.committed', turnId }]);
    expect(stepTurn(committed, { type: 'answer.abandoned', turnId })[0].state.name).toBe('LISTENING');
    expect(stepTurn(committed, { type: 'answer.abandoned', turnId: 'turn-0' as TurnId })[0]).toBe(committed);
  });

  test('[TUR11] while a human has the floor nothing of the AI may start and no turn is answered', () => {
    const taken = run([
      ...thinking,
      { type: 'turn.committed', turnId },
      { type: 'floor.changed', floor: 'human' },
    ]);
    expect(taken.state.name).toBe('LISTENING');
    for (const lane of ['A', 'B', 'own'] as const) expect(mayStartAudio(taken, lane)).toBe(false);
    const after = [
      { type: 'speech.confirmed' },
      { type: 'speech.paused' },
      { type: 'silence-timer' },
      { type: 'turn.committed', turnId },
    ] as const;
    expect(after.reduce<TurnMachine>((machine, next) => stepTurn(machine, next)[0], taken).state.name).toBe(
      'LISTENING',
    );
  });

  test('[TUR12] taking the floor silences, then cancels; giving it back changes no state', () => {
    const [taken, effects] = stepTurn(run(speaking), { type: 'floor.changed', floor: 'human' });
    expect(effects).toEqual([
      { do: 'stop-silence-timer' },
      { do: 'silence', cause: 'floor' },
      { do: 'cancel' },
    ]);
    expect(stepTurn(taken, { type: 'floor.changed', floor: 'ai' })).toEqual([{ ...taken, floor: 'ai' }, []]);
  });

  test('[TUR13] the end of the call silences and cancels from every state', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), inputs => {
        const before = run(inputs.filter(next => next.type !== 'call.ending'));
        const [after, effects] = stepTurn(before, { type: 'call.ending' });
        expect(after.state.name).toBe('ENDING');
        expect(effects.map(effect => effect.do)).toEqual(['stop-silence-timer', 'silence', 'cancel']);
      }),
    );
  });
});
