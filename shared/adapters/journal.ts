import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** An event and its place in the worker's whole log. Positions rise by one and have no gaps; streams resume from them. */
export interface JournalEntry {
  readonly position: number;
  readonly event: CallEvent;
}

/**
 * The worker's log of all calls. Order in is order out.
 * `append` returns at once: the entry is published to listeners synchronously and written with the next group commit
 * (5 ms or 64 entries); `durable` resolves when the entry is synced to disk and closes the running group at once.
 * It never rejects: while the disk refuses, entries stay in memory, in order, and are tried again (AUD8, AUD13).
 */
export interface Journal {
  append(event: CallEvent): JournalEntry;
  durable(position: number): Promise<void>;
  /** Called synchronously for each new entry. Returns a function that unsubscribes. */
  onEntry(listener: (entry: JournalEntry) => void): () => void;
  /** Position of the newest entry; -1 when the log is empty. */
  readonly head: number;
  /** Events of one call with `seq > afterSeq`, in order, entries not yet written included. */
  callEvents(callId: CallId, afterSeq: number): Promise<readonly CallEvent[]>;
  /** Entries with `position > after`, at most `limit`, in order, entries not yet written included. */
  entries(after: number, limit: number): Promise<readonly JournalEntry[]>;
}
