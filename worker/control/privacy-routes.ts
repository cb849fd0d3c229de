import { z } from 'zod';
import { callIdSchema } from '#shared/domain/ids.ts';
import { personQuerySchema } from '#shared/domain/person-query.ts';
import { RETENTION_PROFILE_NAMES } from '#shared/domain/retention.ts';
import { ERASURE_SCOPES } from '#shared/events/erase-event.ts';
import { route, type Route } from './route.ts';

const profile = z.enum(RETENTION_PROFILE_NAMES);
const personBody = z.strictObject({ person: personQuerySchema });

export const retentionSchema = z.object({
  profile,
  /** False while the org has not chosen and the worker's own counts. */
  isChosen: z.boolean(),
  profiles: z.array(z.object({ name: profile, audioDays: z.number(), wordDays: z.number() })),
});

export const personCallSchema = z.object({
  callId: callIdSchema,
  displayName: z.string(),
  line: z.string(),
  startedAtMs: z.number(),
  isOpen: z.boolean(),
  legalHold: z.boolean(),
  erased: z.enum(ERASURE_SCOPES).nullable(),
  hasRecording: z.boolean(),
  tickets: z.number().int(),
});

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
    { body: z.strictObject({ profile }), result: retentionSchema },
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
    { body: personBody, result: z.object({ calls: z.number().int(), jsonLines: z.string() }) },
  ),
  erasePerson: route(
    'POST',
    '/api/privacy/erase',
    'Erases all there is of one person, or nothing where a call is held or busy. `calls` is how many were found, so that nobody erases what they have not seen.',
    'privacy.manage',
    {
      body: personBody.extend({
        calls: z.number().int().nonnegative(),
        reason: z.string().trim().min(1).max(500),
      }),
      result: z.object({
        erased: z.number().int(),
        /** Of other systems; they have to be deleted there. */
        ticketsElsewhere: z.array(z.object({ provider: z.string(), ticketId: z.string() })),
      }),
    },
  ),
} as const satisfies Record<string, Route>;
