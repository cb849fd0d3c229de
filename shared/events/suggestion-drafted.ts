import { z } from 'zod';
import { citationSchema, verdictSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** What the AI would say while a person has the call. Read by that person; there is no way from here to the caller. */
export const suggestionDraftedSchema = callEvent('suggestion.drafted', {
  suggestionId: z.string(),
  /** After redaction. */
  text: z.string(),
  decision: z.enum(['allow', 'redact', 'veto']),
  /** The policy that refused it and why; null unless vetoed. */
  veto: z.object({ policy: z.string(), reason: z.string() }).nullable(),
  verdicts: z.array(verdictSchema),
  citations: z.array(citationSchema),
  /** From the end of the caller's turn to here. */
  draftMs: z.number().nonnegative(),
});
export type SuggestionDrafted = z.infer<typeof suggestionDraftedSchema>;
