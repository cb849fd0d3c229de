import type { Journal, JournalEntry } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventOf, CallEventType } from '#shared/events/call-event.ts';

/** A log in memory; everything is durable at once. */
export class MemoryJournal implements Journal {
  readonly entriesSoFar: JournalEntry[] = [];
  readonly #listeners = new Set<(entry: JournalEntry) => void>();

  get head(): number {
    return this.entriesSoFar.length - 1;
  }

  get events(): readonly CallEvent[] {
    return this.entriesSoFar.map(entry => entry.event);
  }

  of<Type extends CallEventType>(type: Type): readonly CallEventOf<Type>[] {
    return this.events.filter((event): event is CallEventOf<Type> => event.type === type);
  }

  append(event: CallEvent): JournalEntry {
    const entry = { position: this.entriesSoFar.length, event };
    this.entriesSoFar.push(entry);
    for (const listener of this.#listeners) listener(entry);
    return entry;
  }

  durable(): Promise<void> {
    return Promise.resolve();
  }

  onEntry(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  callEvents(callId: CallId, afterSeq: number): Promise<readonly CallEvent[]> {
    return Promise.resolve(
      this.events.filter(event => event.conversationId === callId && event.seq > afterSeq),
    );
  }

  entries(after: number, limit: number): Promise<readonly JournalEntry[]> {
    return Promise.resolve(this.entriesSoFar.slice(after + 1, after + 1 + limit));
  }

  /** Resolves with the first event that fits, seen already or still to come. */
  until(fits: (event: CallEvent) => boolean): Promise<CallEvent> {
    const known = this.events.find(fits);
    if (known) return Promise.resolve(known);
    return new Promise(resolve => {
      const stop = this.onEntry(({ event }) => {
        if (!fits(event)) return;
        stop();
        resolve(event);
      });
    });
  }
}
