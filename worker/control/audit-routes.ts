import { z } from 'zod';
import {
  auditChangesSchema,
  auditFrameSchema,
  auditProofSchema,
  frameAnswerSchema,
  MAX_FRAME_BYTES,
} from '#shared/protocol/audit.ts';
import { route, type Route } from './route.ts';

/** What devices and whoever checks them do with audit chains. */
export const AUDIT_ROUTES = {
  auditFrames: route(
    'POST',
    '/api/audit/frames',
    'Takes some entries in a row of one device’s chain. `ok` is a signed receipt; `gap` and `fork` wrote nothing and say where the store is.',
    'session',
    { body: auditFrameSchema, result: frameAnswerSchema, maxBodyBytes: MAX_FRAME_BYTES },
  ),
  auditChanges: route(
    'GET',
    '/api/audit/changes',
    'Entries of every chain of the org, each once, after `cursor`. An entry never appears behind a cursor that was given.',
    'audit.read',
    {
      query: z.object({
        cursor: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(2_000).default(500),
      }),
      result: auditChangesSchema,
    },
  ),
  auditProof: route(
    'GET',
    '/api/audit/proof',
    'Reads every chain of the org and names what is not as it was written: entries, events, audit rows, anchors.',
    'audit.read',
    { result: auditProofSchema },
  ),
  auditKeys: route(
    'GET',
    '/api/audit/keys',
    'Public keys (JWK) that receipts and anchors of this record were signed with.',
    'public',
    { result: z.object({ keys: z.array(z.object({ keyId: z.string(), jwk: z.string() })) }) },
  ),
} as const satisfies Record<string, Route>;
