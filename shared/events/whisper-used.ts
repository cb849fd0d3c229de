import { z } from 'zod';
import { noteIdSchema } from '#shared/domain/ids.ts';
import { callEvent } from './envelope.ts';

/** The note shaped an answer. */
export const whisperUsedSchema = callEvent('whisper.used', {
  noteId: noteIdSchema,
  chunkIds: z.array(z.string()),
  turnNumber: z.number().int().positive(),
});
export type WhisperUsed = z.infer<typeof whisperUsedSchema>;
