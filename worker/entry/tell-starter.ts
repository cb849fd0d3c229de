import { fstatSync, writeSync } from 'node:fs';
import { REPORT_FD, type WorkerReport } from '#shared/protocol/worker-report.ts';

/** Tells whoever started this worker how it goes. Started from a terminal there is nobody, and nothing is written. */
export function tellStarter(report: WorkerReport): void {
  try {
    const descriptor = fstatSync(REPORT_FD);
    // Only a pipe is somebody who waits; anything else on this descriptor is not ours to write to.
    if (descriptor.isFIFO() || descriptor.isSocket()) writeSync(REPORT_FD, `${JSON.stringify(report)}\n`);
  } catch {
    // Nobody waits there.
  }
}

/** Last words before the process ends: to the starter as a report, to a person at a terminal in plain words (DAY1, DAY6). */
export function tellFailure(error: Extract<WorkerReport, { type: 'worker.failed' }>['error']): void {
  tellStarter({ type: 'worker.failed', error });
  if (process.stderr.isTTY) process.stderr.write(`\n${error.code}: ${error.message}\n`);
}
