import { z } from 'zod';
import { callSummarySchema } from '#shared/domain/call-summary.ts';
import { callIdSchema, commandIdSchema } from '#shared/domain/ids.ts';
import { errorBodySchema } from '#shared/errors/app-error.ts';
import { callEventSchema } from '#shared/events/call-event.ts';
import { noticeSchema } from './notices.ts';
import { commandAnswerSchema, supervisionVerbSchema } from './supervision.ts';

/** Raised when a client of one version could misread the other. Guarded by the protocol hash test. */
export const PROTOCOL_VERSION = 3;

/** Longest time events wait to travel together. Vetoes, attention and takeovers do not wait. Source: perf research, finding 1. */
export const WIRE_BATCH_MS = 33;
/** Largest message of a client that is carried out; a larger one is refused with `input.too-large`. */
export const MAX_CLIENT_MESSAGE_BYTES = 64 * 1024;
/** Beyond it a message is not even read: the connection ends with code 1009. */
export const MAX_CLIENT_FRAME_BYTES = 1024 * 1024;
export const HEARTBEAT_MS = 500;
/** Beats that may be missing before the other side counts as dead. */
export const MISSED_BEATS = 3;

export const journalEntrySchema = z.object({
  position: z.number().int().nonnegative(),
  event: callEventSchema,
});

/** Client to worker, over `/api/stream`. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  /** `after` is the last position the client has; -1 for "only what is needed to draw the floor now". */
  z.object({ type: z.literal('subscribe'), protocol: z.number().int(), after: z.number().int() }),
  z.object({
    type: z.literal('command'),
    callId: callIdSchema,
    commandId: commandIdSchema,
    verb: supervisionVerbSchema,
    /** Parsed by the verb's own schema. */
    args: z.record(z.string(), z.unknown()),
  }),
  z.object({ type: z.literal('beat') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** Worker to client. */
export const workerMessageSchema = z.discriminatedUnion('type', [
  /** First answer to `subscribe`: everything after `position` follows. */
  z.object({
    type: z.literal('snapshot'),
    workerId: z.string(),
    position: z.number().int(),
    brain: z.string(),
    voice: z.string(),
    /** True: `entries` continue what the client has. False: the client forgets what it has and takes `calls`. */
    resumed: z.boolean(),
    /** Every call that is open, as the events up to `position` made it; empty on resume. */
    calls: z.array(callSummarySchema),
    /** What was missed; empty unless resumed. */
    entries: z.array(journalEntrySchema),
  }),
  z.object({
    type: z.literal('batch'),
    entries: z.array(journalEntrySchema),
    notices: z.array(noticeSchema),
  }),
  z.object({ type: z.literal('answer'), commandId: commandIdSchema, answer: commandAnswerSchema }),
  z.object({ type: z.literal('refused'), error: errorBodySchema }),
  /** What keeps the worker from its work, after every snapshot and whenever it changes; null when nothing does. */
  z.object({ type: z.literal('health'), problem: errorBodySchema.nullable() }),
  /** Knowledge of the org has come to this version: after every snapshot, and whenever it changes. Never what has changed (KN32). */
  z.object({ type: z.literal('knowledge'), version: z.number().int().nonnegative() }),
  z.object({ type: z.literal('beat'), workerMonoMs: z.number() }),
]);
export type WorkerMessage = z.infer<typeof workerMessageSchema>;
