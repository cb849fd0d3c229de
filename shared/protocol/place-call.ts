import { z } from 'zod';

/** Asks for a call to a phone number. */
export const placeCallSchema = z.strictObject({
  /** As people write it. */
  to: z.string().trim().min(1).max(60),
  /** Chosen by whoever asks, once for each call that they want. */
  requestId: z.string().min(1).max(64),
  /** Who is called, where that is known. */
  name: z.string().trim().max(100).default(''),
});
export type PlaceCall = z.infer<typeof placeCallSchema>;
