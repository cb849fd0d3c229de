import type { Journal } from '#shared/adapters/journal.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import * as claimsOf from './call-claims.ts';
import type { CallPlace } from './fleet-desk.ts';
import type { HostSeat } from './link/host-seat.ts';

const LOOK_EVERY_MS = 500;

interface Host {
  readonly hostId: string;
  readonly seat: HostSeat | null;
}

export interface RoomLedgerDeps {
  readonly clock: Clock;
  readonly journal: Journal;
  /** How long the org wants what is recorded now to be kept. Never rejects. */
  readonly profile: () => Promise<RetentionProfile>;
  /** Nobody has taken the call over in time. @param roomName null: it was in none */
  readonly onLate: (callId: CallId, roomName: string | null) => void;
}

/** Which host has which room and which call, kept from what hosts ask and from their logs. */
export class RoomLedger {
  readonly #deps: RoomLedgerDeps;
  /** Calls under way and where they are; `null`: their host is dead. */
  readonly #calls = new Map<CallId, Host | null>();
  /** Rooms whose call has been given up: no host may begin it anew. */
  readonly #over = new Set<string>();
  #claims = claimsOf.NO_CLAIMS;
  #stopped = false;

  constructor(deps: RoomLedgerDeps) {
    this.#deps = deps;
    this.#look();
  }

  openCalls(): readonly CallId[] {
    return [...this.#calls.keys()];
  }

  placeOf(callId: CallId): CallPlace {
    const host = this.#calls.get(callId);
    if (host === undefined) return null;
    return host?.seat ?? 'moving';
  }

  event(host: Host, event: CallEvent): void {
    const { conversationId: callId } = event;
    if (event.type === 'call.ringing' || event.type === 'call.resumed') {
      this.#calls.set(callId, host);
      if (event.room !== undefined)
        this.#claims = claimsOf.callBegan(this.#claims, event.room, callId, host.hostId);
    } else if (event.type === 'call.ended') {
      this.#calls.delete(callId);
      this.#claims = claimsOf.callEnded(this.#claims, callId);
    }
  }

  /**
   * @param told the call of which the room says that it is
   * @param present people whose desks are alive, asked when it is known that the call goes on
   */
  async claim(
    host: Host,
    roomName: string,
    told: CallId | null,
    present: () => readonly UserId[],
  ): Promise<claimsOf.ClaimAnswer> {
    if (this.#over.has(roomName)) return { grant: 'refused' };
    const { claims, callId } = claimsOf.claimRoom(
      this.#claims,
      roomName,
      host.hostId,
      this.#deps.clock.mono(),
    );
    this.#claims = claims;
    if (callId === 'refused') return { grant: 'refused' };
    const { journal } = this.#deps;
    const profile = await this.#deps.profile();
    if (callId === null) {
      if (told === null || (await journal.callEvents(told, -1)).length === 0)
        return { grant: 'new', profile };
      // It has been, and is nobody's to go on with: it is over.
      this.left(host, roomName);
      return { grant: 'refused' };
    }
    const events = await journal.callEvents(callId, -1);
    return { grant: 'resume', callId, events, present: present(), profile };
  }

  /** How many calls it has. */
  callsOf(host: Host): number {
    return [...this.#calls.values()].filter(on => on === host).length;
  }

  roomsOf(host: Host): readonly string[] {
    return [...this.#claims].flatMap(([roomName, { hostId }]) => (hostId === host.hostId ? roomName : []));
  }

  left(host: Host, roomName: string): void {
    this.#claims = claimsOf.roomLeft(this.#claims, roomName, host.hostId, this.#deps.clock.mono());
  }

  lost(host: Host): { readonly calls: number; readonly roomNames: readonly string[] } {
    const { claims, roomNames } = claimsOf.hostLost(this.#claims, host.hostId, this.#deps.clock.mono());
    this.#claims = claims;
    const calls = [...this.#calls].filter(([, on]) => on === host).map(([callId]) => callId);
    for (const callId of calls) this.#calls.set(callId, null);
    const inRooms = new Set([...claims.values()].map(claim => claim.callId));
    // A call that is in no room cannot be given to anybody.
    for (const callId of calls) if (!inRooms.has(callId)) this.#late(callId, null);
    return { calls: calls.length, roomNames };
  }

  stop(): void {
    this.#stopped = true;
  }

  #look(): void {
    if (this.#stopped) return;
    const { claims, late } = claimsOf.overdue(this.#claims, this.#deps.clock.mono());
    this.#claims = claims;
    for (const { roomName, callId } of late) this.#late(callId, roomName);
    this.#deps.clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  #late(callId: CallId, roomName: string | null): void {
    this.#calls.delete(callId);
    if (roomName !== null) this.#over.add(roomName);
    this.#deps.onLate(callId, roomName);
  }
}
