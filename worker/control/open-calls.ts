import type { Journal, JournalEntry } from '#shared/adapters/journal.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';

/** A call stays on the floor for a moment after its end, so that a person sees how it ended. */
const KEEP_ENDED_MS = 10_000;

/** The logs of calls that are open now, in memory: what a client needs to draw the floor, without asking the disk. */
export class OpenCalls {
  readonly #entries = new Map<CallId, JournalEntry[]>();
  readonly #cancels = new Set<Cancel>();
  readonly #stop: () => void;

  constructor(journal: Journal, clock: Clock) {
    this.#stop = journal.onEntry(entry => {
      const { conversationId: callId, type, seq } = entry.event;
      const list = this.#entries.get(callId);
      if (list) list.push(entry);
      // A log that does not begin here, such as one that is closed after a crash, is not an open call.
      else if (seq === 0) this.#entries.set(callId, [entry]);
      if (type !== 'call.ended') return;
      const cancel = clock.after(KEEP_ENDED_MS, () => {
        this.#cancels.delete(cancel);
        this.#entries.delete(callId);
      });
      this.#cancels.add(cancel);
    });
  }

  /** Every entry of these calls in the order of the whole log. */
  entries(): readonly JournalEntry[] {
    return [...this.#entries.values()].flat().sort((a, b) => a.position - b.position);
  }

  /** Whether this org has such a call open. */
  has(callId: CallId, orgId: OrgId): boolean {
    return this.#entries.get(callId)?.[0]?.event.orgId === orgId;
  }

  close(): void {
    this.#stop();
    for (const cancel of this.#cancels) cancel();
  }
}
