import type { AuditBook } from '#shared/adapters/audit-book.ts';

/** Ways an audit book can lie, and the rule that must notice. */
export const AUDIT_SABOTAGES: readonly {
  readonly name: string;
  readonly breaks: string;
  readonly bend: (book: AuditBook) => Partial<AuditBook>;
}[] = [
  {
    name: 'says ok to whatever comes',
    breaks: 'SYN3',
    bend: book => ({
      receiveFrame: async (orgId, frame, atMs) => {
        const answer = await book.receiveFrame(orgId, frame, atMs);
        const last = frame.entries.at(-1);
        return answer.outcome === 'ok' || !last
          ? answer
          : { outcome: 'ok', epoch: frame.epoch, head: { seq: last.seq, hash: last.hash } };
      },
    }),
  },
  {
    name: 'loses the last entry of a frame',
    breaks: 'SYN4',
    bend: book => ({
      receiveFrame: (orgId, frame, atMs) =>
        book.receiveFrame(orgId, { ...frame, entries: frame.entries.slice(0, -1) }, atMs),
    }),
  },
  {
    name: 'shows chains of other orgs',
    breaks: 'SYN8',
    bend: book => ({ auditEntries: query => book.auditEntries({ ...query, orgId: 'org-1' as never }) }),
  },
  {
    name: 'drops what it cannot keep',
    breaks: 'SYN14',
    bend: () => ({ parkedEntries: () => Promise.resolve([]) }),
  },
  {
    name: 'begins anew with every page',
    breaks: 'SYN15',
    bend: book => ({
      auditChanges: async (orgId, cursor, limit) => {
        const page = await book.auditChanges(orgId, cursor, limit);
        return { ...page, changes: page.changes.slice(1) };
      },
    }),
  },
];
