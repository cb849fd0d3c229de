import { z } from 'zod';

/**
 * Which way a person's audio of one call goes. `worker`: frames over the desk's own streams. `livekit`: the page joins a room
 * itself; the token is for that room, that identity and a few minutes.
 */
export const audioWaySchema = z.discriminatedUnion('via', [
  z.object({ via: z.literal('worker') }),
  z.object({
    via: z.literal('livekit'),
    /** `ws:` or `wss:`; the one address beside its own that the page may reach. */
    url: z.string(),
    token: z.string(),
    roomName: z.string(),
    identity: z.string(),
  }),
]);
export type AudioWay = z.infer<typeof audioWaySchema>;
export type RoomEntry = Extract<AudioWay, { via: 'livekit' }>;
