import { z } from 'zod';

/**
 * What a person asks for: `listen` hears the call; `microphone` will speak on it (and hears it); `coach` speaks to the human on
 * the call, whom the caller hears and who alone hears this.
 */
export const audioDirectionSchema = z.enum(['listen', 'microphone', 'coach']);
export type AudioDirection = z.infer<typeof audioDirectionSchema>;

/** How the person's audio travels. `worker`: frames over the worker's own socket. `livekit`: by joining a room. */
export const audioGrantSchema = z.discriminatedUnion('via', [
  z.object({ via: z.literal('worker'), grant: z.string(), expiresInMs: z.number().int() }),
  z.object({
    via: z.literal('livekit'),
    /** `ws:` or `wss:`, the address of the LiveKit server as desks reach it. */
    url: z.string(),
    token: z.string(),
    roomName: z.string(),
    identity: z.string(),
    expiresInMs: z.number().int(),
  }),
]);
export type AudioGrantAnswer = z.infer<typeof audioGrantSchema>;
