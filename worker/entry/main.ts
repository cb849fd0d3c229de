import { initializeLogger } from '@livekit/agents';
import { dispose } from '@livekit/rtc-node';
import { readWorkerConfig } from '#shared/config/worker-config.ts';
import { appError } from '#shared/errors/app-error.ts';
import { toFileError } from '#shared/errors/file-error.ts';
import { createLog } from './log.ts';
import { tellFailure } from './tell-starter.ts';

const log = createLog(process.env['SIDETONE_LOG_LEVEL'] ?? 'info');
const answer = readWorkerConfig(process.argv.slice(2), process.env);
if (!answer.ok) {
  log.fatal(
    { code: 'input.invalid', detail: answer.message },
    'the worker was started with an option it does not know',
  );
  tellFailure(appError('input.invalid', answer.message).body);
  process.exit(2);
}
// Before any of LiveKit's classes exists: their constructors need the logger.
initializeLogger({ pretty: false, level: process.env['SIDETONE_LIVEKIT_LOG_LEVEL'] ?? 'error' });
const { runWorker } = await import('./run-worker.ts');

try {
  process.exitCode = await runWorker(answer.config, log);
} catch (error) {
  const { body, cause } = toFileError(error);
  const isBug = body.code === 'bug.invariant';
  log.fatal(
    { code: body.code, detail: body.message, ...(isBug ? { err: cause } : {}) },
    'the worker could not start',
  );
  tellFailure(body);
  process.exitCode = 1;
}
await dispose();
// Native threads of the media library may outlive it; everything of ours is closed by now.
process.exit();
