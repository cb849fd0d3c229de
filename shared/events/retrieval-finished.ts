import { z } from 'zod';
import { textSpanSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** What the approved knowledge had to say. */
export const retrievalFinishedSchema = callEvent('retrieval.finished', {
  query: z.string(),
  snapshotId: z.string(),
  hits: z.array(
    z.object({ docId: z.string(), title: z.string(), span: textSpanSchema, scoreRatio: z.number() }),
  ),
  tookMs: z.number().nonnegative(),
});
export type RetrievalFinished = z.infer<typeof retrievalFinishedSchema>;
