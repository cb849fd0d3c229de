import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { KnowledgeDesk } from '#worker/knowledge/knowledge-desk.ts';
import { KNOWLEDGE_ROUTES } from './knowledge-routes.ts';
import { signedIn } from './signed-in.ts';

/** A try that takes longer is cut off, as a caller would have hung up. */
const ASK_DEADLINE_MS = 30_000;

interface Asked<Name extends keyof typeof KNOWLEDGE_ROUTES> {
  readonly params: z.output<(typeof KNOWLEDGE_ROUTES)[Name]['params']>;
  readonly query: z.output<(typeof KNOWLEDGE_ROUTES)[Name]['query']>;
  readonly body: z.output<(typeof KNOWLEDGE_ROUTES)[Name]['body']>;
  readonly actor: Actor | null;
}

/** The routes of `knowledge-routes.ts`. What they may be asked by is checked before. */
export function knowledgeHandlers(
  desk: KnowledgeDesk | null,
  /** A running call of the actor's org; rejects with `call.unknown` and `call.already-ended`. */
  runningCall: (actor: Actor, id: string) => Promise<CallId>,
) {
  const here = (): KnowledgeDesk => {
    if (!desk) throw appError('input.invalid', 'This worker has no knowledge of its own.');
    return desk;
  };
  return {
    pushRevisions: async ({ body, actor }: Asked<'pushRevisions'>) =>
      here().push(signedIn(actor), body.revisions),
    knowledgeChanges: async ({ query, actor }: Asked<'knowledgeChanges'>) =>
      here().changes(signedIn(actor), query.after, query.limit),
    publishKnowledge: async ({ body, actor }: Asked<'publishKnowledge'>) =>
      here().publish(signedIn(actor), body.docId, body.revisionId),
    upsertKnowledge: async ({ body, actor }: Asked<'upsertKnowledge'>) =>
      here().upsert(signedIn(actor), body),
    askKnowledge: async ({ body, actor }: Asked<'askKnowledge'>) =>
      here().ask(signedIn(actor), body, AbortSignal.timeout(ASK_DEADLINE_MS)),
    knowledgeUsage: async ({ query, actor }: Asked<'knowledgeUsage'>) =>
      here().usage(signedIn(actor), query.docId),
    patchCallKnowledge: async ({ params, body, actor }: Asked<'patchCallKnowledge'>) =>
      here().patchCall(signedIn(actor), await runningCall(signedIn(actor), params.id), body),
    knowledgeSnapshot: async ({ actor }: Asked<'knowledgeSnapshot'>) => here().snapshot(signedIn(actor)),
  };
}

/** A part is bytes and no JSON; its address is its content, so that nobody ever needs it twice (KN30). */
export function addKnowledgePartRoute(
  server: FastifyInstance,
  desk: KnowledgeDesk | null,
  /** Who asks, with the right of the route. */
  authorised: (request: FastifyRequest) => Promise<Actor>,
): void {
  server.get(KNOWLEDGE_ROUTES.knowledgePart.path, async (request, reply) => {
    const actor = await authorised(request);
    const params = KNOWLEDGE_ROUTES.knowledgePart.params.safeParse(request.params);
    if (!params.success) throw appError('input.invalid', 'sha256: 64 hexadecimal digits');
    const { sha256 } = params.data;
    const bytes = await desk?.part(actor, sha256);
    if (!bytes)
      throw appError('knowledge.unknown', 'There is no such part any more. Fetch the snapshot again.');
    void reply.header('etag', `"${sha256}"`).header('cache-control', 'private, max-age=31536000, immutable');
    if (request.headers['if-none-match'] === `"${sha256}"`) return reply.status(304).send();
    return reply.type('application/gzip').send(bytes);
  });
}
