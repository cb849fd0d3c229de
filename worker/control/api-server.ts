import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { appError } from '#shared/errors/app-error.ts';
import { MAX_CLIENT_FRAME_BYTES, MAX_CLIENT_MESSAGE_BYTES } from '#shared/protocol/stream.ts';
import { isOurName, isOwnOrigin } from './own-names.ts';
import { refuse, refuseRaw, toRefusal } from './refusals.ts';

interface ApiServerDeps {
  /** Names besides those of this machine under which we are asked. */
  readonly publicNames?: readonly string[];
  /** Folder of the recordings. */
  readonly recordings: string;
}

/** A server without routes, which answers nobody but those who may ask here and refuses with words of ours. */
export async function apiServer(deps: ApiServerDeps): Promise<FastifyInstance> {
  const server = Fastify({
    logger: false,
    bodyLimit: MAX_CLIENT_MESSAGE_BYTES,
    forceCloseConnections: true,
    // A TLS proxy stands on this machine; what anybody else says about addresses is not believed.
    trustProxy: 'loopback',
    clientErrorHandler: refuseRaw,
    frameworkErrors: (error, _request, reply) => void refuse(reply, toRefusal(error)),
  });
  await server.register(fastifyWebsocket, {
    options: {
      maxPayload: MAX_CLIENT_FRAME_BYTES,
      handleProtocols: protocols => [...protocols][0] ?? false,
    },
  });

  // Only for `sendFile`, which knows ranges; no folder is served.
  await server.register(fastifyStatic, { root: resolve(deps.recordings), serve: false });

  server.setErrorHandler((error, _request, reply) => refuse(reply, toRefusal(error)));
  server.setNotFoundHandler((_request, reply) =>
    refuse(reply, appError('input.invalid', 'There is no such address. See /api/openapi.json.'), 404),
  );
  server.addHook('onRequest', async request => {
    const { host, origin } = request.headers;
    if (!isOurName(host, deps.publicNames ?? []) || !isOwnOrigin(origin, host))
      throw appError('access.denied', 'Only programs on this machine may ask.');
  });
  return server;
}
