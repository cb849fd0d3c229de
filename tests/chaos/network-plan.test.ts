import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CUT, networkPlan, PERFECT, type Network } from './network-plan.ts';

const anySeed = fc.integer({ min: 0, max: 2 ** 31 });
const anyNetwork: fc.Arbitrary<Network> = fc.record({
  lossRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  lossRunPackets: fc.double({ min: 1, max: 20, noNaN: true }),
  delayMs: fc.double({ min: 0, max: 500, noNaN: true }),
  jitterMs: fc.double({ min: 0, max: 200, noNaN: true }),
  reorderRatio: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** When each of `count` packets arrives that are sent 20 ms apart. */
function arrivals(seed: number, network: Network, count: number): (number | null)[] {
  const plan = networkPlan(seed);
  return Array.from({ length: count }, (_, at) => plan(network, at * 20));
}

test('[CHA1] the same seed and network give the same fate', () => {
  fc.assert(
    fc.property(anySeed, anyNetwork, (seed, network) => {
      expect(arrivals(seed, network, 50)).toEqual(arrivals(seed, network, 50));
    }),
  );
  const lossy = { ...PERFECT, lossRatio: 0.3 };
  expect(arrivals(1, lossy, 50)).not.toEqual(arrivals(2, lossy, 50));
});

test('[CHA2] a perfect network gives every packet on at once', () => {
  fc.assert(
    fc.property(anySeed, seed => {
      expect(arrivals(seed, PERFECT, 50)).toEqual(Array.from({ length: 50 }, (_, at) => at * 20));
    }),
  );
});

test('[CHA3] as much is lost as was asked for, in runs as long as was asked for', () => {
  const count = 1_000_000;
  for (const [lossRatio, lossRunPackets] of [
    [0.05, 1],
    [0.05, 4],
    [0.2, 3],
    [0.4, 1],
  ] as const) {
    const lost = arrivals(7, { ...PERFECT, lossRatio, lossRunPackets }, count).map(at => at === null);
    const runs = lost.filter((isLost, at) => isLost && !lost[at - 1]).length;
    const ratio = lost.filter(Boolean).length / count;
    expect(ratio / lossRatio).toBeCloseTo(1, 1);
    expect(lost.filter(Boolean).length / runs / lossRunPackets).toBeCloseTo(1, 1);
  }
  expect(arrivals(7, CUT, 100).every(at => at === null)).toBe(true);
});

test('[CHA3] nothing overtakes without reordering, and nothing comes before its delay or after its jitter', () => {
  fc.assert(
    fc.property(anySeed, anyNetwork, (seed, network) => {
      const all = arrivals(seed, { ...network, reorderRatio: 0 }, 100);
      let before = 0;
      all.forEach((atMs, packet) => {
        if (atMs === null) return;
        expect(atMs).toBeGreaterThanOrEqual(before);
        expect(atMs).toBeGreaterThanOrEqual(packet * 20 + network.delayMs);
        expect(atMs).toBeLessThanOrEqual(packet * 20 + network.delayMs + network.jitterMs + 1e-6);
        before = atMs;
      });
    }),
  );
  const mixed = arrivals(3, { ...PERFECT, reorderRatio: 0.2 }, 200);
  expect(mixed.some((at, packet) => at !== null && at > (mixed[packet + 1] ?? Infinity))).toBe(true);
});
