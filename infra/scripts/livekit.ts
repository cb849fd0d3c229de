// `npm run livekit [-- --port N]`: a real LiveKit server on this machine until Ctrl+C. Prints what a worker needs to use it.
import { parseArgs } from 'node:util';
import { buildServer } from '../livekit/build-servers.ts';
import { startLivekitServer } from '../livekit/start-server.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '7880' } } });
const built = buildServer('server');
if (!built.ok) {
  process.stderr.write(`${built.reason}.\n`);
  process.exit(1);
}
const server = await startLivekitServer(built.file, { port: Number(values.port) });
process.stdout.write(
  `LIVEKIT_URL=${server.url}\nLIVEKIT_API_KEY=${server.apiKey}\nLIVEKIT_API_SECRET=${server.apiSecret}\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void server.stop().then(() => process.exit(0)));
