import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideReflex, SOON_MS, type ReflexSituation } from './decide-reflex.ts';

const FREE: ReflexSituation = {
  policy: 'on',
  speech: 'free',
  lastVerdict: 'none',
  answer: { kind: 'none' },
};
const situation: fc.Arbitrary<ReflexSituation> = fc.record({
  policy: fc.constantFrom('on', 'off'),
  speech: fc.constantFrom('free', 'held'),
  lastVerdict: fc.constantFrom('none', 'vetoed'),
  answer: fc.oneof(
    fc.constant({ kind: 'none' as const }),
    fc.constant({ kind: 'under-way' as const }),
    fc.record({ kind: fc.constant('expected' as const), inMs: fc.nat({ max: 2000 }) }),
  ),
});

describe('reflex decision', () => {
  test('[REF23] silent when an answer waits or will be heard within 400 ms, and not when it takes longer', () => {
    expect(decideReflex(FREE)).toEqual({ kind: 'speak' });
    const ready = (inMs: number) => decideReflex({ ...FREE, answer: { kind: 'expected', inMs } }).kind;
    expect([ready(SOON_MS), ready(SOON_MS + 1)]).toEqual(['silent', 'speak']);
    expect(decideReflex({ ...FREE, answer: { kind: 'under-way' } })).toMatchObject({
      because: 'answer-under-way',
    });
  });

  test('[REF24] after a veto, while speech is held and where it is off it is silent, whatever else holds', () => {
    fc.assert(
      fc.property(situation, given => {
        const silent = given.lastVerdict === 'vetoed' || given.speech === 'held' || given.policy === 'off';
        if (silent) expect(decideReflex(given).kind).toBe('silent');
        if (decideReflex(given).kind === 'speak') expect(given.answer.kind).not.toBe('under-way');
      }),
    );
  });
});
