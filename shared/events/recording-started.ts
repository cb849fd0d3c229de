import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The first sample of the recording belongs to `atMs`: a moment of the call lies `atMs - this.atMs` into the file. */
export const recordingStartedSchema = callEvent('recording.started', {
  format: z.literal('ogg-opus'),
  /** First sample of the call's axis in the file. */
  sample: z.number().int().nonnegative(),
});
export type RecordingStarted = z.infer<typeof recordingStartedSchema>;
