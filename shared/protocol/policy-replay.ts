import { z } from 'zod';

const judgement = z.object({
  decision: z.enum(['allow', 'redact', 'veto']),
  text: z.string(),
  policy: z.string().nullable(),
});

export const policyChangeSchema = z.object({
  callId: z.string(),
  chunkId: z.string(),
  /** Place of the sentence in the call's log. */
  seq: z.number().int(),
  atMs: z.number(),
  change: z.enum(['newly-vetoed', 'no-longer-vetoed', 'redacted-differently']),
  draft: z.string(),
  before: judgement,
  after: judgement,
});

/** Sentences that were stopped for alike reasons, and the article that would have answered. */
export const vetoClusterSchema = z.object({
  /** The sentence nearest to the middle. */
  example: z.string(),
  policy: z.string(),
  count: z.number().int(),
  /** The newest of them, each with its moment. */
  members: z.array(
    z.object({ callId: z.string(), seq: z.number().int(), atMs: z.number(), text: z.string() }),
  ),
  article: z.object({ docId: z.string(), title: z.string() }).nullable(),
});
export type VetoCluster = z.infer<typeof vetoClusterSchema>;

export const policyReplayQuerySchema = z.object({
  /** The draft as text: YAML or JSON as the policy place takes it; empty judges with what is in force. */
  text: z.string().max(60_000),
  fromMs: z.number().int().nonnegative(),
  toMs: z.number().int().positive(),
  calls: z.number().int().min(1).max(200).default(100),
});

export const policyReplaySchema = z.object({
  label: z.string(),
  callCount: z.number().int(),
  judgedCount: z.number().int(),
  changes: z.array(policyChangeSchema),
  clusters: z.array(vetoClusterSchema),
});
export type PolicyReplay = z.infer<typeof policyReplaySchema>;
