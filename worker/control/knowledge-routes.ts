import { z } from 'zod';
import { idSchema } from '#shared/protocol/knowledge-ids.ts';
import {
  askAnswerSchema,
  askSchema,
  hotPatchAnswerSchema,
  hotPatchSchema,
  knowledgeChangesSchema,
  publishAnswerSchema,
  publishSchema,
  pushAnswerSchema,
  snapshotManifestSchema,
  upsertAnswerSchema,
  upsertSchema,
  usageSchema,
} from '#shared/protocol/knowledge.ts';
import { noBody, route, type Route } from './route.ts';

const MEBIBYTE = 1024 * 1024;

/** Documents as desks keep them in step with, and what people do with them. */
export const KNOWLEDGE_ROUTES = {
  pushRevisions: route(
    'POST',
    '/api/knowledge/revisions',
    'Saved revisions of a desk. Each is accepted or refused on its own, in order; asking again is safe. At most 8 MiB.',
    'session',
    {
      // Each is read by itself: one that is not understood must not keep those beside it.
      body: z.strictObject({ revisions: z.array(z.unknown()).min(1).max(50) }),
      result: pushAnswerSchema,
      maxBodyBytes: 8 * MEBIBYTE,
    },
  ),
  knowledgeChanges: route(
    'GET',
    '/api/knowledge/changes',
    'What has changed since a version of the org’s counter: whole documents, their new revisions and conflicts. A page covers at most 50 changes, whatever `limit` asks for.',
    'call.view',
    {
      query: z.object({
        after: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
      result: knowledgeChangesSchema,
    },
  ),
  publishKnowledge: route(
    'POST',
    '/api/knowledge/publish',
    'Makes a revision what the AI answers from, on every worker. Forward along the history only, and over no open conflict. Of a policy: puts its newest text in force, which needs `policy.edit`; `snapshotId` then names the documents and versions that verdicts name.',
    'knowledge.publish',
    { body: publishSchema, result: publishAnswerSchema },
  ),
  upsertKnowledge: route(
    'POST',
    '/api/knowledge/upsert',
    'Writes a document by its id as an edit of what stands, and publishes it unless told otherwise. For scripts.',
    'knowledge.publish',
    { body: upsertSchema, result: upsertAnswerSchema, maxBodyBytes: 2 * MEBIBYTE },
  ),
  askKnowledge: route(
    'POST',
    '/api/knowledge/ask',
    'What the AI would say to a caller, with a draft in place of its document if there is one. Nobody hears it and nothing is kept.',
    'knowledge.edit',
    { body: askSchema, result: askAnswerSchema, maxBodyBytes: MEBIBYTE },
  ),
  knowledgeUsage: route(
    'GET',
    '/api/knowledge/usage',
    'Answers that cited a document in the last seven days, interruptions, and vetoes by policy.',
    'call.view',
    { query: z.object({ docId: idSchema }), result: usageSchema },
  ),
  patchCallKnowledge: route(
    'POST',
    '/api/calls/:id/knowledge',
    'Gives one running call another text of one document, until the document is published anew.',
    'knowledge.edit',
    {
      params: z.object({ id: z.string().min(1).max(64) }),
      body: hotPatchSchema,
      result: hotPatchAnswerSchema,
      maxBodyBytes: MEBIBYTE,
    },
  ),
  knowledgeSnapshot: route(
    'GET',
    '/api/knowledge/snapshot',
    'The published passages with their vectors, as parts to fetch by their hash.',
    'call.view',
    { result: snapshotManifestSchema },
  ),
  knowledgePart: route(
    'GET',
    '/api/knowledge/parts/:sha256',
    'One part of a snapshot: JSON lines, gzip. It never changes.',
    'call.view',
    { params: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/u) }), result: noBody },
  ),
} as const satisfies Record<string, Route>;
