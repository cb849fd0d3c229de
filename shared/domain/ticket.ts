import { z } from 'zod';

export const TICKET_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export const ticketPrioritySchema = z.enum(TICKET_PRIORITIES);
export type TicketPriority = z.infer<typeof ticketPrioritySchema>;

/** Our words for a status; each adapter maps its vendor's to them. */
export const TICKET_STATUSES = ['new', 'open', 'pending', 'solved', 'closed'] as const;
export const ticketStatusSchema = z.enum(TICKET_STATUSES);
export type TicketStatus = z.infer<typeof ticketStatusSchema>;

const tag = z.string().trim().min(1).max(80);

/** What a ticket is made from (req:T1). */
export const ticketDraftSchema = z.strictObject({
  subject: z.string().trim().min(1).max(200),
  description: z.string().trim().min(1).max(8000),
  requester: z.strictObject({
    name: z.string().max(200),
    /** As the line gave it; `null` when withheld. */
    phone: z.string().max(40).nullable(),
    email: z.string().max(200).nullable(),
  }),
  priority: ticketPrioritySchema,
  tags: z.array(tag).max(20),
  metadata: z.record(z.string().max(60), z.string().max(500)),
});
export type TicketDraft = z.infer<typeof ticketDraftSchema>;

/** Fields that are not named stay as they are (req:T2). */
export const ticketPatchSchema = z.strictObject({
  subject: z.string().trim().min(1).max(200).optional(),
  status: ticketStatusSchema.optional(),
  priority: ticketPrioritySchema.optional(),
  tags: z.array(tag).max(20).optional(),
});
export type TicketPatch = z.infer<typeof ticketPatchSchema>;

export interface Ticket {
  readonly ticketId: string;
  readonly subject: string;
  readonly status: TicketStatus;
  readonly priority: TicketPriority;
  readonly tags: readonly string[];
}

/** One thing to do at the ticket system. `ticketRef` is a ticket's id or the request that makes the ticket. */
export const ticketOperationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('create'), draft: ticketDraftSchema }),
  z.strictObject({
    kind: z.literal('update'),
    ticketRef: z.string().min(1).max(80),
    patch: ticketPatchSchema,
  }),
  z.strictObject({
    kind: z.literal('note'),
    ticketRef: z.string().min(1).max(80),
    note: z.string().trim().min(1).max(4000),
  }),
]);
export type TicketOperation = z.infer<typeof ticketOperationSchema>;

/** What the outbox is doing with a request. `sending` after a restart means: nobody knows what became of it. */
export const TICKET_REQUEST_STATES = ['waiting', 'sending', 'done', 'failed'] as const;
export const ticketRequestStateSchema = z.enum(TICKET_REQUEST_STATES);
export type TicketRequestState = z.infer<typeof ticketRequestStateSchema>;
