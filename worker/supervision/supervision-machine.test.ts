import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audibility, hears, humanParty } from '#shared/domain/audibility.ts';
import type { UserId } from '#shared/domain/ids.ts';
import {
  floorOf,
  micOf,
  NOBODY,
  stepSupervision,
  UNDO_WINDOW_MS,
  type Supervision,
  type SupervisionInput,
} from './supervision-machine.ts';

const ann = 'ann' as UserId;
const bob = 'bob' as UserId;

const input: fc.Arbitrary<SupervisionInput> = fc.oneof(
  fc.record({
    type: fc.constantFrom('listen', 'leave', 'step-down', 'hand-back', 'lease-lost'),
    userId: fc.constantFrom(ann, bob),
  }),
  fc.record({ type: fc.constant('arm'), userId: fc.constantFrom(ann, bob), armed: fc.boolean() }),
  fc.record({
    type: fc.constantFrom('barge', 'take-over', 'undo'),
    userId: fc.constantFrom(ann, bob),
    nowMono: fc.nat(30_000),
  }),
);

function run(inputs: readonly SupervisionInput[], from: Supervision = NOBODY): Supervision {
  return inputs.reduce((state, next) => {
    const step = stepSupervision(state, next);
    return step.ok ? step.next : state;
  }, from);
}

const live = (userId: UserId, nowMono = 0): SupervisionInput => ({ type: 'take-over', userId, nowMono });

describe('supervision machine', () => {
  test('[SUP1] whoever only listens or has armed is heard by nobody, in every reachable state', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), inputs => {
        const state = run(inputs);
        const edges = audibility({ floor: floorOf(state), humans: state.humans });
        for (const human of state.humans) {
          const speaks = edges.some(([from]) => from === humanParty(human.userId));
          expect(speaks && (human.mic === 'monitor' || human.mic === 'armed')).toBe(false);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('[SUP2] every rung can be entered from nothing', () => {
    expect(run([live(ann)]).holder?.mode).toBe('live');
    expect(run([{ type: 'barge', userId: ann, nowMono: 0 }]).holder?.mode).toBe('barge');
    expect(micOf(run([{ type: 'arm', userId: ann, armed: true }]), ann)).toBe('armed');
  });

  test('[SUP3] arming opens no edge, and the device cannot be closed while on the line', () => {
    const armed = run([{ type: 'arm', userId: ann, armed: true }]);
    expect(hears(audibility({ floor: 'ai', humans: armed.humans }), humanParty(ann), 'caller')).toBe(false);
    expect(stepSupervision(run([live(ann)]), { type: 'arm', userId: ann, armed: false })).toMatchObject({
      ok: false,
      code: 'media.refused',
    });
  });

  test('[SUP4] at most one person has the floor, and the second is refused', () => {
    expect(stepSupervision(run([live(ann)]), live(bob))).toMatchObject({
      ok: false,
      code: 'lease.held-by-other',
    });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), inputs => {
        const onLine = run(inputs).humans.filter(human => human.mic === 'live' || human.mic === 'barge');
        expect(onLine.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 5000 },
    );
  });

  test('[SUP5] the fence always comes before the matrix that opens a microphone', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), input, (inputs, last) => {
        const before = run(inputs);
        const step = stepSupervision(before, last);
        if (!step.ok) return;
        const opens = audible(step.next) && !audible(before);
        const order = step.effects.map(effect => effect.do);
        if (opens) expect(order.indexOf('fence')).toBe(order.indexOf('matrix') - 1);
        if (opens) expect(order).toContain('fence');
      }),
      { numRuns: 5000 },
    );
  });

  test('[SUP6] stepping down goes one rung at a time and ends at nothing', () => {
    const down: SupervisionInput = { type: 'step-down', userId: ann };
    let state = run([live(ann)]);
    const rungs = [0, 1, 2].map(() => {
      state = run([down], state);
      return [state.holder?.mode ?? null, micOf(state, ann), state.humans.some(human => human.listening)];
    });
    expect(rungs).toEqual([
      [null, 'armed', true],
      [null, 'monitor', true],
      [null, 'monitor', false],
    ]);
  });

  test('[SUP7] undo works until ten seconds have passed', () => {
    const taken = run([live(ann, 1000)]);
    expect(
      stepSupervision(taken, { type: 'undo', userId: ann, nowMono: 1000 + UNDO_WINDOW_MS }),
    ).toMatchObject({ ok: true });
    expect(
      stepSupervision(taken, { type: 'undo', userId: ann, nowMono: 1001 + UNDO_WINDOW_MS }),
    ).toMatchObject({ ok: false, code: 'undo.too-late' });
    expect(stepSupervision(taken, { type: 'undo', userId: bob, nowMono: 1000 })).toMatchObject({
      ok: false,
      code: 'lease.not-held',
    });
  });

  test('[SUP8][SUP9] leaving and losing the lease give the call back to the AI', () => {
    for (const type of ['leave', 'lease-lost'] as const) {
      const step = stepSupervision(run([live(ann)]), { type, userId: ann });
      expect(step.ok && step.next.holder).toBeNull();
      expect(step.ok && step.effects.map(effect => effect.do)).toEqual(['matrix', 'return-floor']);
    }
  });

  test('[SUP10] the floor follows the holder', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), inputs => {
        const state = run(inputs);
        expect(floorOf(state)).toBe(state.holder ? 'human' : 'ai');
      }),
    );
  });
});

function audible(state: Supervision): boolean {
  return audibility({ floor: floorOf(state), humans: state.humans }).some(
    ([from, to]) => from.startsWith('human:') && to === 'caller',
  );
}
