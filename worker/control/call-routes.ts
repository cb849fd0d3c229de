import { z } from 'zod';
import { callIdSchema } from '#shared/domain/ids.ts';
import { placeCallSchema } from '#shared/protocol/place-call.ts';
import { route, type Route } from './route.ts';

/** Calls that people ask for. */
export const CALL_ROUTES = {
  placeCall: route(
    'POST',
    '/api/calls',
    'Calls a phone number and lets the AI speak with whoever answers. Answers once the call is on the floor, before anybody picks up. The same `requestId` again gives the same call.',
    'call.place',
    { body: placeCallSchema, result: z.object({ callId: callIdSchema }) },
  ),
} as const satisfies Record<string, Route>;
