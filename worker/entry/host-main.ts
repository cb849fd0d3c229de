import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { initializeLogger } from '@livekit/agents';
import { dispose } from '@livekit/rtc-node';
import { hostBootSchema } from '#worker/host/host-process.ts';
import { createLog } from './log.ts';

/** A host process: started by a worker, which writes one line to its standard input and keeps that open while it lives. */
const lines = createInterface({ input: process.stdin });
const [line] = (await once(lines, 'line')) as [string];
const boot = hostBootSchema.parse(JSON.parse(line));
const log = createLog(process.env['SIDETONE_LOG_LEVEL'] ?? 'info').child({ host: boot.hostId });
// Before any of LiveKit's classes exists: their constructors need the logger.
initializeLogger({ pretty: false, level: process.env['SIDETONE_LIVEKIT_LOG_LEVEL'] ?? 'error' });
// The worker ends its hosts itself; a key at the terminal reaches the whole group.
process.on('SIGINT', () => undefined);
process.stdin.resume();
process.stdin.once('close', () => {
  log.fatal({}, 'the worker has gone, and the host with it');
  process.exit(1);
});
const { runHost } = await import('./run-host.ts');
try {
  await runHost(boot, log);
} catch (error) {
  log.fatal({ err: error }, 'the host could not go on');
  process.exit(1);
}
await dispose();
process.exit();
