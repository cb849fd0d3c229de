import {
  consultationRequestSchema,
  consultationSchema,
  roomTokenQuerySchema,
  roomTokenRequestSchema,
  roomTokenSchema,
} from '#shared/protocol/room-token.ts';
import {
  consultationQuerySchema,
  consultationSchema as consultationRowSchema,
} from '#shared/domain/consultation.ts';
import { z } from 'zod';
import { noBody, route, type Route } from './route.ts';

/** Rooms of the LiveKit server: who may enter, and how a caller's page opens one. */
export const ROOM_ROUTES = {
  ownRoomToken: route(
    'GET',
    '/api/livekit/token',
    'The right to listen in a room, for the person of this session.',
    'call.listen',
    { query: roomTokenQuerySchema, result: roomTokenSchema },
  ),
  roomToken: route(
    'POST',
    '/api/livekit/token',
    'The right to enter a room as somebody, as far as the role of this session goes. The room must exist.',
    'session',
    { body: roomTokenRequestSchema, result: roomTokenSchema },
  ),
  openConsultation: route(
    'POST',
    '/api/livekit/consultation',
    'Opens a room for a caller, asks for the AI and gives the caller the right to enter. A few per minute and address.',
    'public',
    { body: consultationRequestSchema, result: consultationSchema },
  ),
  consultations: route(
    'GET',
    '/api/consultations',
    'Consultations of the org, newest first; archived ones only when asked for.',
    'call.view',
    { query: consultationQuerySchema, result: z.object({ consultations: z.array(consultationRowSchema) }) },
  ),
  archiveConsultation: route(
    'POST',
    '/api/consultations/:id/archive',
    'Takes a consultation off the list, or back onto it; nothing is deleted.',
    'call.end',
    {
      params: z.object({ id: z.string().min(1).max(64) }),
      body: z.object({ archived: z.boolean().default(true) }),
      result: z.object({ archived: z.boolean() }),
    },
  ),
  livekitWebhook: route(
    'POST',
    '/api/livekit/webhook',
    'Events of the LiveKit server, as application/webhook+json and signed by it.',
    'public',
    { body: noBody, result: z.object({ taken: z.boolean() }) },
  ),
} as const satisfies Record<string, Route>;
