import { z } from 'zod';
import { TICKET_BOOK_METHODS } from '#shared/adapters/ticket-book.ts';
import { callIdSchema, orgIdSchema, userIdSchema } from '#shared/domain/ids.ts';
import { roleSchema } from '#shared/domain/roles.ts';
import { errorBodySchema } from '#shared/errors/app-error.ts';
import { callEventSchema, type CallEventDraft } from '#shared/events/call-event.ts';
import { noticeSchema } from '#shared/protocol/notices.ts';
import { processLoadSchema } from '#worker/metrics/process-load.ts';
import { commandResultSchema, supervisionCommandSchema } from '#shared/protocol/supervision.ts';

/** Both sides say so this often that they live. */
export const BEAT_EVERY_MS = 500;
/** A host that has been silent for three beats is dead: it is killed, and its calls go to another. */
export const DEAD_AFTER_MS = 3 * BEAT_EVERY_MS;

const actorSchema = z.object({
  userId: userIdSchema,
  orgId: orgIdSchema,
  name: z.string(),
  role: roleSchema,
});
const entrySchema = z.object({ position: z.number().int().nonnegative(), event: callEventSchema });
const requestId = z.number().int().nonnegative();

/** What control does for a host. Arguments and answers are those of the interface named; both ends are of one build. */
export const HOST_SERVICES = {
  leases: ['acquire', 'renew', 'release'],
  tickets: TICKET_BOOK_METHODS,
  rooms: ['claim'],
  audit: ['recordAccess'],
  dials: ['mayJoin', 'mayDial'],
} as const;
export type HostService = keyof typeof HOST_SERVICES;

const replies = [
  z.object({ type: z.literal('reply'), id: requestId, ok: z.literal(true), value: z.unknown() }),
  z.object({ type: z.literal('reply'), id: requestId, ok: z.literal(false), error: errorBodySchema }),
] as const;

/** From a host to control. */
export const hostMessageSchema = z.union([
  z.object({ type: z.literal('beat') }),
  /** Everything after position `after` of this host's log, in order. */
  z.object({ type: z.literal('events'), after: z.number().int(), entries: z.array(entrySchema) }),
  z.object({ type: z.literal('notice'), notice: noticeSchema }),
  z.object({ type: z.literal('load'), load: processLoadSchema }),
  z.object({
    type: z.literal('ask'),
    id: requestId,
    service: z.enum(Object.keys(HOST_SERVICES) as [HostService, ...HostService[]]),
    method: z.string().max(40),
    args: z.array(z.unknown()),
  }),
  /** A room this host was given is over, whether or not it became a call. */
  z.object({ type: z.literal('room.left'), roomName: z.string() }),
  z.object({
    type: z.literal('command.done'),
    id: requestId,
    ok: z.literal(true),
    value: commandResultSchema,
  }),
  z.object({ type: z.literal('command.done'), id: requestId, ok: z.literal(false), error: errorBodySchema }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;

/** From control to a host. */
export const controlMessageSchema = z.union([
  z.object({ type: z.literal('beat') }),
  /** First word, and again after a gap: send everything after this position. */
  z.object({ type: z.literal('send.after'), position: z.number().int() }),
  /** Everything up to here is on control's disk. */
  z.object({ type: z.literal('ack'), position: z.number().int() }),
  z.object({
    type: z.literal('command'),
    id: requestId,
    command: supervisionCommandSchema,
    actor: actorSchema,
  }),
  z.object({ type: z.literal('person'), what: z.enum(['beat', 'gone']), actor: actorSchema }),
  z.object({
    type: z.literal('append'),
    callId: callIdSchema,
    draft: z.custom<CallEventDraft>(draft => typeof draft === 'object' && draft !== null && 'type' in draft),
  }),
  z.object({ type: z.literal('rotate-knowledge'), orgId: orgIdSchema }),
  z.object({ type: z.literal('drain') }),
  ...replies,
]);
export type ControlMessage = z.infer<typeof controlMessageSchema>;
