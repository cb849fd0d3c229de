import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { QuitGuard, type QuitChoice } from './quit-guard.ts';
import { RestartBudget } from './restart-budget.ts';

const HELD = [{ callId: 'call-1' as CallId, displayName: 'Chiara Conti' }];

function bench(held = HELD) {
  const done: string[] = [];
  const answers: ((choice: QuitChoice) => void)[] = [];
  const guard = new QuitGuard({
    heldCalls: () => held,
    ask: () => (done.push('asked'), new Promise(resolve => answers.push(resolve))),
    handBack: async () => (done.push('handed back'), Promise.reject(new Error('the call has ended'))),
    leave: async () => void done.push('left'),
  });
  return { guard, done, answer: (choice: QuitChoice) => answers.shift()?.(choice) };
}

test('[SHL4] without a takeover quitting asks nothing', async () => {
  const { guard, done } = bench([]);
  expect(await guard.request()).toBe(true);
  expect(done).toEqual(['left']);
  expect(guard.gone).toBe(true);
});

test('[SHL4] in a takeover quitting asks once; staying keeps everything as it was', async () => {
  const { guard, done, answer } = bench();
  const asked = guard.request();
  expect(await guard.request()).toBe(false);
  answer('stay');
  expect(await asked).toBe(false);
  expect(done).toEqual(['asked']);
  void guard.request();
  expect(done).toEqual(['asked', 'asked']);
});

test('[SHL4] the call is given back before the app ends, and a refusal does not keep it open', async () => {
  const { guard, done, answer } = bench();
  const asked = guard.request();
  answer('hand-back-and-quit');
  expect(await asked).toBe(true);
  expect(done).toEqual(['asked', 'handed back', 'left']);
  expect(await guard.request()).toBe(true);
  expect(done).toHaveLength(3);
});

test('[SHL5] three crashes a minute are mended without asking, a fourth is not, and later ones are again', () => {
  const budget = new RestartBudget();
  expect([0, 10, 20, 30].map(nowMs => budget.take(nowMs))).toEqual([true, true, true, false]);
  expect(budget.take(60_000)).toBe(true);
  expect(budget.take(60_005)).toBe(false);
});
