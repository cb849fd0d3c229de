import type { FastifyInstance } from 'fastify';
import type { CallId } from '#shared/domain/ids.ts';
import { may } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import { serveArchiveFiles } from './archive-files.ts';
import { authorise, ownerOf, type Owners } from './authorise.ts';
import type { ControlDeps } from './control-deps.ts';
import { addKnowledgePartRoute } from './knowledge-handlers.ts';
import type { KnownCalls } from './known-calls.ts';
import { mayReadMetrics } from './may-read-metrics.ts';
import { parseInput } from './parse-input.ts';
import type { RecordingAccess } from './recording-access.ts';
import { ROUTES } from './routes.ts';
import { recordingOf, serveRecording } from './serve-recording.ts';
import { signedIn } from './signed-in.ts';

interface FileParts {
  readonly owners: Owners;
  readonly calls: KnownCalls;
  readonly access: RecordingAccess;
}

/** Answers that are no JSON: recordings, figures for Prometheus, parts of knowledge, calls as files. */
export function serveFiles(
  server: FastifyInstance,
  deps: ControlDeps,
  { owners, calls, access }: FileParts,
): void {
  server.get(ROUTES.recording.path, async (request, reply) => {
    const { id } = parseInput(ROUTES.recording.params, request.params);
    const callId = id as CallId;
    const actor = signedIn((await ownerOf(request, owners))?.actor ?? null);
    if (!may(actor.role, 'recording.play')) await access.refused(actor, callId);
    await authorise(request, ROUTES.recording, owners);
    await calls.known(actor, id);
    const kept = { folder: deps.recordings, parts: deps.recordingParts };
    await recordingOf(kept, callId);
    await access.played(actor, callId);
    return serveRecording(reply, await recordingOf(kept, callId));
  });
  server.get(ROUTES.metrics.path, async (request, reply) => {
    const hasSession = (await ownerOf(request, owners)) !== null;
    if (!mayReadMetrics({ remoteAddress: request.ip, headers: request.headers, hasSession }))
      throw appError('access.unauthenticated', 'Figures are for this machine; elsewhere sign in first.');
    if (!deps.metrics) throw appError('input.invalid', 'This worker counts nothing.');
    return reply.type(deps.metrics.contentType).send(await deps.metrics.text());
  });
  addKnowledgePartRoute(server, deps.knowledge ?? null, async request =>
    signedIn((await authorise(request, ROUTES.knowledgePart, owners)).actor),
  );
  serveArchiveFiles(server, {
    ...deps,
    authorise: async (request, route) => (await authorise(request, route, owners)).actor,
  });
}
