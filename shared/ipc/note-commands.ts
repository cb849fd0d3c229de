import { z } from 'zod';
import { MAX_NOTE_CHARS, NOTE_FLAGS } from '#shared/domain/call-note.ts';
import { callIdSchema } from '#shared/domain/ids.ts';
import { idSchema } from '#shared/protocol/knowledge-ids.ts';
import { conflictSchema } from '#shared/protocol/knowledge.ts';

export const noteFlagSchema = z.enum(NOTE_FLAGS);

/** What was written and marked. */
const words = { text: z.string().max(MAX_NOTE_CHARS), flag: noteFlagSchema.nullable() };

/** A note on a call as it stands on this desk (NOT5). */
export const callNoteSchema = z.object({
  noteId: idSchema,
  /** The revision that stands: the base of an edit. */
  headId: idSchema,
  ...words,
  /** Longer than one may be written where two people's texts were merged. */
  text: z.string(),
  writtenBy: z.string(),
  writtenAtMs: z.number(),
  /** Who changed it last; null where nobody has. */
  edited: z.object({ by: z.string(), atMs: z.number() }).nullable(),
  state: z.discriminatedUnion('name', [
    z.object({ name: z.literal('sent') }),
    z.object({ name: z.literal('waiting') }),
    /** What was not accepted, and why; it stays until it is saved again or thrown away. */
    z.object({
      name: z.literal('refused'),
      reason: z.string(),
      isDeletion: z.boolean(),
      text: z.string(),
      flag: noteFlagSchema.nullable(),
      baseId: idSchema.nullable(),
    }),
  ]),
  /** Open ones. */
  conflicts: z.array(conflictSchema),
});
export type CallNote = z.infer<typeof callNoteSchema>;

/** Notes of one call, for lists. */
export const noteCountSchema = z.object({ notes: z.number().int(), flags: z.array(noteFlagSchema) });
export type NoteCount = z.infer<typeof noteCountSchema>;

const SAVES = [
  'access.denied',
  'input.invalid',
  'knowledge.unknown',
  'storage.full',
  'storage.read-only',
  'storage.failed',
] as const;

/** Notes on calls. All of it works without a worker (NOT4). */
export const NOTE_COMMANDS = {
  'list-call-notes': {
    args: z.object({ callId: callIdSchema }),
    /** Newest first. */
    result: z.object({ notes: z.array(callNoteSchema) }),
    fails: ['storage.failed', 'storage.corrupt'],
  },
  'count-call-notes': {
    args: z.object({ callIds: z.array(callIdSchema).max(1_000) }),
    /** Calls without a note are left out. */
    result: z.object({ counts: z.record(z.string(), noteCountSchema) }),
    fails: ['storage.failed', 'storage.corrupt'],
  },
  'save-call-note': {
    args: z.object({
      callId: callIdSchema,
      /** Null for a new note. */
      noteId: idSchema.nullable(),
      /** The revision that was on the screen when the edit began; null for a new note. */
      baseId: idSchema.nullable(),
      ...words,
      resolves: z.array(idSchema).max(100).default([]),
    }),
    result: z.object({ noteId: idSchema, revisionId: idSchema }),
    fails: SAVES,
  },
  'delete-call-note': {
    args: z.object({ noteId: idSchema, baseId: idSchema }),
    result: z.object({ revisionId: idSchema }),
    fails: SAVES,
  },
  /** Throws away what the worker did not accept of a note. */
  'drop-refused-note': {
    args: z.object({ noteId: idSchema }),
    result: z.object({}),
    fails: ['input.invalid', 'storage.full', 'storage.read-only', 'storage.failed'],
  },
} as const;
