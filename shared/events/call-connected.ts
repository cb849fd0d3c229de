import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** Answered: audio flows both ways. */
export const callConnectedSchema = callEvent('call.connected', {
  sampleRateHz: z.number().int().positive(),
  brain: z.string(),
  voice: z.string(),
});
export type CallConnected = z.infer<typeof callConnectedSchema>;
