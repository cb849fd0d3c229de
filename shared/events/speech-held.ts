import type { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** A supervisor holds the AI: nothing more is released until resumed. */
export const speechHeldSchema = callEvent('speech.held', {
  ...actorShape,
});
export type SpeechHeld = z.infer<typeof speechHeldSchema>;
