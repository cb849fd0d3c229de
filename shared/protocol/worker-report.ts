import { z } from 'zod';
import { errorBodySchema } from '#shared/errors/app-error.ts';

/** Descriptor on which whoever started a worker hears how it goes, one JSON line each. */
export const REPORT_FD = 3;

export const workerReportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('worker.ready'), port: z.number().int().positive(), workerId: z.string() }),
  /** Why it ends. Nothing follows. */
  z.object({ type: z.literal('worker.failed'), error: errorBodySchema }),
]);
export type WorkerReport = z.infer<typeof workerReportSchema>;

/** @returns `null` for a line that is no report */
export function readWorkerReport(line: string): WorkerReport | null {
  try {
    return workerReportSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
