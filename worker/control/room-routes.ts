import {
  consultationRequestSchema,
  consultationSchema,
  roomTokenQuerySchema,
  roomTokenRequestSchema,
  roomTokenSchema,
} from '#shared/protocol/room-token.ts';
import { route, type Route } from './route.ts';

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
} as const satisfies Record<string, Route>;
