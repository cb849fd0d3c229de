import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { Journal, JournalEntry } from '#shared/adapters/journal.ts';
import { EVENT_VERSION } from '#shared/events/envelope.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';

export interface CallLogDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly orgId: OrgId;
  readonly callId: CallId;
}

/** The one log of one call: gives events their envelope and order. Nothing follows `call.ended` (TEL3). */
export class CallLog {
  readonly #deps: CallLogDeps;
  #nextSeq = 0;
  #ended = false;

  constructor(deps: CallLogDeps) {
    this.#deps = deps;
  }

  get lastSeq(): number {
    return this.#nextSeq - 1;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Goes on with a log that another host has written so far. */
  continueAfter(seq: number): void {
    this.#nextSeq = seq + 1;
  }

  /** @returns the entry, or `null` when the call is over and the log closed */
  append(draft: CallEventDraft): JournalEntry | null {
    if (this.#ended) return null;
    if (draft.type === 'call.ended') this.#ended = true;
    const { journal, clock, newId, orgId, callId } = this.#deps;
    // The spread of a union loses the tie between `type` and its fields; the draft's own type has already checked it.
    const event = {
      v: EVENT_VERSION,
      id: newId(),
      orgId,
      conversationId: callId,
      seq: this.#nextSeq,
      atMs: clock.now(),
      ...draft,
    } as CallEvent;
    this.#nextSeq += 1;
    return journal.append(event);
  }

  /** Resolves when the entry is on disk. A closed log has nothing to wait for. */
  async durable(entry: JournalEntry | null): Promise<void> {
    if (entry !== null) await this.#deps.journal.durable(entry.position);
  }
}
