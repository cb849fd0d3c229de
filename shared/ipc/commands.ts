import { z } from 'zod';
import { figureQuerySchema, windowFiguresSchema } from '#shared/domain/call-figures.ts';
import { callQuerySchema, listedCallSchema } from '#shared/domain/call-list.ts';
import { callIdSchema } from '#shared/domain/ids.ts';
import { CAPABILITIES, roleSchema } from '#shared/domain/roles.ts';
import { errorBodySchema, type ErrorBody, type ErrorCode } from '#shared/errors/app-error.ts';
import { callEventSchema } from '#shared/events/call-event.ts';
import { audioDirectionSchema } from '#shared/protocol/audio-grant.ts';
import { placeCallSchema } from '#shared/protocol/place-call.ts';
import { commandResultSchema, supervisionVerbSchema } from '#shared/protocol/supervision.ts';
import { accountCommands } from './account-commands.ts';
import { audioWaySchema } from './audio-way.ts';
import { ARCHIVE_COMMANDS } from './archive-commands.ts';
import { KNOWLEDGE_COMMANDS } from './knowledge-commands.ts';
import { NOTE_COMMANDS } from './note-commands.ts';
import { syncStatusSchema } from './sync-status.ts';
import { privacyCommands } from './privacy-commands.ts';

type CommandSpec = { args: z.ZodType; result: z.ZodType; fails: readonly ErrorCode[] };

/** State of the desk's link to its worker. One member, one reason; never a pile of booleans. */
export const linkStateSchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('starting') }),
  z.object({
    name: z.literal('live'),
    latencyMs: z.number().nonnegative(),
    workerId: z.string(),
    brain: z.string(),
    voice: z.string(),
    /** Whether phone numbers can be called; what this is absent from cannot. */
    canDial: z.boolean().optional(),
    /** The link stands, and something keeps the worker from its work or this desk from understanding all of it. */
    problem: errorBodySchema.optional(),
  }),
  /** The worker is gone or hung; `attempt` counts tries to reach it again. */
  z.object({
    name: z.literal('lost'),
    sinceMs: z.number(),
    attempt: z.number().int(),
    code: z.string(),
    message: z.string(),
  }),
]);
export type LinkState = z.infer<typeof linkStateSchema>;

/** Which shell this is; features it lacks are absent, never greyed out. */
export const hostSchema = z.object({
  kind: z.enum(['electron', 'browser']),
  features: z.array(z.enum(['tray', 'global-keys', 'keychain'])),
});

const settings = {
  theme: z.enum(['system', 'light', 'dark']),
  singleKeys: z.boolean(),
  outputDeviceId: z.string(),
  inputDeviceId: z.string(),
  listenOnOpen: z.boolean(),
  /** Keys other than the key list's, by its action: `Ctrl+Z`, or an empty text for none. */
  keymap: z.record(z.string(), z.string()),
  /** Sounds that tell what happens without being looked at. */
  earcons: z.boolean(),
  earconVolumeRatio: z.number().min(0).max(1),
  /** The tour of the first start: `new` until it was walked through or put away. */
  tour: z.enum(['new', 'done']),
};

/** What the console remembers about itself on this desk. */
export const settingsSchema = z.object({
  theme: settings.theme.default('system'),
  singleKeys: settings.singleKeys.default(true),
  outputDeviceId: settings.outputDeviceId.default(''),
  inputDeviceId: settings.inputDeviceId.default(''),
  listenOnOpen: settings.listenOnOpen.default(false),
  keymap: settings.keymap.default({}),
  earcons: settings.earcons.default(true),
  earconVolumeRatio: settings.earconVolumeRatio.default(0.5),
  tour: settings.tour.default('new'),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Present where the worker is away and this desk answered by itself: when it last heard of it. */
const fromThisDesk = { asOfMs: z.number().optional() };

/** Renderer to desk core, one answer each. What the core pushes unasked is in `notices.ts` and `streams.ts`. */
export const commands = {
  'get-desk': {
    args: z.object({}),
    result: z.object({
      host: hostSchema,
      user: z.object({
        userId: z.string(),
        name: z.string(),
        role: roleSchema,
        capabilities: z.array(z.enum(CAPABILITIES)),
      }),
      link: linkStateSchema,
      settings: settingsSchema,
      /** Signed in with an account, and not as whoever sits at this machine. */
      hasAccount: z.boolean().optional(),
    }),
    fails: ['access.unauthenticated', 'account.sign-in-needed', 'worker.unreachable'],
  },
  ...accountCommands,
  ...privacyCommands,
  'supervise-call': {
    args: z.object({
      callId: callIdSchema,
      commandId: z.string().min(1).max(64),
      verb: supervisionVerbSchema,
      args: z.record(z.string(), z.unknown()),
    }),
    result: commandResultSchema,
    fails: [
      'access.denied',
      'call.unknown',
      'call.already-ended',
      'chunk.already-speaking',
      'chunk.unknown',
      'lease.held-by-other',
      'undo.too-late',
    ],
  },
  'get-call-events': {
    args: z.object({ callId: callIdSchema, afterSeq: z.number().int() }),
    result: z.object({ events: z.array(callEventSchema), ...fromThisDesk }),
    fails: ['call.unknown', 'worker.unreachable'],
  },
  /** Which way this person's audio of one call goes. */
  'get-audio-way': {
    args: z.object({ callId: callIdSchema, direction: audioDirectionSchema }),
    result: audioWaySchema,
    fails: ['access.denied', 'call.already-ended', 'call.unknown', 'media.refused', 'worker.unreachable'],
  },
  /** Calls a phone number; answers once the call is on the floor. */
  'place-call': {
    args: placeCallSchema,
    result: z.object({ callId: callIdSchema }),
    fails: [
      'access.denied',
      'access.too-often',
      'input.invalid',
      'media.unreachable',
      'telephony.busy',
      'telephony.refused',
      'telephony.unreachable',
      'worker.unreachable',
    ],
  },
  /** Calls there have been, newest first. */
  'list-calls': {
    args: callQuerySchema,
    result: z.object({ calls: z.array(listedCallSchema), ...fromThisDesk }),
    fails: ['worker.unreachable'],
  },
  /** How well the calls went that ended in a window. */
  'get-figures': {
    args: figureQuerySchema,
    result: windowFiguresSchema,
    fails: ['input.invalid', 'worker.unreachable'],
  },
  /** Only what is sent changes: these fields have no defaults that would overwrite the others. */
  'save-settings': { args: z.object(settings).partial(), result: settingsSchema, fails: ['storage.failed'] },
  ...KNOWLEDGE_COMMANDS,
  ...NOTE_COMMANDS,
  ...ARCHIVE_COMMANDS,
  'get-sync': { args: z.object({}), result: syncStatusSchema, fails: [] },
  /** Does not wait for the next try. Answers with how it stands before it. */
  'sync-now': { args: z.object({}), result: syncStatusSchema, fails: [] },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof commands;
export type Args<C extends CommandName> = z.input<(typeof commands)[C]['args']>;
export type ParsedArgs<C extends CommandName> = z.output<(typeof commands)[C]['args']>;
export type Value<C extends CommandName> = z.output<(typeof commands)[C]['result']>;

/** What `window.desk.run(name, args)` resolves to. It never rejects: errors lose their class on the way. */
export type Answer<C extends CommandName> =
  { readonly ok: true; readonly value: Value<C> } | { readonly ok: false; readonly error: ErrorBody };

/** `electron/ipc` must fill this in: a command without a handler does not compile. */
export type CommandHandlers = { [C in CommandName]: (args: ParsedArgs<C>) => Promise<Value<C>> };
