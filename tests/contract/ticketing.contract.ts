import { expect } from 'vitest';
import type {
  TicketingAdapter,
  TicketingContext,
  TicketWriteContext,
} from '#shared/adapters/ticketing-adapter.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import type { TicketDraft } from '#shared/domain/ticket.ts';

/** What the contract needs besides the adapter: a look behind it, and trouble. */
export interface TicketingHarness {
  readonly adapter: TicketingAdapter;
  readonly keepsTags: boolean;
  /** How many tickets there are at the provider, of every org. */
  ticketCount(): Promise<number>;
  /** Notes that only agents see, and answers the requester sees. */
  notesOf(
    ticketId: string,
  ): Promise<{ readonly internal: readonly string[]; readonly open: readonly string[] }>;
  /** From now on every call hangs, or is carried out without an answer. */
  fault(fault: 'hangs' | 'answer-lost' | null): void;
}

export interface TicketingCase {
  readonly title: string;
  run(harness: TicketingHarness): Promise<void>;
}

export const ORG = 'org-larkfield' as OrgId;
const OTHER_ORG = 'org-brook' as OrgId;

export const draftOf = (subject: string, more: Partial<TicketDraft> = {}): TicketDraft => ({
  subject,
  description: `The caller says: ${subject}.`,
  requester: { name: 'Elena Fischer', phone: '+49 30 5550 142', email: null },
  priority: 'high',
  tags: ['returns', 'phone'],
  metadata: {},
  ...more,
});

export const reading = (orgId: OrgId = ORG): TicketingContext => ({
  orgId,
  signal: AbortSignal.timeout(15_000),
});
export const writing = (
  idempotencyKey: string,
  more: Partial<TicketWriteContext> = {},
): TicketWriteContext => ({ ...reading(), idempotencyKey, isRetry: false, ...more });

export async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Every rule of a ticket system, as data, so that a saboteur can be run against each of them too. */
export const TICKETING_CONTRACT: readonly TicketingCase[] = [
  {
    title: '[TIC1] a created ticket is found by its words, with all that it was made from',
    run: async ({ adapter, keepsTags }) => {
      const { ticketId } = await adapter.createTicket(draftOf('Lamp arrived broken'), writing('k1'));
      await adapter.createTicket(draftOf('Wrong invoice', { priority: 'low' }), writing('k2'));
      const found = await adapter.searchTickets({ text: 'lamp', limit: 10 }, reading());
      expect(found).toEqual([
        {
          ticketId,
          subject: 'Lamp arrived broken',
          status: 'new',
          priority: 'high',
          tags: keepsTags ? ['returns', 'phone'] : [],
        },
      ]);
      expect(await adapter.searchTickets({ text: '', limit: 1 }, reading())).toHaveLength(1);
      expect(await adapter.searchTickets({ text: 'bicycle', limit: 10 }, reading())).toEqual([]);
    },
  },
  {
    title:
      '[TIC2] the same key is the same ticket: one after another, at once, and after an answer that was lost',
    run: async ({ adapter, ticketCount, fault }) => {
      const first = await adapter.createTicket(draftOf('Lamp'), writing('k1'));
      expect(await adapter.createTicket(draftOf('Lamp'), writing('k1', { isRetry: true }))).toEqual(first);
      const [a, b] = await Promise.all([
        adapter.createTicket(draftOf('Chair'), writing('k2')),
        adapter.createTicket(draftOf('Chair'), writing('k2')),
      ]);
      expect(a).toEqual(b);
      fault('answer-lost');
      await expect(
        adapter.createTicket(draftOf('Table'), writing('k3', { signal: AbortSignal.timeout(800) })),
      ).rejects.toMatchObject({ body: { code: 'ticketing.timeout' } });
      fault(null);
      await adapter.createTicket(draftOf('Table'), writing('k3', { isRetry: true }));
      expect(await ticketCount()).toBe(3);
      await adapter.createTicket(draftOf('Lamp'), writing('k4'));
      expect(await ticketCount()).toBe(4);
    },
  },
  {
    title: '[TIC3] an update is there when it has been answered, and leaves the rest as it was',
    run: async ({ adapter, keepsTags }) => {
      const { ticketId } = await adapter.createTicket(draftOf('Lamp'), writing('k1'));
      await adapter.updateTicket(ticketId, { status: 'solved' }, writing('u1'));
      await adapter.updateTicket(ticketId, { priority: 'low' }, writing('u2'));
      if (keepsTags) await adapter.updateTicket(ticketId, { tags: ['closed-by-phone'] }, writing('u3'));
      const [ticket] = await adapter.searchTickets({ text: 'Lamp', limit: 5 }, reading());
      expect(ticket).toMatchObject({ ticketId, subject: 'Lamp', status: 'solved', priority: 'low' });
      if (keepsTags) expect(ticket?.tags).toEqual(['closed-by-phone']);
      // The marks of org and wish outlive a change of tags.
      expect(await adapter.createTicket(draftOf('Lamp'), writing('k1', { isRetry: true }))).toEqual({
        ticketId,
      });
    },
  },
  {
    title: '[TIC4] an internal note stays internal',
    run: async ({ adapter, notesOf }) => {
      const { ticketId } = await adapter.createTicket(draftOf('Lamp'), writing('k1'));
      await adapter.addInternalNote(ticketId, 'The caller is upset.', writing('n1'));
      const notes = await notesOf(ticketId);
      expect(notes.internal).toEqual(['The caller is upset.']);
      expect(notes.open).toEqual([]);
    },
  },
  {
    title: '[TIC5] an org neither finds nor changes the tickets of another, whatever words it searches with',
    run: async ({ adapter, ticketCount, notesOf }) => {
      const { ticketId } = await adapter.createTicket(draftOf('Lamp'), writing('k1'));
      const other = reading(OTHER_ORG);
      for (const text of ['lamp', '', '* tags:returns', 'x^ORshort_descriptionLIKELamp', '%', 'Lamp OR 1=1'])
        expect(await adapter.searchTickets({ text, limit: 10 }, other)).toEqual([]);
      const write = { ...other, idempotencyKey: 'u1', isRetry: false };
      await expect(adapter.updateTicket(ticketId, { status: 'closed' }, write)).rejects.toMatchObject({
        body: { code: 'ticketing.unknown-ticket' },
      });
      await expect(adapter.addInternalNote(ticketId, 'hello', write)).rejects.toMatchObject({
        body: { code: 'ticketing.unknown-ticket' },
      });
      // The same key of another org is another wish.
      const theirs = await adapter.createTicket(draftOf('Desk'), {
        ...write,
        idempotencyKey: 'k1',
        isRetry: true,
      });
      expect(theirs.ticketId).not.toBe(ticketId);
      expect(await ticketCount()).toBe(2);
      expect(await adapter.searchTickets({ text: '', limit: 10 }, reading())).toMatchObject([
        { ticketId, status: 'new' },
      ]);
      expect((await notesOf(ticketId)).internal).toEqual([]);
    },
  },
  {
    title: '[TIC6] a ticket that does not exist has a code of its own',
    run: async ({ adapter }) => {
      await expect(adapter.updateTicket('999999', { status: 'open' }, writing('u1'))).rejects.toMatchObject({
        body: { code: 'ticketing.unknown-ticket', retryable: false },
      });
      await expect(adapter.addInternalNote('999999', 'hello', writing('n1'))).rejects.toMatchObject({
        body: { code: 'ticketing.unknown-ticket' },
      });
    },
  },
  {
    title: '[TIC7] what hangs ends when it is told to, with a code, and works again afterwards',
    run: async ({ adapter, fault }) => {
      const { ticketId } = await adapter.createTicket(draftOf('Lamp'), writing('k1'));
      fault('hangs');
      const soon = { orgId: ORG, signal: AbortSignal.timeout(200) };
      const outcomes = Promise.allSettled([
        adapter.createTicket(draftOf('Chair'), { ...soon, idempotencyKey: 'k2', isRetry: false }),
        adapter.updateTicket(ticketId, { status: 'open' }, { ...soon, idempotencyKey: 'u', isRetry: false }),
        adapter.searchTickets({ text: '', limit: 5 }, soon),
        adapter.addInternalNote(ticketId, 'hello', { ...soon, idempotencyKey: 'n', isRetry: false }),
      ]);
      const late = new Promise<'late'>(resolve =>
        AbortSignal.timeout(4000).addEventListener('abort', () => resolve('late')),
      );
      const ended = await Promise.race([outcomes, late]);
      expect(ended).not.toBe('late');
      for (const outcome of await outcomes)
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { body: { code: 'ticketing.timeout', retryable: true } },
        });
      fault(null);
      expect(await adapter.searchTickets({ text: 'Lamp', limit: 5 }, reading())).toHaveLength(1);
    },
  },
  {
    title: '[TIC8] a check tells each step, and after a failed one nothing more is tried',
    run: async ({ adapter, ticketCount, fault }) => {
      const steps = await allOf(adapter.check(reading()));
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.every(step => step.ok && step.code === null && step.detail !== '')).toBe(true);
      expect(steps.at(-1)?.step).toBe('search');
      fault('hangs');
      const stuck = await allOf(adapter.check({ orgId: ORG, signal: AbortSignal.timeout(400) }));
      expect(stuck.filter(step => !step.ok)).toHaveLength(1);
      expect(stuck.at(-1)).toMatchObject({
        ok: false,
        code: expect.stringMatching(/^ticketing\./) as unknown,
      });
      fault(null);
      expect(await ticketCount()).toBe(0);
    },
  },
];
