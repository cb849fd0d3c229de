import { cpus } from 'node:os';
import { percentile } from '../figure.ts';
import { cpuMsByPid, familyOf } from './process-cpu.ts';

/** Idle share of the machine from which a run counts as undisturbed. */
const QUIET_RATIO = 0.96;
/** Spin tests before and after may differ by this much. */
const SPIN_TOLERANCE_RATIO = 0.05;
/** Share of the machine that other programs may take while a bench runs, in the median of the samples. */
const FOREIGN_LIMIT_RATIO = 0.04;
const WATCH_EVERY_MS = 1000;
const SAMPLE_MS = 500;
const SPIN_STEPS = 20_000_000;

interface CpuTimes {
  readonly idle: number;
  readonly all: number;
}

/** How undisturbed the machine was. Absolute figures of a disturbed run are upper bounds and nothing more. */
export interface Quiet {
  readonly quiet: boolean;
  readonly idleRatioBefore: readonly number[];
  /** Share of the machine that went to programs that are not the bench's own, while it ran; NaN where it cannot be told. */
  readonly foreignRatio: number;
  /** Time of the same arithmetic after the run over that before it. */
  readonly spinRatio: number;
}

export function idleRatio(before: CpuTimes, after: CpuTimes): number {
  return after.all === before.all ? 1 : (after.idle - before.idle) / (after.all - before.all);
}

/** Processor time of others between two looks, as a share of all; a process that came or went in between counts as foreign. */
export function foreignRatio(busyMs: number, ownMs: number, allMs: number): number {
  return allMs === 0 ? 0 : Math.max(0, busyMs - ownMs) / allMs;
}

/** Looks at the machine now, all the while, and again when the returned function is called: a look before alone cannot see who came after it. */
export async function quietGuard(): Promise<() => Quiet> {
  const idleRatioBefore = [await idleNow(), await idleNow()];
  const spinBeforeMs = spinMs();
  const foreign: number[] = [];
  const watch = watchForeign(ratio => foreign.push(ratio));
  return () => {
    clearInterval(watch);
    const foreignMedian = percentile(foreign, 0.5);
    const spinRatio = spinMs() / spinBeforeMs;
    return {
      quiet:
        idleRatioBefore.every(ratio => ratio >= QUIET_RATIO) &&
        // Not known is not quiet.
        foreignMedian <= FOREIGN_LIMIT_RATIO &&
        Math.abs(spinRatio - 1) <= SPIN_TOLERANCE_RATIO,
      idleRatioBefore: idleRatioBefore.map(ratio => Math.round(ratio * 1000) / 1000),
      foreignRatio: Math.round(foreignMedian * 1000) / 1000,
      spinRatio: Math.round(spinRatio * 1000) / 1000,
    };
  };
}

function watchForeign(tell: (ratio: number) => void): NodeJS.Timeout {
  let times = cpuTimes();
  let own = cpuMsByPid(familyOf(process.pid));
  return setInterval(() => {
    const nowTimes = cpuTimes();
    const nowOwn = cpuMsByPid(familyOf(process.pid));
    const ownMs = [...nowOwn].reduce((sum, [pid, cpuMs]) => sum + cpuMs - (own.get(pid) ?? 0), 0);
    const allMs = nowTimes.all - times.all;
    tell(foreignRatio(allMs - (nowTimes.idle - times.idle), ownMs, allMs));
    times = nowTimes;
    own = nowOwn;
  }, WATCH_EVERY_MS);
}

async function idleNow(): Promise<number> {
  const before = cpuTimes();
  await new Promise(resolve => setTimeout(resolve, SAMPLE_MS));
  return idleRatio(before, cpuTimes());
}

function cpuTimes(): CpuTimes {
  const times = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    idle,
    all: user + nice + sys + idle + irq,
  }));
  return times.reduce((sum, one) => ({ idle: sum.idle + one.idle, all: sum.all + one.all }), {
    idle: 0,
    all: 0,
  });
}

/** The shortest of three, so that one interruption does not decide. */
function spinMs(): number {
  const once = (): number => {
    const before = performance.now();
    let sum = 0;
    for (let step = 0; step < SPIN_STEPS; step += 1) sum = (sum + step * 31) % 1_000_003;
    return sum < 0 ? Number.NaN : performance.now() - before;
  };
  return Math.min(once(), once(), once());
}
