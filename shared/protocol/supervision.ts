import { z } from 'zod';
import { micModeSchema } from '#shared/domain/audibility.ts';
import type { Capability } from '#shared/domain/roles.ts';
import { callIdSchema, chunkIdSchema, commandIdSchema } from '#shared/domain/ids.ts';
import { isDialable } from '#shared/domain/transfer-target.ts';
import { releaseReasonSchema } from '#shared/domain/release-reasons.ts';
import { errorBodySchema } from '#shared/errors/app-error.ts';

/** Longest note or sentence a person may send. Spoken, this is about two minutes. */
export const SUPERVISOR_TEXT_MAX_CHARS = 2000;
/** Longest hold-back of one call: more is a conversation that nobody can hold. */
export const MAX_HOLD_BACK_MS = 1500;

const text = z.string().trim().min(1).max(SUPERVISOR_TEXT_MAX_CHARS);
const none = z.object({});

/** Every verb of supervision with its arguments (architecture 4). Each is audited, idempotent and acknowledged. */
export const SUPERVISION_VERBS = {
  /** Joins as a listener. No microphone exists in this mode. */
  listen: none,
  /** Leaves: stops listening and closes the microphone; hands back first if this person has the call. */
  leave: none,
  /** Tells the worker that the desk's microphone is open (`armed`) or closed (`monitor`). Opens no edge. */
  'arm-microphone': z.object({ armed: z.boolean() }),
  'whisper-to-ai': z.object({ text }),
  /** Begins or ends whispering by voice to the person whom the caller hears; the audio is a grant of its own (`coach`). */
  'whisper-to-human': z.object({ on: z.boolean() }),
  'say-now': z.object({ text }),
  'hold-speech': none,
  'resume-speech': none,
  /** Names the chunk, or `null` for the next one that has not begun to sound. */
  'veto-chunk': z.object({ chunkId: chunkIdSchema.nullable() }),
  /** Lets the AI say what an overridable policy refused, as long as it can still be said. The reason may come later. */
  'release-chunk': z.object({ chunkId: chunkIdSchema, reason: releaseReasonSchema.optional() }),
  /** Why a refused chunk was released. */
  'set-release-reason': z.object({ chunkId: chunkIdSchema, reason: releaseReasonSchema }),
  /** How long the answers of this call wait, so that a person can step in; null: as the organisation has it. */
  'set-hold-back': z.object({ holdBackMs: z.number().int().min(0).max(MAX_HOLD_BACK_MS).nullable() }),
  /** By hand: nobody listens and nothing is recorded, or again. */
  'set-hush': z.object({ on: z.boolean() }),
  /** Joins aloud: the caller hears both, AI speech is withheld while the microphone is open. */
  barge: none,
  /** One rung down: from live or barge to listening. From `live` this hands back. */
  'step-down': none,
  'take-over': none,
  'hand-back': z.object({ notes: z.string().max(SUPERVISOR_TEXT_MAX_CHARS).default('') }),
  'undo-take-over': none,
  /** A note typed while this person has the call; the AI reads it after hand-back. */
  'add-note': z.object({ text }),
  /** Sends the caller to somebody else: a phone number or a SIP address. Answered once it is asked for; its outcome is an event. */
  transfer: z.object({ target: z.string().trim().max(200).refine(isDialable) }),
  /** The person on the line says what the AI suggested; the AI counts it as said by them. */
  'use-suggestion': z.object({ suggestionId: z.string().min(1).max(64) }),
  /** Agrees to a tool call that needs two people, exactly as it was shown: `requestHash` names the payload (TOOL44). */
  'approve-tool': z.object({
    approvalId: z.string().min(1).max(64),
    requestHash: z.string().min(1).max(64),
  }),
  'refuse-tool': z.object({ approvalId: z.string().min(1).max(64) }),
  'end-call': none,
  'flag-moment': z.object({ note: z.string().max(500).default('') }),
} as const satisfies Record<string, z.ZodObject>;

export type SupervisionVerb = keyof typeof SUPERVISION_VERBS;
export const supervisionVerbSchema = z.enum(
  Object.keys(SUPERVISION_VERBS) as [SupervisionVerb, ...SupervisionVerb[]],
);

/** Which right each verb needs; checked in the worker, every time. */
export const VERB_CAPABILITY: Readonly<Record<SupervisionVerb, Capability>> = {
  listen: 'call.listen',
  leave: 'call.view',
  'arm-microphone': 'call.barge',
  'whisper-to-ai': 'ai.whisper',
  'whisper-to-human': 'call.barge',
  'say-now': 'ai.say',
  'hold-speech': 'ai.hold',
  'resume-speech': 'ai.hold',
  'veto-chunk': 'chunk.veto',
  'release-chunk': 'veto.release',
  'set-release-reason': 'veto.release',
  'set-hold-back': 'ai.hold-back',
  'set-hush': 'call.hush',
  barge: 'call.barge',
  'step-down': 'call.view',
  'take-over': 'call.takeover',
  'hand-back': 'call.takeover',
  'undo-take-over': 'call.takeover',
  'add-note': 'call.takeover',
  transfer: 'call.takeover',
  'use-suggestion': 'call.takeover',
  'approve-tool': 'tool.approve',
  'refuse-tool': 'tool.approve',
  'end-call': 'call.end',
  'flag-moment': 'call.flag',
};

const variants = Object.entries(SUPERVISION_VERBS).map(([verb, args]) =>
  z.object({ callId: callIdSchema, commandId: commandIdSchema, verb: z.literal(verb), args }),
);

/** One command of a person to one call. The same `commandId` again returns the first answer and does nothing. */
export type SupervisionCommand = {
  [Verb in SupervisionVerb]: {
    readonly callId: z.infer<typeof callIdSchema>;
    readonly commandId: z.infer<typeof commandIdSchema>;
    readonly verb: Verb;
    readonly args: z.infer<(typeof SUPERVISION_VERBS)[Verb]>;
  };
}[SupervisionVerb];

export const supervisionCommandSchema = z.discriminatedUnion(
  'verb',
  variants as unknown as [(typeof variants)[number], ...typeof variants],
) as unknown as z.ZodType<SupervisionCommand>;

/** What a carried-out command answers. Times are milliseconds inside the worker. */
export const commandResultSchema = z.object({
  /** `seq` of the last event the command caused in the call's log; the console waits for it before it shows success. */
  seq: z.number().int(),
  /** The microphone mode the worker now holds for this person. */
  mic: micModeSchema,
  chunkId: chunkIdSchema.optional(),
  noteId: z.string().optional(),
  tookMs: z.number().nonnegative(),
});
export type CommandResult = z.infer<typeof commandResultSchema>;

export const commandAnswerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: commandResultSchema }),
  z.object({ ok: z.literal(false), error: errorBodySchema }),
]);
export type CommandAnswer = z.infer<typeof commandAnswerSchema>;
