import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';

/** Node's histogram holds the time between its own ticks, this long when nothing is late. */
const TICK_MS = 10;

/** What one host process tells of itself. Sums count from its start. */
export const processLoadSchema = z.object({
  cpuSeconds: z.number().nonnegative(),
  residentBytes: z.number().nonnegative(),
  /** Since it was last read. */
  loopLagP99Seconds: z.number().nonnegative(),
  /** Callers who were told that every line is taken. */
  refusedCalls: z.number().int().nonnegative(),
});
export type ProcessLoad = z.infer<typeof processLoadSchema>;

export interface ProcessMeter {
  read(): Omit<ProcessLoad, 'refusedCalls'>;
  stop(): void;
}

export function measureProcess(): ProcessMeter {
  const delays = monitorEventLoopDelay({ resolution: TICK_MS });
  delays.enable();
  return {
    read: () => {
      const { user, system } = process.cpuUsage();
      const lagMs = Math.max(0, delays.percentile(99) / 1e6 - TICK_MS);
      delays.reset();
      return {
        cpuSeconds: (user + system) / 1e6,
        residentBytes: process.memoryUsage.rss(),
        loopLagP99Seconds: Number.isFinite(lagMs) ? lagMs / 1000 : 0,
      };
    },
    stop: () => delays.disable(),
  };
}
