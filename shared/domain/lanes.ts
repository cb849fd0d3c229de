import { z } from 'zod';

/** Lanes that speak: A reflex, B reasoned. Lane C judges and never speaks. */
export const laneSchema = z.enum(['A', 'B']);
export type Lane = z.infer<typeof laneSchema>;

/** Why a chunk exists. All of them pass the same gate. */
export const chunkOriginSchema = z.enum([
  'greeting', // first words of the call, with disclosure
  'reflex', // Lane A acknowledgement from the closed phrase bank
  'reply', // Lane B's answer
  'rephrase', // Lane B's one safe try after a veto
  'fallback', // the fixed sentence after a failed rephrase
  'say-now', // a sentence a supervisor asked for
  'bridge', // first words after a hand-back, an undo or a lost human
  'override', // what Lane C refused and a supervisor released
  'briefing', // what a colleague on the phone is told before they get the caller; the caller never hears it
  'notice', // system announcements, such as "a supervisor has been told"
]);
export type ChunkOrigin = z.infer<typeof chunkOriginSchema>;

/** Where a chunk is in its life (architecture 2.2). `withheld` may follow any state before `speaking`. */
export const CHUNK_STATES = [
  'drafted',
  'allowed',
  'redacted',
  'vetoed',
  'held',
  'released',
  'queued',
  'speaking',
  'spoken',
  'interrupted',
  'withheld',
] as const;
export type ChunkState = (typeof CHUNK_STATES)[number];

export const withholdCauseSchema = z.enum([
  'barge-in',
  'taken-over',
  'barged',
  'parked',
  'vetoed-by-supervisor',
  'held-too-long',
  'superseded',
  'speech-resumed',
  'reasoned-first',
  'stale-hypothesis',
  'voice-failed',
  'nothing-left',
  'call-ended',
  'host-lost',
]);
export type WithholdCause = z.infer<typeof withholdCauseSchema>;

/** `[start, end)` in UTF-16 code units of the text it belongs to. */
export const textSpanSchema = z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]);
export type TextSpan = readonly [start: number, end: number];

/** Where a statement comes from: a span of one approved document of one snapshot, or one tool call. */
export const citationSchema = z.object({
  kind: z.enum(['document', 'tool']),
  /** Document id, or tool call id. */
  sourceId: z.string(),
  title: z.string(),
  /** The exact words the statement rests on. */
  quote: z.string(),
  /** Span of `quote` in the document's body; absent for tools. */
  span: textSpanSchema.optional(),
  snapshotId: z.string().optional(),
});
export type Citation = z.infer<typeof citationSchema>;

/** What one policy said of one chunk, as events and the console carry it. `reason` is a code, never prose. */
export const verdictSchema = z.object({
  auditId: z.string(),
  policy: z.string(),
  decision: z.enum(['allow', 'redact', 'veto']),
  reason: z.string(),
  judgeMs: z.number().nonnegative(),
  /** Policy documents it was judged by, such as `demo@3+calls@1`; absent where no document decides. */
  documentVersion: z.string().optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;
