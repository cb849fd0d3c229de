import { z } from 'zod';
import { idSchema } from './knowledge-ids.ts';

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/u);

/** What the store keeps of one entry's payload; a longer one is parked. */
export const MAX_PAYLOAD_CHARS = 64_000;
/** A frame of this size is taken; a device sends less at a time. Source: research/sync.md A4. */
export const MAX_FRAME_BYTES = 4_194_304;

export const chainHeadSchema = z.object({ seq: z.number().int().nonnegative(), hash: hashSchema });

export const auditEntrySchema = z.object({
  eventId: idSchema,
  atMs: z.number().int(),
  kind: z.string().regex(/^[\w .:-]{1,64}$/u),
  /** Longer than `MAX_PAYLOAD_CHARS` it is set aside there, and the chain goes on (SYN14). */
  payload: z.string().nullable(),
  salt: z
    .string()
    .regex(/^[\w+/=.-]{0,64}$/u)
    .nullable(),
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
export type SignedAnswer = z.infer<typeof frameAnswerSchema>;

/** `GET /api/audit/changes?cursor=`: what other devices wrote, in the order it came (SYN15). */
export const auditChangesSchema = z.object({
  changes: z.array(
    z.object({
      deviceId: z.string(),
      epoch: z.number().int(),
      receivedAtMs: z.number(),
      entry: auditEntrySchema,
    }),
  ),
  cursor: z.string(),
});

/** What a proof of the chains found (SYN16, SYN17). */
export const auditProofSchema = z.object({
  verdict: z.enum(['pass', 'fail']),
  chains: z.number().int(),
  entries: z.number().int(),
  events: z.number().int(),
  accessRows: z.number().int(),
  anchors: z.number().int(),
  receipts: z.number().int(),
  parked: z.number().int(),
  faults: z.array(
    z.object({
      rule: z.string(),
      orgId: z.string(),
      deviceId: z.string(),
      epoch: z.number().int(),
      /** The exact entry, or the event of the call, that is not as it was. */
      seq: z.number().int(),
      says: z.string(),
    }),
  ),
});
export type AuditProof = z.infer<typeof auditProofSchema>;
