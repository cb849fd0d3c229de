import { z } from 'zod';
import { idSchema } from './knowledge-ids.ts';

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/u);

export const chainHeadSchema = z.object({ seq: z.number().int().nonnegative(), hash: hashSchema });

export const auditEntrySchema = z.object({
  eventId: idSchema,
  atMs: z.number().int(),
  kind: z.string().min(1).max(64),
  payload: z.string().max(64_000).nullable(),
  salt: z.string().max(64).nullable(),
  seq: z.number().int().positive(),
  leaf: hashSchema,
  hash: hashSchema,
});

/** `POST /api/audit/frames`: some entries in a row of one device's chain (SYN3). An empty frame asks for the head. */
export const auditFrameSchema = z.strictObject({
  deviceId: idSchema,
  epoch: z.number().int().positive(),
  origin: chainHeadSchema.extend({ epoch: z.number().int().positive() }).nullable(),
  entries: z.array(auditEntrySchema).max(2_000),
});

/** `ok` is a receipt: signed by the worker over device, epoch, head and time, kept by the device (SYN7). */
export const frameAnswerSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('ok'),
    epoch: z.number().int(),
    head: chainHeadSchema,
    serverTimeMs: z.number(),
    /** Compact JWS. */
    receipt: z.string(),
  }),
  z.object({ outcome: z.literal('gap'), epoch: z.number().int(), head: chainHeadSchema }),
  z.object({ outcome: z.literal('fork'), newestEpoch: z.number().int().nonnegative() }),
]);
