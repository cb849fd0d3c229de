import type { KnowledgePatch } from '#shared/adapters/knowledge-base.ts';
import type { HistoryLine } from '#shared/adapters/reply-model.ts';
import type { AttentionReason, FloorHolder } from '#shared/domain/call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { NO_ATTENTION, stepAttention, type RaisedAttention } from './attention.ts';
import type { CallSettings } from './call-settings.ts';
import { appendToHistory, NO_HISTORY } from './conversation-history.ts';
import { stepPersonOffer, type PersonOffer } from './person-offer.ts';

/** What a call knows of itself by its own log: who calls, what was said, and what it needs a person for. */
export class CallMemory {
  readonly #escalation: CallSettings['escalation'];
  readonly #events: CallEvent[] = [];
  #history = NO_HISTORY;
  #patches: readonly KnowledgePatch[] = [];
  #attention = NO_ATTENTION;
  #personOffer: PersonOffer = 'none';
  #from: { readonly name: string; readonly phone: string | null } = { name: '', phone: null };
  #room: string | null = null;

  constructor(escalation: CallSettings['escalation']) {
    this.#escalation = escalation;
  }

  /** The log so far, for whoever is told of the call. */
  get events(): readonly CallEvent[] {
    return this.#events;
  }

  get from(): { readonly name: string; readonly phone: string | null } {
    return this.#from;
  }

  /** The room that carries the call, where one does. */
  get room(): string | null {
    return this.#room;
  }

  /** Texts this call alone answers from, in the order they were put in. */
  get patches(): readonly KnowledgePatch[] {
    return this.#patches;
  }

  get lines(): readonly HistoryLine[] {
    return this.#history.lines;
  }

  get openAttention(): readonly AttentionReason[] {
    return this.#attention.open;
  }

  remember(event: CallEvent): void {
    this.#events.push(event);
    this.#history = appendToHistory(this.#history, event);
    if (event.type === 'knowledge.patched') this.#patches = [...this.#patches, event];
    if (event.type === 'call.ringing') {
      this.#from = { name: event.displayName, phone: event.from };
      this.#room = event.room ?? null;
    }
  }

  /** @returns what a person is needed for from this event on */
  weigh(event: CallEvent): RaisedAttention | null {
    const [attention, raised] = stepAttention(this.#attention, event, this.#escalation);
    this.#attention = attention;
    if (event.type === 'attention.raised')
      [this.#personOffer] = stepPersonOffer(this.#personOffer, { type: 'raised', reason: event.reason });
    return raised;
  }

  /** Nobody speaks. @returns the sentence that offers a person, where this is the moment for it */
  offerOfPerson(floor: FloorHolder, held: boolean): string | null {
    const { offer } = this.#escalation;
    if (offer === '') return null;
    const [next, say] = stepPersonOffer(this.#personOffer, { type: 'quiet', floor, held });
    this.#personOffer = next;
    return say ? offer : null;
  }
}
