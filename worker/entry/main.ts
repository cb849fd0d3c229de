import { initializeLogger } from '@livekit/agents';
import { dispose } from '@livekit/rtc-node';
import { readWorkerConfig } from '#shared/config/worker-config.ts';
import { toErrorBody } from '#shared/errors/app-error.ts';
import { createLog } from './log.ts';

const log = createLog(process.env['SIDETONE_LOG_LEVEL'] ?? 'info');
const answer = readWorkerConfig(process.argv.slice(2), process.env);
if (!answer.ok) {
  log.fatal(
    { code: 'input.invalid', detail: answer.message },
    'the worker was started with an option it does not know',
  );
  process.exit(2);
}
// Before any of LiveKit's classes exists: their constructors need the logger.
initializeLogger({ pretty: false, level: process.env['SIDETONE_LIVEKIT_LOG_LEVEL'] ?? 'error' });
const { runWorker } = await import('./run-worker.ts');

try {
  process.exitCode = await runWorker(answer.config, log);
} catch (error) {
  const body = toErrorBody(error, 'worker');
  log.fatal({ code: body.code, detail: body.message, err: error }, 'the worker could not start');
  process.exitCode = 1;
}
await dispose();
// Native threads of the media library may outlive it; everything of ours is closed by now.
process.exit();
