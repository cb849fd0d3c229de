import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { CommandResult, SupervisionCommand } from '#shared/protocol/supervision.ts';
import type { HostSeat } from './link/host-seat.ts';

/**
 * A desk beats every 500 ms. Longer than the lease of a takeover, so that a pause of this process takes no call from anybody: the
 * host that goes on with the call takes the floor back by itself after 2 s without a beat.
 */
const PRESENT_MS = 5000;

/** Where a call is now: on a host, on its way to another, or nowhere. */
export type CallPlace = HostSeat | 'moving' | null;

export interface FleetDeskDeps {
  readonly clock: Clock;
  readonly placeOf: (callId: CallId) => CallPlace;
  readonly openCalls: () => readonly CallId[];
  readonly seats: () => readonly HostSeat[];
}

/** The calls of all hosts, as control sees them. */
export class FleetDesk implements CallDesk {
  readonly #deps: FleetDeskDeps;
  readonly #listeners = new Set<(notice: Notice) => void>();
  readonly #lastBeats = new Map<UserId, number>();

  constructor(deps: FleetDeskDeps) {
    this.#deps = deps;
  }

  async run(command: SupervisionCommand, actor: Actor): Promise<CommandResult> {
    // Whoever asks for something is there, also before their first beat.
    this.#lastBeats.set(actor.userId, this.#deps.clock.mono());
    const place = this.#deps.placeOf(command.callId);
    if (place === null) throw appError('call.unknown', 'This call is not running here.');
    if (place === 'moving')
      throw appError('worker.unreachable', 'The call moves to another host. Try again in a moment.', {
        retryable: true,
      });
    return place.run({ command, actor });
  }

  beat(actor: Actor): void {
    this.#lastBeats.set(actor.userId, this.#deps.clock.mono());
    for (const seat of this.#deps.seats()) seat.send({ type: 'person', what: 'beat', actor });
  }

  gone(actor: Actor): void {
    for (const seat of this.#deps.seats()) seat.send({ type: 'person', what: 'gone', actor });
  }

  openCalls(): readonly CallId[] {
    return this.#deps.openCalls();
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A notice of one of the hosts. */
  tell(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  /** People whose desks are alive. */
  present(): readonly UserId[] {
    const nowMono = this.#deps.clock.mono();
    return [...this.#lastBeats].flatMap(([userId, atMono]) => (nowMono - atMono < PRESENT_MS ? userId : []));
  }

  /** @returns false when no host has the call */
  appendToCall(callId: CallId, draft: CallEventDraft): boolean {
    const place = this.#deps.placeOf(callId);
    if (place === null || place === 'moving') return false;
    place.send({ type: 'append', callId, draft });
    return true;
  }

  rotateKnowledge(orgId: OrgId): void {
    for (const seat of this.#deps.seats()) seat.send({ type: 'rotate-knowledge', orgId });
  }
}
