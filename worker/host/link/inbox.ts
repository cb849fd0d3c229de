import type { JournalEntry } from '#shared/adapters/journal.ts';

/** What control has of one host's log: everything up to `position`, and nothing after it. */
export interface Inbox {
  readonly position: number;
}

export const EMPTY_INBOX: Inbox = { position: -1 };

export interface InboxStep {
  readonly inbox: Inbox;
  /** To be recorded, in this order; each entry is accepted exactly once. */
  readonly accepted: readonly JournalEntry[];
  /** Something is missing: to be sent again from here. */
  readonly missingAfter: number | null;
}

/**
 * Takes entries as they arrive, or as they stand in the spool of a dead host: doubles are dropped, and after a gap nothing is
 * taken until it is filled. Pure. @param after position before the first entry, as the sender has it
 */
export function stepInbox(inbox: Inbox, after: number, entries: readonly JournalEntry[]): InboxStep {
  if (after > inbox.position) return { inbox, accepted: [], missingAfter: inbox.position };
  const accepted: JournalEntry[] = [];
  let { position } = inbox;
  for (const entry of entries) {
    if (entry.position <= position) continue;
    if (entry.position !== position + 1) return { inbox: { position }, accepted, missingAfter: position };
    accepted.push(entry);
    position = entry.position;
  }
  return { inbox: { position }, accepted, missingAfter: null };
}
