import { z } from 'zod';
import { consultationTypeSchema } from '../domain/rooms.ts';

/** Who a token is for, in the words of the API. `agent` is a person of ours who speaks. */
export const participantTypeSchema = z.enum(['customer', 'ai', 'monitor', 'agent', 'coach']);
export type ParticipantType = z.infer<typeof participantTypeSchema>;

const roomName = z.string().min(1).max(200);

export const roomTokenQuerySchema = z.object({ roomName });

/** Either who it is for, or the very identity; both only where they agree. */
export const roomTokenRequestSchema = z
  .object({
    roomName,
    identity: z.string().min(1).max(200).optional(),
    participantType: participantTypeSchema.optional(),
    name: z.string().max(200).optional(),
    metadata: z.string().max(1000).optional(),
  })
  .refine(request => request.identity !== undefined || request.participantType !== undefined, {
    message: 'say identity or participantType',
  });
export type RoomTokenRequest = z.infer<typeof roomTokenRequestSchema>;

export const roomTokenSchema = z.object({
  token: z.string(),
  /** `ws:` or `wss:` */
  url: z.string(),
  roomName: z.string(),
  identity: z.string(),
  expiresInMs: z.number().int(),
});
export type RoomTokenAnswer = z.infer<typeof roomTokenSchema>;

export const consultationRequestSchema = z.object({
  type: consultationTypeSchema,
  /** As the caller wants to be called. */
  name: z.string().trim().max(200).default(''),
});

export const consultationSchema = roomTokenSchema.extend({ callId: z.string() });
export type ConsultationAnswer = z.infer<typeof consultationSchema>;
