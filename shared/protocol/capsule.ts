import { z } from 'zod';
import { listedCallSchema } from '#shared/domain/call-list.ts';
import { auditEntrySchema, chainHeadSchema } from './audit.ts';

/** Files that a capsule may hold, by exactly these names; anything else refuses it (ARC12). */
export const CAPSULE_FILES = [
  'manifest.json',
  'manifest.jws',
  'events.jsonl',
  'call.json',
  'policies.json',
  'citations.json',
  'chain.json',
  'access.json',
  'keys.json',
  'audio.ogg',
  /** What the audio looks like, beside it. */
  'peaks.json',
] as const;
export type CapsuleFile = (typeof CAPSULE_FILES)[number];
export const CAPSULE_SUFFIX = '.sidetone-capsule';
/** What a desk takes of a file, packed and unpacked: an hour of audio is 30 MB. */
export const MAX_CAPSULE_BYTES = 209_715_200;
export const MAX_UNPACKED_BYTES = 536_870_912;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/u);

export const capsuleManifestSchema = z.object({
  format: z.literal('sidetone-capsule'),
  version: z.literal(1),
  callId: z.string().min(1).max(64),
  orgId: z.string(),
  createdAtMs: z.number(),
  createdBy: z.string(),
  workerId: z.string(),
  eventCount: z.number().int(),
  /** Events in which something was replaced: their words are not those that were chained. */
  redactedSeqs: z.array(z.number().int()),
  /** Why there is no audio; null where there is. */
  noAudio: z.string().nullable(),
  /** Versions of the policy documents in force when it was made, and in force at the verdicts. */
  policyLabel: z.string(),
  files: z.record(z.enum(CAPSULE_FILES), sha256Schema.optional()),
});
export type CapsuleManifest = z.infer<typeof capsuleManifestSchema>;

/** The chain of the call, whole, and each entry of the workers' chains that speaks of it, with the hash before it. */
export const capsuleChainSchema = z.object({
  epochs: z.array(
    z.object({
      epoch: z.number().int(),
      origin: chainHeadSchema.extend({ epoch: z.number().int() }).nullable(),
      head: chainHeadSchema,
      entries: z.array(auditEntrySchema),
    }),
  ),
});

export const capsuleAccessSchema = z.array(
  z.object({
    deviceId: z.string(),
    epoch: z.number().int(),
    /** Hash of the entry before it. */
    previous: sha256Schema,
    entry: auditEntrySchema,
  }),
);

export const capsuleCitationsSchema = z.array(
  z.object({ docId: z.string(), title: z.string(), quotes: z.array(z.string()) }),
);

/**
 * Whose key signed it. A signature proves that a file is as its signer made it, and only a key that is known says who that was: anybody
 * can make a capsule of events that never were and sign it with a key of their own (ARC13).
 */
export const capsuleSignerSchema = z.discriminatedUnion('name', [
  /** A key of the worker that this desk is signed in to, or was last. */
  z.object({ name: z.literal('own'), fingerprint: z.string() }),
  /** A key that this desk has seen at another worker. */
  z.object({ name: z.literal('known'), fingerprint: z.string(), worker: z.string() }),
  z.object({ name: z.literal('unknown'), fingerprint: z.string() }),
  /** Its signature does not hold. */
  z.object({ name: z.literal('nobody') }),
]);
export type CapsuleSigner = z.infer<typeof capsuleSignerSchema>;

/** What opening a capsule found out. */
export const capsuleViewSchema = z.object({
  /** Under which its call is read and heard: of this desk only. */
  callId: z.string(),
  manifest: capsuleManifestSchema,
  call: listedCallSchema,
  citations: capsuleCitationsSchema,
  /** What does not match, in words; nothing where all does. */
  faults: z.array(z.string()),
  signer: capsuleSignerSchema,
  provenEvents: z.number().int(),
});
export type CapsuleView = z.infer<typeof capsuleViewSchema>;
