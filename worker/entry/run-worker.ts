import { writeSync } from 'node:fs';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import { assembleWorker } from './assemble.ts';
import type { Logger } from './log.ts';

/** Runs until a signal or, with `--calls K`, until K calls have ended. @returns the exit code */
export async function runWorker(config: WorkerConfig, log: Logger): Promise<number> {
  let finish: (code: number) => void = () => undefined;
  const finished = new Promise<number>(resolve => {
    finish = resolve;
  });
  const worker = await assembleWorker({
    config,
    log,
    onCallEnded: () => {
      if (worker.telephony.exhausted) finish(0);
    },
  });
  if (config.headless) {
    worker.journal.onEntry(({ event }) => writeSync(1, `${JSON.stringify(event)}\n`));
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => finish(0));
  worker.host.start();
  if (config.demo) worker.telephony.start();
  log.info(
    { workerId: worker.workerId, brain: worker.brain.name, voice: worker.voice.name },
    'the worker is ready',
  );
  const code = await finished;
  await worker.stop();
  log.info({}, 'the worker has stopped');
  return code;
}
