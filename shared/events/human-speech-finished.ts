import { z } from 'zod';
import { epochMsSchema } from '#shared/domain/units.ts';
import { actorShape, callEvent } from './envelope.ts';

/** A person of ours spoke to the caller; without a recogniser only the length is known. */
export const humanSpeechFinishedSchema = callEvent('human-speech.finished', {
  ...actorShape,
  startedAtMs: epochMsSchema,
  durationMs: z.number().nonnegative(),
  text: z.string().nullable(),
});
export type HumanSpeechFinished = z.infer<typeof humanSpeechFinishedSchema>;
