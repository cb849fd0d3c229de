import { z } from 'zod';
import { noteIdSchema } from '#shared/domain/ids.ts';
import { callEvent } from './envelope.ts';

/** The note was read and not used, and why. */
export const whisperUnusedSchema = callEvent('whisper.unused', {
  noteId: noteIdSchema,
  reason: z.enum(['not-relevant', 'vetoed', 'no-further-turn', 'taken-over', 'interrupted']),
});
export type WhisperUnused = z.infer<typeof whisperUnusedSchema>;
