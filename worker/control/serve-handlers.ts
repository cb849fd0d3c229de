import type { FastifyInstance } from 'fastify';
import { authorise, ownerOf, recordDenial, type DenialDeps, type Owners } from './authorise.ts';
import type { Handlers } from './handlers.ts';
import { parseInput } from './parse-input.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';

/** Gives each route of the table to its handler: after the right it needs, with what its schemas let through. */
export function serveHandlers(
  server: FastifyInstance,
  handlers: Handlers,
  owners: Owners,
  deps: DenialDeps,
): void {
  for (const name of Object.keys(handlers) as (keyof Handlers)[]) {
    const route: Route = ROUTES[name];
    server.route({
      method: route.method,
      url: route.path,
      ...(route.maxBodyBytes === null ? {} : { bodyLimit: route.maxBodyBytes }),
      handler: async request => {
        const { actor, sessionId } = await authorise(request, route, owners).catch(async (error: unknown) => {
          await recordDenial(deps, route, (await ownerOf(request, owners))?.actor ?? null, error);
          throw error;
        });
        const handler = handlers[name] as (input: unknown) => Promise<unknown>;
        return handler({
          params: parseInput(route.params, request.params),
          query: parseInput(route.query, request.query),
          body: parseInput(route.body, request.body ?? {}),
          actor,
          sessionId,
          address: request.ip,
        });
      },
    });
  }
}
