import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** What a host asks about a call that it is to place: whether anybody still wants it. */
export interface DialPermit {
  /** Before the room is joined. */
  mayJoin(callId: CallId): Promise<boolean>;
  /** Before the phone is dialled; waits until it is known. Rejects where control cannot be asked: then nobody is dialled. */
  mayDial(callId: CallId): Promise<boolean>;
}

/**
 * Calls that may be dialled: those that a person has asked for and of which a host has told in time, until they end. Whatever is not
 * known here is not dialled: after a restart, when a host comes too late, or when it comes to a call that is over (API58).
 */
export class DialPermits implements DialPermit {
  readonly #calls = new Map<CallId, 'asked' | 'placed'>();
  readonly #waiting = new Map<CallId, PromiseWithResolvers<boolean>>();

  /** Somebody waits for this call. */
  ask(callId: CallId): void {
    if (!this.#calls.has(callId)) this.#calls.set(callId, 'asked');
  }

  /** They were told that nobody was called. Changes nothing once a host has the call. */
  giveUp(callId: CallId): void {
    if (this.#calls.get(callId) === 'asked') this.#over(callId);
  }

  /** Every event of every call. */
  event({ type, conversationId }: CallEvent): void {
    if (type === 'call.ringing' && this.#calls.has(conversationId)) {
      this.#calls.set(conversationId, 'placed');
      this.#settle(conversationId, true);
    } else if (type === 'call.ended') this.#over(conversationId);
  }

  mayJoin(callId: CallId): Promise<boolean> {
    return Promise.resolve(this.#calls.has(callId));
  }

  mayDial(callId: CallId): Promise<boolean> {
    // The host has rung before it asks, but its log may come after its question.
    if (this.#calls.get(callId) !== 'asked') return this.mayJoin(callId);
    const waiting = this.#waiting.get(callId) ?? Promise.withResolvers<boolean>();
    this.#waiting.set(callId, waiting);
    return waiting.promise;
  }

  #over(callId: CallId): void {
    this.#calls.delete(callId);
    this.#settle(callId, false);
  }

  #settle(callId: CallId, may: boolean): void {
    this.#waiting.get(callId)?.resolve(may);
    this.#waiting.delete(callId);
  }
}
