import { FRAME_MS } from '#shared/domain/audio-format.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { bareCall, ourCall, type Arm, type ArmCall, type CallShape } from './arms.ts';
import { BenchCaller } from './bench-caller.ts';

export interface TurnSetup extends CallShape {
  readonly arm: Arm;
  readonly calls: number;
  readonly turns: number;
  /** Calls begin evenly over this time. */
  readonly startWithinMs: number;
  /** Told apart from the calls of another process. */
  readonly firstSeed: number;
}

export interface TurnRun {
  readonly answersMs: readonly number[];
  readonly stopsMs: readonly number[];
  /** How late the callers' own ticks were: the run is void if this is large. */
  readonly tickLateMs: readonly number[];
  readonly cpuMsPerCallSecond: number;
}

/** A turn takes about three seconds; a call that hangs is not waited for, and its missing answers count as infinity. */
const MAX_MS_PER_TURN = 6000;

/** Runs some calls of one arm side by side until each has had its turns. */
export async function runTurns(setup: TurnSetup): Promise<TurnRun> {
  const { arm, calls, turns, startWithinMs, firstSeed } = setup;
  const clock = systemClock;
  const callers = Array.from(
    { length: calls },
    (_, index) => new BenchCaller(firstSeed + index, turns, undefined, setup.speech),
  );
  const running: { readonly caller: BenchCaller; readonly call: ArmCall }[] = [];
  for (const [index, caller] of callers.entries()) {
    running.push({
      caller,
      call: arm.startsWith('ours')
        ? await ourCall(caller, firstSeed + index, {}, arm, setup)
        : await bareCall(caller, setup),
    });
  }
  const startMono = clock.mono();
  const cpuBefore = process.cpuUsage();
  const tickLateMs: number[] = [];
  let ticks = 0;
  const deadlineMono = startMono + startWithinMs + turns * MAX_MS_PER_TURN;
  while (!callers.every(caller => caller.done) && clock.mono() < deadlineMono) {
    ticks += 1;
    const dueMono = startMono + ticks * FRAME_MS;
    await new Promise<void>(resolve => clock.after(Math.max(0, dueMono - clock.mono()), resolve));
    tickLateMs.push(clock.mono() - dueMono);
    for (const [index, { caller, call }] of running.entries()) {
      const begun = clock.mono() - startMono >= (startWithinMs * index) / Math.max(1, calls);
      if (begun && !caller.done) call.tick();
    }
  }
  const cpu = process.cpuUsage(cpuBefore);
  const seconds = (clock.mono() - startMono) / 1000;
  await Promise.all(running.map(({ call }) => call.close()));
  const missing = callers.reduce((sum, caller) => sum + Math.max(0, turns - caller.answersMs.length), 0);
  return {
    answersMs: [
      ...callers.flatMap(caller => caller.answersMs),
      ...Array.from({ length: missing }, () => Number.POSITIVE_INFINITY),
    ],
    stopsMs: callers.flatMap(caller => caller.stopsMs),
    tickLateMs,
    cpuMsPerCallSecond: (cpu.user + cpu.system) / 1000 / seconds / calls,
  };
}
