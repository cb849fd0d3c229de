import { z } from 'zod';
import { chunkOriginSchema } from './lanes.ts';

/** Policies that are lists of phrases, as an org writes them (`resources/policies/*.json`). Format 1 of a policy document. */
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
          .array(
            z.object({
              phrase: z.string().min(2).max(200),
              reason: z.string().regex(/^[a-z][a-z-]+$/),
              /** `open`: longer words count too ("guarantee" in "guaranteed"); `word`: only where a word ends. */
              end: z.enum(['open', 'word']).optional(),
            }),
          )
          .min(1),
        /** Longer phrases that may be said although a forbidden one is part of them: "no guarantee". */
        unless: z.array(z.string().min(2).max(200)).optional(),
      }),
    )
    .min(1),
});
export type PhrasePolicyDocument = z.infer<typeof phrasePolicyDocumentSchema>;
export type PhrasePolicy = PhrasePolicyDocument['policies'][number];
