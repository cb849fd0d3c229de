import type { FastifyInstance } from 'fastify';
import { may } from '#shared/domain/roles.ts';
import { audioDirectionSchema } from '#shared/protocol/audio-grant.ts';
import type { AudioGrants } from './audio-grants.ts';
import { serveListener, serveMicrophone } from './audio-sockets.ts';
import { NOBODY, ownerOf, type Owners } from './authorise.ts';
import type { CommandDesk } from './command-desk.ts';
import type { ControlDeps } from './control-deps.ts';
import type { OpenCalls } from './open-calls.ts';
import { ROUTES } from './routes.ts';
import { serveStream } from './stream-socket.ts';
import type { WorkerHealth } from './worker-health.ts';

interface StreamParts {
  readonly owners: Owners;
  readonly openCalls: OpenCalls;
  readonly commands: CommandDesk;
  readonly health: WorkerHealth;
}

/** The stream of each desk. @returns how many desks are connected now */
export function serveStreams(server: FastifyInstance, deps: ControlDeps, parts: StreamParts): () => number {
  const sockets = new Map<string, number>();
  server.get(ROUTES.stream.path, { websocket: true }, async (socket, request) => {
    const waiting: (readonly [data: Buffer, isBinary: boolean])[] = [];
    const keep = (data: Buffer, isBinary: boolean): void => void waiting.push([data, isBinary]);
    // Messages that come while the token is checked must not be lost.
    socket.on('message', keep);
    const { actor, sessionId } = (await ownerOf(request, parts.owners)) ?? NOBODY;
    socket.off('message', keep);
    if (!actor || !may(actor.role, 'call.view')) {
      socket.close(1008, actor ? 'access.denied' : 'access.unauthenticated');
      return;
    }
    sockets.set(actor.userId, (sockets.get(actor.userId) ?? 0) + 1);
    if (sessionId !== null)
      socket.on(
        'close',
        parts.owners.live.follow(sessionId, () => socket.close(1008, 'access.unauthenticated')),
      );
    socket.on('close', () => {
      const left = (sockets.get(actor.userId) ?? 1) - 1;
      sockets.set(actor.userId, left);
      if (left === 0) deps.desk.gone(actor);
    });
    serveStream(socket, actor, {
      clock: deps.clock,
      desk: deps.desk,
      commands: parts.commands,
      feed: { ...deps, openCalls: parts.openCalls, canDial: deps.rooms?.phones !== undefined },
      health: parts.health,
      ...(deps.knowledgeWatch ? { knowledge: deps.knowledgeWatch } : {}),
    });
    for (const [data, isBinary] of waiting) socket.emit('message', data, isBinary);
  });
  return () => [...sockets.values()].reduce((sum, count) => sum + count, 0);
}

/** Audio of whoever has a grant: down to a listener, up from a microphone. */
export function serveAudio(server: FastifyInstance, deps: ControlDeps, grants: AudioGrants): void {
  for (const direction of audioDirectionSchema.options) {
    server.get(ROUTES[direction].path, { websocket: true }, (socket, request) => {
      const query = ROUTES[direction].query.safeParse(request.query);
      const grant = query.success ? grants.take(query.data.grant, direction) : null;
      if (!grant) {
        socket.close(1008, 'grant.invalid');
        return;
      }
      if (direction === 'listen') serveListener(socket, grant, deps.media);
      else
        serveMicrophone(socket, grant, deps.media, (droppedFrames, malformedFrames) => {
          if (droppedFrames + malformedFrames === 0) return;
          void deps.store
            .recordAccess({
              id: deps.newId(),
              orgId: grant.actor.orgId,
              userId: grant.actor.userId,
              action: direction,
              outcome: 'frames-dropped',
              atMs: deps.clock.now(),
              payload: { callId: grant.callId, droppedFrames, malformedFrames },
            })
            .catch(() => undefined);
        });
    });
  }
}
