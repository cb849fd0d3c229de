import { join } from 'node:path';
import { BenchChild } from './measure/child.ts';
import type { TurnRun, TurnSetup } from './turn-run.ts';

/** Runs the calls in so many processes, begun together, and puts what they measured into one. */
export async function runHosts(hosts: number, setup: Omit<TurnSetup, 'firstSeed'>): Promise<TurnRun> {
  const children = Array.from(
    { length: hosts },
    () => new BenchChild(join(import.meta.dirname, 'turn-host.ts')),
  );
  try {
    const runs = await Promise.all(
      children.map((child, host) => {
        const answer = child.answer<TurnRun>();
        const calls = Math.floor(setup.calls / hosts) + (host < setup.calls % hosts ? 1 : 0);
        child.send({ ...setup, calls, firstSeed: 1 + host * 1000 } satisfies TurnSetup);
        return answer;
      }),
    );
    return {
      answersMs: runs.flatMap(run => run.answersMs),
      stopsMs: runs.flatMap(run => run.stopsMs),
      tickLateMs: runs.flatMap(run => run.tickLateMs),
      cpuMsPerCallSecond: runs.reduce((sum, run) => sum + run.cpuMsPerCallSecond, 0) / runs.length,
    };
  } finally {
    await Promise.all(children.map(child => child.stop()));
  }
}
