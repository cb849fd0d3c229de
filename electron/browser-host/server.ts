import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { AppError } from '#shared/errors/app-error.ts';
import { MAX_CAPSULE_BYTES } from '#shared/protocol/capsule.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import { serveAudio, serveDesk } from '#electron/ipc/desk-socket.ts';
import { peaksAnswer, RECORDINGS_PATH, recordingAnswer } from '#electron/ipc/recordings.ts';
import type { createRouter } from '#electron/ipc/router.ts';
import { consoleCsp } from '#electron/ipc/console-csp.ts';
import type { BrowserAccess } from './access.ts';

const OUT_WORDS = {
  'no-token': 'Open the address that was printed where Sidetone was started; it carries a one-time token.',
  'token-used': 'This address was used already. Start Sidetone again, or use the tab that is open.',
  'wrong-token': 'This address belongs to another start of Sidetone. Open the one that was printed last.',
} as const;

/** A capsule arrives as one command, in base64. Whoever may connect is this machine with the console's cookie. */
const MOST_MESSAGE_BYTES = Math.ceil(MAX_CAPSULE_BYTES / 3) * 4 + 1024;

export interface BrowserHostOptions {
  readonly port: number;
  readonly access: BrowserAccess;
  readonly core: DeskCore;
  readonly route: ReturnType<typeof createRouter>;
  /** Folder of the built console. */
  readonly consoleFolder: string;
}

/** Serves the console on loopback. Rejects with `worker.port-taken`. */
export async function startBrowserHost({
  port,
  access,
  core,
  route,
  consoleFolder,
}: BrowserHostOptions): Promise<{ readonly server: FastifyInstance; readonly port: number }> {
  const csp = consoleCsp(core.livekitUrl);
  const server = Fastify({ logger: false, forceCloseConnections: true });
  await server.register(fastifyWebsocket, { options: { maxPayload: MOST_MESSAGE_BYTES } });
  await server.register(fastifyStatic, { root: consoleFolder, index: false, cacheControl: false });

  server.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'content-security-policy': csp,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    if (!fromHere(request))
      return reply.status(403).type('text/plain').send('Only this machine may open the console.');
    if (request.url === '/' || request.url.startsWith('/?')) return;
    if (!access.knows(request.headers.cookie))
      return reply.status(403).type('text/plain').send(OUT_WORDS['no-token']);
  });
  server.get<{ Querystring: Record<string, string> }>('/', async (request, reply) => {
    const { token, ...rest } = request.query;
    const entry = access.enter(token ?? null, request.headers.cookie);
    if (entry.name === 'out') return reply.status(403).type('text/plain').send(OUT_WORDS[entry.why]);
    if (entry.name === 'let-in') void reply.header('set-cookie', entry.cookie);
    if (token !== undefined) {
      // The token leaves the address bar and the history.
      const query = new URLSearchParams(rest).toString();
      return reply.redirect(query === '' ? '/' : `/?${query}`, 302);
    }
    return reply.sendFile('index.html');
  });
  server.get<{ Params: { id: string } }>(`${RECORDINGS_PATH}:id`, async (request, reply) =>
    reply.send(await recordingAnswer(core, request.params.id, request.headers.range ?? null)),
  );
  server.get<{ Params: { id: string } }>(`${RECORDINGS_PATH}:id/peaks`, async (request, reply) =>
    reply.send(await peaksAnswer(core, request.params.id)),
  );
  server.get('/desk', { websocket: true }, socket => serveDesk(socket, core, route));
  server.get('/desk/audio', { websocket: true }, (socket, request) =>
    serveAudio(socket, core, request.query),
  );

  try {
    await server.listen({ host: '127.0.0.1', port });
  } catch (cause) {
    throw new AppError(
      {
        code: 'worker.port-taken',
        message: `Port ${String(port)} is taken. Choose another with --port.`,
        retryable: false,
        origin: 'electron',
      },
      { cause },
    );
  }
  const address = server.server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : port };
}

/** No name that merely points here, and no page of another site, may reach the console (DNS rebinding, cross-site sockets). */
function fromHere(request: FastifyRequest): boolean {
  const { host, origin } = request.headers;
  if (host === undefined || !/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/u.test(host)) return false;
  return origin === undefined || origin === `http://${host}`;
}
