import { z } from 'zod';
import { callEvent } from './envelope.ts';

export const speculationCauseSchema = z.enum([
  'same-words', // the turn had the words that were drafted on
  'words-changed', // the caller went on, or the recogniser changed its mind
  'note-arrived', // a supervisor whispered meanwhile
  'context-changed', // something was said or published meanwhile
  'needs-tool', // the answer needs a tool, and tools are not run on a guess
  'failed', // the model failed; the turn tries again
  'cut', // all speech was ended meanwhile
  'floor-taken',
  'call-ended',
]);
export type SpeculationCause = z.infer<typeof speculationCauseSchema>;

/** An answer was drafted before the turn was over. Adopted, it became the answer; discarded, nobody heard any of it. */
export const speculationEndedSchema = callEvent('speculation.ended', {
  hypothesisId: z.string(),
  outcome: z.enum(['adopted', 'discarded']),
  cause: speculationCauseSchema,
  /** From the start of the draft to this moment: the head start of an adopted one, the work of a discarded one. */
  aheadMs: z.number().nonnegative(),
  chunkCount: z.number().int().nonnegative(),
  /** Characters drafted so far. */
  charCount: z.number().int().nonnegative(),
});
export type SpeculationEnded = z.infer<typeof speculationEndedSchema>;
