import { z } from 'zod';
import { attentionReasonSchema, floorHolderSchema } from './call.ts';
import { callIdSchema } from './ids.ts';
import { parkedWithSchema } from './parked.ts';
import { turnStateSchema } from './turn-state.ts';

/** One call as a row or card of the floor. A snapshot is made of these, so that its size does not depend on how long calls last. */
export const callSummarySchema = z.object({
  callId: callIdSchema,
  lastSeq: z.number().int(),
  displayName: z.string(),
  from: z.string().nullable(),
  line: z.string(),
  phase: z.enum(['ringing', 'connected', 'ended']),
  endReason: z.string().nullable(),
  /** Why the line failed, where it did. */
  endCode: z.string().optional(),
  ringingAtMs: z.number(),
  connectedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  turn: turnStateSchema,
  floor: floorHolderSchema,
  floorUserId: z.string().nullable(),
  floorUserName: z.string().nullable(),
  /** Who has taken the call over and not given it back; a barge takes nothing over. */
  takenOverBy: z.string().nullable(),
  heldByName: z.string().nullable(),
  /** The line has the caller for a transfer: where they are, and who is called. Absent while they are here. */
  parked: z.object({ with: parkedWithSchema, target: z.string() }).nullable().optional(),
  listeners: z.array(z.object({ userId: z.string(), name: z.string() })).readonly(),
  /** Last words said and heard, for the row; the last three for the side panel. */
  lastLines: z
    .array(z.object({ speaker: z.enum(['caller', 'ai', 'human']), text: z.string(), atMs: z.number() }))
    .readonly(),
  /** Open reasons, worst first. */
  attention: z.array(z.object({ reason: attentionReasonSchema, atMs: z.number() })).readonly(),
  vetoCount: z.number().int(),
  interruptionCount: z.number().int(),
  /** Spans of the last minutes for the sparkline, oldest first, at most 40. */
  recent: z
    .array(
      z.object({
        lane: z.enum(['caller', 'A', 'B', 'human']),
        fromMs: z.number(),
        toMs: z.number().nullable(),
        vetoed: z.boolean(),
      }),
    )
    .readonly(),
  /** Texts of chunks that have not sounded yet, which the fold needs and screens never read. */
  drafts: z
    .array(
      z.object({
        chunkId: z.string(),
        lane: z.enum(['A', 'B']),
        text: z.string(),
        turnId: z.string().nullable(),
        /** Drafted on a guess at what the caller will have said. */
        hypothesisId: z.string().nullable(),
        vetoedAtMs: z.number().nullable(),
      }),
    )
    .readonly()
    .optional(),
});
type Row = z.infer<typeof callSummarySchema>;
export type CallSummary = Readonly<Omit<Row, 'drafts' | 'endCode' | 'parked'>> & {
  readonly drafts?: Row['drafts'] | undefined;
  readonly endCode?: string | undefined;
  readonly parked?: Row['parked'] | undefined;
};
