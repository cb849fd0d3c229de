import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** The person on the line took the suggestion over; the AI counts it as said by them. */
export const suggestionUsedSchema = callEvent('suggestion.used', {
  suggestionId: z.string(),
  ...actorShape,
  text: z.string(),
});
export type SuggestionUsed = z.infer<typeof suggestionUsedSchema>;
