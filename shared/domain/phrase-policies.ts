import { z } from 'zod';
import { chunkOriginSchema } from './lanes.ts';

/** Policies that are lists of phrases, as an org writes them (`resources/policies/*.json`). */
export const phrasePolicyDocumentSchema = z.object({
  version: z.number().int().positive(),
  policies: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z][a-z-]+$/),
        overridable: z.boolean(),
        /** Origins that are exempt, such as a sentence a supervisor wrote. */
        exceptOrigins: z.array(chunkOriginSchema).default([]),
        phrases: z
          .array(z.object({ phrase: z.string().min(2).max(200), reason: z.string().regex(/^[a-z][a-z-]+$/) }))
          .min(1),
      }),
    )
    .min(1),
});
export type PhrasePolicyDocument = z.infer<typeof phrasePolicyDocumentSchema>;
export type PhrasePolicy = PhrasePolicyDocument['policies'][number];
