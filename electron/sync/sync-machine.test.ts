import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, stepSync, type SyncInput, type SyncState } from './sync-machine.ts';

const input = fc.oneof(
  fc.constant<SyncInput>({ type: 'linked' }),
  fc.constant<SyncInput>({ type: 'unlinked', nowMs: 1 }),
  fc.boolean().map((now): SyncInput => ({ type: 'wake', now })),
  fc
    .constantFrom('changes', 'push', 'audit', 'snapshot', 'calls', null)
    .map((next): SyncInput => ({ type: 'answered', next: next as never })),
  fc.constant<SyncInput>({ type: 'failed', nowMs: 2 }),
  fc.boolean().map((isLinked): SyncInput => ({ type: 'timer', nowMs: 3, isLinked })),
);

test('[SYN21] whatever happens, a timer runs in every state and leaves it', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 40 }), inputs => {
      let state: SyncState = { name: 'offline', sinceMs: 0 };
      for (const one of inputs) {
        const [next, effect] = stepSync(state, one);
        // A new state sets its own timer; where nothing changes the one that runs goes on.
        if (next.name !== state.name) expect(effect).not.toBeNull();
        state = next;
      }
      const [after, effect] = stepSync(state, { type: 'timer', nowMs: 9, isLinked: true });
      expect(effect).not.toBeNull();
      expect(after.name).toBe(state.name === 'asking' ? 'backoff' : 'asking');
    }),
    { numRuns: 2000 },
  );
});

test('[SYN21] a wake-up in the middle of a round makes another round, and a person does not wait for the next try', () => {
  let [state] = stepSync({ name: 'idle' }, { type: 'wake', now: false });
  [state] = stepSync(state, { type: 'wake', now: false });
  expect(stepSync(state, { type: 'answered', next: null })[1]?.ask).toBe('changes');
  const [waiting] = stepSync(state, { type: 'failed', nowMs: 1 });
  expect(stepSync(waiting, { type: 'wake', now: false })[1]).toBeNull();
  expect(stepSync(waiting, { type: 'wake', now: true })[1]?.ask).toBe('changes');
});

test('[SYN21] tries come later and later, up to a minute, and not all at once', () => {
  expect([backoffMs(1, 0), backoffMs(1, 1), backoffMs(4, 1), backoffMs(50, 1)]).toEqual([
    500, 1000, 8000, 60_000,
  ]);
  expect(backoffMs(50, 0)).toBe(500);
});
