import { seededRandom } from '#shared/base/random.ts';

/** What a network does to packets. */
export interface Network {
  /** Share of packets that are lost, 0 to 1. */
  readonly lossRatio: number;
  /** Mean length of a run of lost packets, from 1 on. Real networks lose in runs (Gilbert's model). */
  readonly lossRunPackets: number;
  /** Least time on the way. */
  readonly delayMs: number;
  /** Up to this much more, evenly spread. It never lets a packet overtake another. */
  readonly jitterMs: number;
  /** Share of packets that come late enough to be overtaken. */
  readonly reorderRatio: number;
}

export const PERFECT: Network = { lossRatio: 0, lossRunPackets: 1, delayMs: 0, jitterMs: 0, reorderRatio: 0 };
export const CUT: Network = { ...PERFECT, lossRatio: 1 };

/** As late as this beyond its neighbours, so that some of them overtake it: two frames. */
const REORDER_MS = 40;

/** When one packet arrives, in the time its sending was given in; null when it is lost. */
export type NetworkPlan = (network: Network, sentAtMs: number) => number | null;

/** The fate of the packets of one direction, in the order of their sending (CHA1). */
export function networkPlan(seed: number): NetworkPlan {
  const random = seededRandom(seed);
  let losing = false;
  let lastMs = Number.NEGATIVE_INFINITY;
  return ({ lossRatio, lossRunPackets, delayMs, jitterMs, reorderRatio }, sentAtMs) => {
    // Each packet draws the same numbers, so that one setting does not move the fate of another.
    const [loss, jitter, reorder] = [random(), random(), random()];
    losing = losing
      ? loss >= leaveRatio(lossRatio, lossRunPackets)
      : loss < enterRatio(lossRatio, lossRunPackets);
    if (losing) return null;
    const atMs = Math.max(lastMs, sentAtMs + delayMs + jitter * jitterMs);
    if (reorder < reorderRatio) return atMs + REORDER_MS;
    return (lastMs = atMs);
  };
}

/** Chance of the end of a run of losses, and of its begin, so that `lossRatio` of all packets are lost. */
const leaveRatio = (lossRatio: number, run: number): number => (lossRatio >= 1 ? 0 : 1 / run);
const enterRatio = (lossRatio: number, run: number): number =>
  lossRatio >= 1 ? 1 : Math.min(1, lossRatio / (run * (1 - lossRatio)));
