import type { TicketBook, TicketRequest } from '#shared/adapters/ticket-book.ts';
import type { TicketingAdapter, TicketWriteContext } from '#shared/adapters/ticketing-adapter.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { AppError, appError, type ErrorCode } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { payloadHash } from '#worker/audit/canonical-json.ts';
import { redactPayload } from '#worker/audit/redact-payload.ts';
import { retryDelayMs } from './retry-schedule.ts';
import { isUnclear, untilAborted } from './ticketing-faults.ts';

/** A try that takes longer is ended; what became of it is found out before the next one. */
export const ATTEMPT_DEADLINE_MS = 15_000;
/** Tries at a time: one server that hangs must not stop the others (TIC27). */
const MAX_RUNNING = 8;
/** Pause before looking again whether the ticket of a note exists. */
const TICKET_WAIT_MS = 1000;

export interface TicketOutboxDeps {
  readonly book: TicketBook;
  readonly adapter: TicketingAdapter;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Writes into the log of the call. @returns false when the call is over; the row then says what became of it */
  readonly append: (callId: CallId, draft: CallEventDraft) => boolean;
  readonly onError: (error: unknown, requestId: string) => void;
}

type Change = Parameters<TicketBook['saveTicketRequest']>[1];

/**
 * Carries requests from the store to the ticket system, beside the calls and after them (TIC20-TIC28). The request was on disk
 * before it came here; each try is written down before it is made, so that whoever comes after a kill knows that it may have
 * been made.
 */
export class TicketOutbox {
  readonly #deps: TicketOutboxDeps;
  readonly #waiting = new Map<string, { readonly request: TicketRequest; cancel: Cancel | null }>();
  readonly #ready: TicketRequest[] = [];
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(deps: TicketOutboxDeps) {
    this.#deps = deps;
  }

  /** Takes up what an earlier process left behind. */
  async start(): Promise<void> {
    for (const request of await this.#deps.book.openTicketRequests()) {
      const nowMs = this.#deps.clock.now();
      // "sending" means that the process died between asking and knowing.
      const lost = request.state === 'sending';
      const dueAtMs = lost ? nowMs + this.#settleMs : request.nextAttemptAtMs;
      this.#schedule(request, Math.max(0, dueAtMs - nowMs));
    }
  }

  /** A request that is on disk. Asking again for the same one changes nothing. */
  add(request: TicketRequest): void {
    if (this.#waiting.has(request.requestId) || this.#running.has(request.requestId)) return;
    this.#schedule(request, 0);
  }

  /** Makes no further try; resolves when the running ones have ended or were cut off. */
  async stop(): Promise<void> {
    this.#stop.abort('worker-stopped');
    for (const { cancel } of this.#waiting.values()) cancel?.();
    this.#waiting.clear();
    this.#ready.length = 0;
    await Promise.all(this.#running.values());
  }

  get #settleMs(): number {
    const { dedupe } = this.#deps.adapter;
    return dedupe.kind === 'search' ? dedupe.settleMs : 0;
  }

  #schedule(request: TicketRequest, delayMs: number): void {
    if (this.#stop.signal.aborted) return;
    const entry: { readonly request: TicketRequest; cancel: Cancel | null } = { request, cancel: null };
    this.#waiting.set(request.requestId, entry);
    entry.cancel = this.#deps.clock.after(delayMs, () => {
      this.#ready.push(request);
      this.#next();
    });
  }

  #next(): void {
    while (this.#running.size < MAX_RUNNING) {
      const request = this.#ready.shift();
      if (!request) return;
      const { requestId } = request;
      this.#waiting.delete(requestId);
      const running = this.#attempt(request)
        .catch((error: unknown) => {
          this.#deps.onError(error, requestId);
          // The store refused; the row says where we were.
          return { ...request, delayMs: 5000 };
        })
        .then(again => {
          this.#running.delete(requestId);
          if (again) this.#schedule(again, again.delayMs);
          this.#next();
        });
      this.#running.set(requestId, running);
    }
  }

  /** @returns the request as it now is, if it has to be tried again */
  async #attempt(before: TicketRequest): Promise<(TicketRequest & { readonly delayMs: number }) | null> {
    const { book, adapter, clock, append } = this.#deps;
    const { requestId, conversationId, operation } = before;
    const stored = await book.ticketRequest(requestId);
    if (!stored || stored.state === 'done' || stored.state === 'failed') return null;
    const target = operation.kind === 'create' ? null : await this.#target(before, operation.ticketRef);
    if (target === 'wait') return { ...stored, delayMs: TICKET_WAIT_MS };
    const attempts = stored.attempts + 1;
    const save = (change: Partial<Change> & Pick<Change, 'state'>): Promise<void> =>
      book.saveTicketRequest(
        requestId,
        { attempts, nextAttemptAtMs: clock.now(), ticketId: null, errorCode: null, ...change },
        clock.now(),
      );
    await save({ state: 'sending' });
    const startedMono = clock.mono();
    try {
      if (target === 'none')
        throw appError('ticketing.unknown-ticket', 'The ticket of this request was not made.');
      const ticketId = await this.#send(stored, attempts > 1, target);
      await this.#audit(stored, startedMono, { ok: true, ticketId });
      await save({ state: 'done', ticketId });
      append(conversationId, {
        type: operation.kind === 'create' ? 'ticket.created' : 'ticket.changed',
        requestId,
        ticketId,
        provider: adapter.provider,
        attempts,
        tookMs: Math.max(0, clock.now() - stored.createdAtMs),
      });
      return null;
    } catch (error) {
      const body = AppError.is(error) ? error.body : { code: 'ticketing.refused' as const, retryable: false };
      // The store's own trouble is no answer of the ticket system.
      if (body.code.startsWith('storage.')) throw error;
      await this.#audit(stored, startedMono, { ok: false, code: body.code });
      const unclear = isUnclear(error);
      const retryable = body.retryable || (unclear && this.#stop.signal.aborted);
      const delayMs = retryDelayMs(attempts, { retryable, unclear, settleMs: this.#settleMs });
      await save({
        state: delayMs === null ? 'failed' : 'waiting',
        nextAttemptAtMs: clock.now() + (delayMs ?? 0),
        errorCode: body.code,
      });
      append(conversationId, {
        type: 'ticket.failed',
        requestId,
        provider: adapter.provider,
        code: body.code,
        attempts,
        retryInMs: delayMs,
      });
      return delayMs === null ? null : { ...stored, attempts, delayMs };
    }
  }

  /** The ticket that a note or an update is for, with its id at the provider. */
  async #target(
    request: TicketRequest,
    ticketRef: string,
  ): Promise<{ readonly ownId: string; readonly remoteId: string } | 'wait' | 'none'> {
    const { book } = this.#deps;
    const row = await book.ticket(request.orgId, ticketRef);
    if (row) return { ownId: row.ticketId, remoteId: row.externalRef ?? row.ticketId };
    const creating = await book.ticketRequest(ticketRef);
    const pending = creating?.orgId === request.orgId && creating.state !== 'failed';
    return pending ? 'wait' : 'none';
  }

  /** One try, ended at its deadline whatever the adapter does. @returns the id of the ticket at the provider */
  async #send(
    { requestId, orgId, conversationId, operation }: TicketRequest,
    isRetry: boolean,
    target: { readonly ownId: string; readonly remoteId: string } | null,
  ): Promise<string> {
    const { adapter, book, clock, newId } = this.#deps;
    const late = new AbortController();
    const cancel = clock.after(ATTEMPT_DEADLINE_MS, () => late.abort('too-late'));
    const signal = AbortSignal.any([late.signal, this.#stop.signal]);
    const context: TicketWriteContext = { orgId, signal, idempotencyKey: requestId, isRetry };
    try {
      if (operation.kind === 'create') {
        const { draft } = operation;
        const { ticketId } = await untilAborted(signal, adapter.createTicket(draft, context));
        const externalRef = adapter.provider === 'local' ? null : ticketId;
        const ownId = externalRef === null ? ticketId : newId();
        const ticket = { ticketId: ownId, requestId, externalRef, provider: adapter.provider, draft };
        await book.saveTicket(orgId, { ...ticket, conversationId, atMs: clock.now() });
        return ticketId;
      }
      if (!target) throw appError('bug.invariant', 'A change has no ticket.');
      const { ownId, remoteId } = target;
      if (operation.kind === 'note') {
        await untilAborted(signal, adapter.addInternalNote(remoteId, operation.note, context));
      } else {
        await untilAborted(signal, adapter.updateTicket(remoteId, operation.patch, context));
        // Our own record follows; where we are the provider this is the same row again.
        await book.updateTicket(orgId, ownId, operation.patch, clock.now());
      }
      return remoteId;
    } finally {
      cancel();
    }
  }

  async #audit(
    { requestId, orgId, conversationId, turnId, operation }: TicketRequest,
    startedMono: number,
    result:
      { readonly ok: true; readonly ticketId: string } | { readonly ok: false; readonly code: ErrorCode },
  ): Promise<void> {
    const { book, adapter, clock, newId } = this.#deps;
    const request = { tool: `ticketing.${operation.kind}`, provider: adapter.provider, requestId, operation };
    const status = result.ok ? 'ok' : result.code === 'ticketing.timeout' ? 'timeout' : 'error';
    await book.recordToolCall({
      id: newId(),
      orgId,
      conversationId,
      turnId,
      tool: request.tool,
      requestHash: payloadHash(request),
      responseHash: payloadHash(result),
      status,
      latencyMs: Math.max(0, clock.mono() - startedMono),
      atMs: clock.now(),
      redactedRequest: redactPayload(request),
      redactedResponse: redactPayload(result),
    });
  }
}
