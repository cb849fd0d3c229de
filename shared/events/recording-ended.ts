import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** Nothing more is written to the recording; what was written stays. */
export const recordingEndedSchema = callEvent('recording.ended', {
  reason: z.enum(['call-ended', 'storage-failed', 'too-slow']),
  durationMs: z.number().nonnegative(),
});
export type RecordingEnded = z.infer<typeof recordingEndedSchema>;
