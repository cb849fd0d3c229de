import type {
  TicketDedupe,
  TicketingAdapter,
  TicketWriteContext,
} from '#shared/adapters/ticketing-adapter.ts';
import type { AppError } from '#shared/errors/app-error.ts';

type Answer = 'ok' | 'hangs' | 'lost' | AppError;

/** A ticket system whose answers a test writes down beforehand; `ok` when nothing is left. Keeps what it was asked. */
export class ScriptedTicketing implements TicketingAdapter {
  readonly provider = 'scripted';
  readonly dedupe: TicketDedupe;
  readonly asked: { readonly call: string; readonly context: TicketWriteContext }[] = [];
  /** Ticket ids by key. */
  readonly made = new Map<string, string>();
  readonly notes: string[] = [];
  #script: Answer[] = [];

  constructor(dedupe: TicketDedupe = { kind: 'search', settleMs: 60_000 }) {
    this.dedupe = dedupe;
  }

  answers(...script: readonly Answer[]): void {
    this.#script.push(...script);
  }

  createTicket(_draft: unknown, context: TicketWriteContext): Promise<{ readonly ticketId: string }> {
    return this.#answer('create', context, () => {
      const key = context.idempotencyKey;
      // As a server that knows no keys: only who looks first finds the old one.
      if (!context.isRetry || !this.made.has(key))
        this.made.set(`${key}${this.made.has(key) ? '-again' : ''}`, `T${String(this.made.size + 1)}`);
      return { ticketId: this.made.get(key) ?? '' };
    });
  }

  updateTicket(ticketId: string, _patch: unknown, context: TicketWriteContext): Promise<void> {
    return this.#answer(`update ${ticketId}`, context, () => undefined);
  }

  searchTickets(): Promise<never[]> {
    return Promise.resolve([]);
  }

  addInternalNote(ticketId: string, note: string, context: TicketWriteContext): Promise<void> {
    return this.#answer(`note ${ticketId}`, context, () => void this.notes.push(note));
  }

  async *check(): AsyncGenerator<never, void> {
    // Nothing to try.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer<Value>(call: string, context: TicketWriteContext, work: () => Value): Promise<Value> {
    this.asked.push({ call, context });
    const answer = this.#script.shift() ?? 'ok';
    if (answer === 'ok') return Promise.resolve(work());
    if (answer === 'lost') work();
    // Does not listen to the signal: the worst kind of stranger.
    return typeof answer === 'string' ? new Promise(() => undefined) : Promise.reject(answer);
  }
}
