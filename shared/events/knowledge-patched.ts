import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** From now on this call answers from another text of one document, until the document is published anew (KN27). */
export const knowledgePatchedSchema = callEvent('knowledge.patched', {
  patchId: z.string(),
  docId: z.string(),
  title: z.string(),
  markdown: z.string(),
  /** What was published of the document; null where nothing was. */
  publishedId: z.string().nullable(),
  /** What the call answers from with it. */
  snapshotId: z.string(),
  ...actorShape,
});
export type KnowledgePatched = z.infer<typeof knowledgePatchedSchema>;
