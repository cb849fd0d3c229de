import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_LOAD_LIMITS, loadOf, refusalOf, RESTED, stepLoad, type LoadLook } from './load.ts';

const { maxCalls, lateMs, easyMs } = DEFAULT_LOAD_LIMITS;
const look = (loopLagMs: number, calls = 1, draining = false): LoadLook => ({ calls, loopLagMs, draining });
const after = (...lags: number[]) => lags.reduce((state, lag) => stepLoad(state, look(lag)), RESTED);

const anyLook = fc.record({
  calls: fc.integer({ min: 0, max: 2 * maxCalls }),
  loopLagMs: fc.double({ min: 0, max: 3 * lateMs, noNaN: true }),
  draining: fc.boolean(),
});
const anyState = fc
  .array(anyLook, { maxLength: 20 })
  .map(looks => looks.reduce((a, b) => stepLoad(a, b), RESTED));

test('[CAP1] a full host refuses, and one that has room takes', () => {
  expect(refusalOf(RESTED, maxCalls - 1)).toBeNull();
  expect(refusalOf(RESTED, maxCalls)).toBe('full');
  fc.assert(
    fc.property(anyState, fc.integer({ min: maxCalls, max: 1000 }), (state, calls) => {
      expect(refusalOf(state, calls)).not.toBeNull();
    }),
  );
});

test('[CAP2] late once is nothing, late twice in a row refuses', () => {
  expect(refusalOf(after(lateMs))).toBeNull();
  expect(refusalOf(after(lateMs, 0, lateMs))).toBeNull();
  expect(refusalOf(after(lateMs, lateMs))).toBe('late');
});

test('[CAP3] after being late it takes three easy looks in a row, and lateness between the marks changes nothing', () => {
  const late = [lateMs, lateMs];
  expect(refusalOf(after(...late, easyMs, easyMs))).toBe('late');
  expect(refusalOf(after(...late, easyMs, easyMs, easyMs + 1, easyMs, easyMs))).toBe('late');
  expect(refusalOf(after(...late, easyMs, easyMs, easyMs))).toBeNull();
  const between = fc.double({ min: easyMs, max: lateMs, minExcluded: true, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(anyState, fc.array(between), (state, lags) => {
      expect(lags.reduce((now, lag) => stepLoad(now, look(lag)), state).strained).toBe(state.strained);
    }),
  );
});

test('[CAP4] the load is between 0 and 1, grows with calls and lateness, and is 1 exactly when the host refuses', () => {
  fc.assert(
    fc.property(
      anyState,
      fc.nat(30),
      fc.nat(5),
      fc.double({ min: 0, max: 100, noNaN: true }),
      (state, calls, more, lag) => {
        const load = loadOf(state, calls);
        expect(load).toBeGreaterThanOrEqual(0);
        expect(load === 1).toBe(refusalOf(state, calls) !== null);
        expect(loadOf(state, calls + more)).toBeGreaterThanOrEqual(load);
        const later = { ...state, look: { ...state.look, loopLagMs: state.look.loopLagMs + lag } };
        expect(loadOf(later, calls)).toBeGreaterThanOrEqual(load);
      },
    ),
  );
});

test('[CAP5] a host that drains takes nothing', () => {
  const draining = stepLoad(RESTED, look(0, 0, true));
  expect([refusalOf(draining), loadOf(draining)]).toEqual(['draining', 1]);
});
