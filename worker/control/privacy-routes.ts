import { z } from 'zod';
import { personQuerySchema } from '#shared/domain/person-query.ts';
import {
  erasedCallsSchema,
  erasureReasonSchema,
  personCallSchema,
  personErasureSchema,
  personExportSchema,
  retentionProfileSchema,
  retentionSchema,
} from '#shared/protocol/privacy.ts';
import { route, type Route } from './route.ts';

const personBody = z.strictObject({ person: personQuerySchema });

/** How long things are kept, and what there is of one person. */
export const PRIVACY_ROUTES = {
  retention: route(
    'GET',
    '/api/retention',
    'How long audio and words of the org are kept.',
    'privacy.manage',
    {
      result: retentionSchema,
    },
  ),
  chooseRetention: route(
    'POST',
    '/api/retention',
    'Chooses how long audio and words of the org are kept. Words that are over by it go within an hour.',
    'privacy.manage',
    { body: z.strictObject({ profile: retentionProfileSchema }), result: retentionSchema },
  ),
  erasedCalls: route(
    'GET',
    '/api/calls/erased',
    'Calls of the org whose caller was erased; whoever kept a copy of one throws it away.',
    'call.view',
    { result: erasedCallsSchema },
  ),
  findPerson: route(
    'POST',
    '/api/privacy/find',
    'Calls of one person, named by phone number, name or e-mail address.',
    'privacy.manage',
    { body: personBody, result: z.object({ calls: z.array(personCallSchema) }) },
  ),
  exportPerson: route(
    'POST',
    '/api/privacy/export',
    'All there is of one person, as JSON lines: each call with its turns, events, tickets and whether it was recorded.',
    'privacy.manage',
    { body: personBody, result: personExportSchema },
  ),
  erasePerson: route(
    'POST',
    '/api/privacy/erase',
    'Erases all there is of one person, or nothing where a call is held or busy. `calls` is how many were found, so that nobody erases what they have not seen.',
    'privacy.manage',
    {
      body: personBody.extend({ calls: z.number().int().nonnegative(), reason: erasureReasonSchema }),
      result: personErasureSchema,
    },
  ),
} as const satisfies Record<string, Route>;
