import { z } from 'zod';
import { RETENTION_PROFILE_NAMES } from '#shared/domain/retention.ts';
import { callEvent } from './envelope.ts';

/** The first sample of the recording belongs to `atMs`: a moment of the call lies `atMs - this.atMs` into the file. */
export const recordingStartedSchema = callEvent('recording.started', {
  format: z.literal('ogg-opus'),
  /** First sample of the call's axis in the file. */
  sample: z.number().int().nonnegative(),
  /** How long the audio is kept; absent in logs from before there were profiles. */
  retention: z
    .object({
      profile: z.enum(RETENTION_PROFILE_NAMES),
      keepDays: z.number().int().nonnegative(),
      legalHold: z.boolean(),
    })
    .optional(),
});
export type RecordingStarted = z.infer<typeof recordingStartedSchema>;
