import { z } from 'zod';

const peakRatio = z.number().min(0).max(1);

/** The shape of a recording: the loudest sample of each stretch, 1 is full scale. Both sides have the same number of stretches. */
export const recordingPeaksSchema = z.object({
  /** Length of one stretch. */
  stretchMs: z.number().positive(),
  caller: z.array(peakRatio),
  /** Everything the caller heard. */
  heard: z.array(peakRatio),
});
export type RecordingPeaks = z.infer<typeof recordingPeaksSchema>;
