import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { TelephonyAdapter, TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import { assertNever } from '#shared/base/assert-never.ts';
import { mosOf } from '#shared/domain/call-quality.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { steadyClock } from '#shared/domain/steady-clock.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { CommandResult, SupervisionCommand } from '#shared/protocol/supervision.ts';
import { runCommand } from '#worker/session/call-commands.ts';
import type { CallSessionDeps, Resumption } from '#worker/session/call-needs.ts';
import { CallSession } from '#worker/session/call-session.ts';

export interface CallHostDeps {
  readonly telephony: TelephonyAdapter;
  readonly session: Omit<CallSessionDeps, 'onNotice'>;
  /** What is known of this call from a host that has died; null for a call that begins. */
  readonly pastOf?: (callId: CallId) => Resumption | null;
  /** Time a call rings before we answer it. */
  readonly answerDelayMs: number;
  /** Something failed that no caller of ours waits for. */
  readonly onError: (callId: CallId | null, error: unknown) => void;
  readonly onCallEnded: (callId: CallId) => void;
}

const END_REASONS = { caller: 'caller-hung-up', us: 'ended-by-ai', transfer: 'transferred' } as const;

/** Runs the calls of one worker: turns what the line tells into sessions, and what people ask into their commands. */
export class CallHost implements CallDesk {
  readonly #deps: CallHostDeps;
  readonly #sessions = new Map<CallId, CallSession>();
  readonly #listeners = new Set<(notice: Notice) => void>();
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(deps: CallHostDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#follow();
  }

  /** Ends every call, `worker-stopped`, and stops listening to the line. */
  async stop(): Promise<void> {
    this.#stop.abort('worker-stopped');
    await this.#running;
    await Promise.all(
      [...this.#sessions.values()].map(async session => {
        await session.end('worker-stopped');
        await session.hangUp().catch(() => undefined);
      }),
    );
    this.#sessions.clear();
  }

  async run(command: SupervisionCommand, actor: Actor): Promise<CommandResult> {
    const isOurs = actor.orgId === this.#deps.session.orgId;
    const session = isOurs ? this.#sessions.get(command.callId) : undefined;
    if (!session) throw appError('call.unknown', 'This call is not running here.');
    if (session.log.ended) throw appError('call.already-ended', 'The call has ended.');
    return runCommand(
      { session, clock: this.#deps.session.clock, newId: this.#deps.session.newId },
      command,
      actor,
    );
  }

  beat(actor: Actor): void {
    for (const session of this.#sessions.values()) session.supervision.beat(actor.userId);
  }

  gone(actor: Actor): void {
    for (const session of this.#sessions.values()) session.supervision.gone(actor);
  }

  openCalls(): readonly CallId[] {
    return [...this.#sessions.keys()];
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds an event to a running call's log; for what control has to record there. @returns false when the call is not open */
  appendToCall(callId: CallId, draft: CallEventDraft): boolean {
    return (this.#sessions.get(callId)?.append(draft) ?? null) !== null;
  }

  async #follow(): Promise<void> {
    const { telephony, onError } = this.#deps;
    try {
      for await (const event of telephony.events(this.#stop.signal)) {
        this.#onEvent(event).catch((error: unknown) => onError(event.callId, error));
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) onError(null, error);
    }
  }

  async #onEvent(event: TelephonyEvent): Promise<void> {
    const { callId } = event;
    if (event.type === 'call.ringing') {
      this.#ring(event);
      return;
    }
    const session = this.#sessions.get(callId);
    if (!session) return;
    switch (event.type) {
      case 'call.early-media':
        session.append({ type: 'call.early-media' });
        return;
      case 'call.connected':
        // The session tells of it once audio flows both ways.
        return;
      case 'call.dtmf-received':
        session.append({ type: 'call.dtmf-received', digit: session.hush.key(event.digit) });
        return;
      case 'call.transfer-requested':
        session.transfer.lineTold(event);
        return;
      case 'call.parked':
        session.transfer.park(event.with, event.target);
        return;
      case 'call.unparked':
        session.transfer.unpark(event.cause);
        return;
      case 'call.quality': {
        const { direction, windowMs, lossRatio, jitterMs, roundTripMs, bufferMs } = event;
        session.append({
          type: 'quality.measured',
          direction,
          scope: 'webrtc-side',
          windowMs,
          lossRatio,
          jitterMs,
          roundTripMs,
          bufferMs,
          mos: mosOf(event),
        });
        return;
      }
      case 'call.ended':
        await this.#end(session, () => session.end(END_REASONS[event.by]));
        return;
      case 'call.failed':
        await this.#end(session, () => session.end('line-failed', event.code));
        return;
      default:
        assertNever(event, 'telephony event');
    }
  }

  #ring(event: Extract<TelephonyEvent, { type: 'call.ringing' }>): void {
    const { telephony, session: deps, answerDelayMs } = this.#deps;
    const { callId, from, displayName, line, simulated, scenario, room, sipCallId } = event;
    const session = new CallSession(callId, {
      ...deps,
      clock: steadyClock(deps.clock),
      onNotice: notice => this.#notify(notice),
    });
    this.#sessions.set(callId, session);
    const past = this.#deps.pastOf?.(callId) ?? null;
    if (past) {
      this.#begin(session, () => session.resume(past));
      return;
    }
    session.append({
      type: 'call.ringing',
      from,
      displayName,
      line,
      provider: telephony.provider,
      simulated,
      ...(scenario === undefined ? {} : { scenario }),
      ...(room === undefined ? {} : { room }),
      ...(sipCallId === undefined ? {} : { sipCallId }),
    });
    deps.clock.after(answerDelayMs, () => {
      if (!session.log.ended) this.#begin(session, () => Promise.resolve());
    });
  }

  #begin(session: CallSession, prepare: () => Promise<void>): void {
    this.#answer(session, prepare).catch(async (error: unknown) => {
      // Its end comes as an event, which knows why.
      if (AppError.is(error) && error.body.code === 'call.already-ended') return;
      this.#deps.onError(session.callId, error);
      await this.#end(session, () => session.end('line-failed', 'telephony.unreachable'));
    });
  }

  async #answer(session: CallSession, prepare: () => Promise<void>): Promise<void> {
    const { telephony } = this.#deps;
    await prepare();
    const audio = await telephony.answer(session.callId);
    const { callId } = session;
    await session.connect({
      audio,
      hangUp: () => telephony.hangUp(callId),
      transfer: (target, briefing) => telephony.transfer(callId, target, briefing),
    });
  }

  async #end(session: CallSession, end: () => Promise<void>): Promise<void> {
    await end();
    this.#sessions.delete(session.callId);
    this.#deps.onCallEnded(session.callId);
  }

  #notify(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
  }
}
