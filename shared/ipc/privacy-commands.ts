import { z } from 'zod';
import { personQuerySchema } from '../domain/person-query.ts';
import type { ErrorCode } from '../errors/app-error.ts';
import {
  erasureReasonSchema,
  personCallSchema,
  personErasureSchema,
  personExportSchema,
  retentionProfileSchema,
  retentionSchema,
} from '../protocol/privacy.ts';

const FAILS: readonly ErrorCode[] = [
  'access.denied',
  'erasure.busy',
  'erasure.held',
  'input.invalid',
  'worker.unreachable',
];
const person = z.object({ person: personQuerySchema });

/** What admins keep, hand over and erase. */
export const privacyCommands = {
  'get-retention': { args: z.object({}), result: retentionSchema, fails: FAILS },
  'choose-retention': {
    args: z.object({ profile: retentionProfileSchema }),
    result: retentionSchema,
    fails: FAILS,
  },
  'find-person': { args: person, result: z.object({ calls: z.array(personCallSchema) }), fails: FAILS },
  'export-person': { args: person, result: personExportSchema, fails: FAILS },
  'erase-person': {
    args: person.extend({ calls: z.number().int().nonnegative(), reason: erasureReasonSchema }),
    result: personErasureSchema,
    fails: FAILS,
  },
} as const;
