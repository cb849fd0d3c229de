import type { Journal, JournalEntry } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** Newest entries a reader can resume from. */
const KEPT_ENTRIES = 20_000;

/** A log in memory that forgets: a long run must not measure its own memory. */
export class BenchJournal implements Journal {
  head = -1;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  readonly #kept = new Map<CallId, readonly CallEvent[]>();
  #recent: JournalEntry[] = [];

  append(event: CallEvent): JournalEntry {
    this.head += 1;
    const entry = { position: this.head, event };
    this.#recent.push(entry);
    if (this.#recent.length > KEPT_ENTRIES * 2) this.#recent = this.#recent.slice(-KEPT_ENTRIES);
    for (const listener of this.#listeners) listener(entry);
    return entry;
  }

  /** The whole log of one call, to be read and never told. */
  keep(callId: CallId, events: readonly CallEvent[]): void {
    this.#kept.set(callId, events);
  }

  durable(): Promise<void> {
    return Promise.resolve();
  }

  onEntry(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  callEvents(callId: CallId, afterSeq: number): Promise<readonly CallEvent[]> {
    const events =
      this.#kept.get(callId) ??
      this.#recent.map(({ event }) => event).filter(event => event.conversationId === callId);
    return Promise.resolve(events.filter(event => event.seq > afterSeq));
  }

  entries(after: number, limit: number): Promise<readonly JournalEntry[]> {
    return Promise.resolve(this.#recent.filter(({ position }) => position > after).slice(0, limit));
  }
}
