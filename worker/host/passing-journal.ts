import type { Journal, JournalEntry } from '#shared/adapters/journal.ts';

/** A log that is kept nowhere: for a conversation that nobody has and nothing may remain of (KN28). */
export function passingJournal(): Journal {
  const entries: JournalEntry[] = [];
  const listeners = new Set<(entry: JournalEntry) => void>();
  return {
    append: event => {
      const entry = { position: entries.length, event };
      entries.push(entry);
      for (const listener of listeners) listener(entry);
      return entry;
    },
    durable: () => Promise.resolve(),
    onEntry: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get head() {
      return entries.length - 1;
    },
    callEvents: (callId, afterSeq) =>
      Promise.resolve(
        entries
          .map(({ event }) => event)
          .filter(event => event.conversationId === callId && event.seq > afterSeq),
      ),
    entries: (after, limit) => Promise.resolve(entries.slice(after + 1, after + 1 + limit)),
  };
}
