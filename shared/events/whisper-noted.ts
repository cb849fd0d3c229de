import { z } from 'zod';
import { noteIdSchema } from '#shared/domain/ids.ts';
import { actorShape, callEvent } from './envelope.ts';

/** A supervisor whispered a note to the AI. The caller never hears it. */
export const whisperNotedSchema = callEvent('whisper.noted', {
  noteId: noteIdSchema,
  ...actorShape,
  text: z.string(),
});
export type WhisperNoted = z.infer<typeof whisperNotedSchema>;
