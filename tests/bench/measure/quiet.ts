import { cpus } from 'node:os';

/** Idle share of the machine from which a run counts as undisturbed. */
const QUIET_RATIO = 0.96;
/** Spin tests before and after may differ by this much. */
const SPIN_TOLERANCE_RATIO = 0.05;
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
  /** Time of the same arithmetic after the run over that before it. */
  readonly spinRatio: number;
}

export function idleRatio(before: CpuTimes, after: CpuTimes): number {
  return after.all === before.all ? 1 : (after.idle - before.idle) / (after.all - before.all);
}

/** Looks at the machine now, and again when the returned function is called. */
export async function quietGuard(): Promise<() => Quiet> {
  const idleRatioBefore = [await idleNow(), await idleNow()];
  const spinBeforeMs = spinMs();
  return () => {
    const spinRatio = spinMs() / spinBeforeMs;
    return {
      quiet:
        idleRatioBefore.every(ratio => ratio >= QUIET_RATIO) &&
        Math.abs(spinRatio - 1) <= SPIN_TOLERANCE_RATIO,
      idleRatioBefore: idleRatioBefore.map(ratio => Math.round(ratio * 1000) / 1000),
      spinRatio: Math.round(spinRatio * 1000) / 1000,
    };
  };
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
