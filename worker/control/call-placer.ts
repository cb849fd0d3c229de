import type { Journal } from '#shared/adapters/journal.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { RoomNote } from '#shared/domain/rooms.ts';
import { readPhoneNumber } from '#shared/domain/transfer-target.ts';
import { appError, toErrorBody } from '#shared/errors/app-error.ts';
import type { PlaceCall } from '#shared/protocol/place-call.ts';
import type { DialPermits } from '#worker/livekit/dial-permits.ts';
import type { RoomServer } from '#worker/livekit/room-server.ts';
import type { Store } from '#worker/store/store.ts';
import { RateLimit } from './rate-limit.ts';
import type { ControlRooms } from './room-handlers.ts';

/** What somebody may ask for in a minute: enough to work through a list by hand, too little to run up a bill. */
export const PLACE_LIMIT = { count: 10, windowMs: 60_000 };
/** A dispatch is lost without a word now and then; one that is not is on the floor within 600 ms (measured). */
const DISPATCH_AGAIN_MS = 1500;
/** Less than a desk waits for an answer. */
const RING_LIMIT_MS = 4000;
const OUTGOING_LINE = 'Outgoing';

export interface CallPlacerDeps {
  readonly rooms: ControlRooms | null;
  readonly journal: Pick<Journal, 'onEntry'>;
  readonly store: Pick<Store, 'commandAnswer' | 'saveCommandAnswer' | 'conversation' | 'recordAccess'>;
  /** Whether the call is open now. */
  readonly isOpen: (callId: CallId, actor: Actor) => boolean;
  readonly openCalls: () => number;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Places calls that people ask for (API50-API55). The host that is given the room dials: this only asks for it, once for each request,
 * whatever is asked again meanwhile or after a restart.
 */
export class CallPlacer {
  readonly #deps: CallPlacerDeps;
  readonly #limit = new RateLimit(PLACE_LIMIT);
  readonly #running = new Map<string, Promise<CallId>>();

  constructor(deps: CallPlacerDeps) {
    this.#deps = deps;
    const permits = deps.rooms?.phones?.permits;
    if (permits) deps.journal.onEntry(({ event }) => permits.event(event));
  }

  /** Errors: `input.invalid`, `media.*`, `telephony.refused`, `telephony.busy`, `telephony.unreachable`, `access.too-often`. */
  place(request: PlaceCall, actor: Actor): Promise<CallId> {
    const key = `${actor.userId}\n${request.requestId}`;
    const running = this.#running.get(key);
    if (running) return running;
    const placed = this.#place(request, actor).finally(() => this.#running.delete(key));
    this.#running.set(key, placed);
    return placed;
  }

  async #place(request: PlaceCall, actor: Actor): Promise<CallId> {
    const { rooms } = this.#deps;
    const number = readPhoneNumber(request.to);
    if (number === null)
      throw appError('input.invalid', 'This cannot be called. A phone number has at least three digits.');
    if (!rooms)
      throw appError('media.not-configured', 'This worker has no LiveKit server, and so no phones.');
    const { phones, server } = rooms;
    if (!phones)
      throw appError(
        'telephony.refused',
        'This worker has no trunk for calls that we make: --sip names none.',
      );
    const callId = await this.#callOf(request, actor);
    if (await this.#isPlaced(callId, actor)) return callId;
    this.#guard(actor, phones.maxCalls);
    const { orgId } = actor;
    const displayName = request.name === '' ? number : request.name;
    const dial = { trunkId: phones.trunkId, number };
    const note: RoomNote = { callId, orgId, line: OUTGOING_LINE, displayName, simulated: false, dial };
    try {
      await this.#dispatch(server, phones.permits, note);
    } catch (error) {
      this.#record(actor, callId, toErrorBody(error, 'worker').code);
      throw error;
    }
    this.#record(actor, callId, 'dialled');
    return callId;
  }

  /** One call for each request, kept before anything is asked for: nobody is called twice. */
  async #callOf({ requestId }: PlaceCall, { userId }: Actor): Promise<CallId> {
    const { store, clock, newId } = this.#deps;
    const key = `place-call ${requestId}`;
    const known = await store.commandAnswer(userId, key);
    if (known !== null) return known as CallId;
    const callId = newId() as CallId;
    await store.saveCommandAnswer(userId, key, callId, clock.now());
    return callId;
  }

  async #isPlaced(callId: CallId, actor: Actor): Promise<boolean> {
    const { isOpen, store } = this.#deps;
    return isOpen(callId, actor) || (await store.conversation(actor.orgId, callId)) !== null;
  }

  #guard(actor: Actor, maxCalls: number): void {
    const { clock, openCalls } = this.#deps;
    if (!this.#limit.take(actor.userId, clock.mono()))
      throw appError('access.too-often', 'Too many calls were asked for. Wait a minute.', {
        retryable: true,
      });
    // Those that are being placed are not open yet; this one is among them.
    if (openCalls() + this.#running.size > maxCalls)
      throw appError(
        'telephony.busy',
        'Every line is taken at the moment. Try again when a call has ended.',
        {
          retryable: true,
        },
      );
  }

  async #dispatch(server: RoomServer, permits: DialPermits, note: RoomNote): Promise<void> {
    const { journal, clock } = this.#deps;
    const { callId } = note;
    const roomName = `out-${callId}`;
    const metadata = JSON.stringify(note);
    const taken = Promise.withResolvers<undefined>();
    let fate: 'open' | 'taken' | 'given-up' = 'open';
    /** From here on no host may dial, whenever it comes. */
    const giveUp = (): void => {
      if (fate !== 'open') return;
      fate = 'given-up';
      permits.giveUp(callId);
      taken.resolve(undefined);
    };
    const stop = journal.onEntry(({ event }) => {
      if (fate !== 'open' || event.conversationId !== callId || event.type !== 'call.ringing') return;
      fate = 'taken';
      taken.resolve(undefined);
    });
    const isTaken = (): boolean => fate === 'taken';
    const stopAgain = clock.after(
      DISPATCH_AGAIN_MS,
      () => void server.dispatch(roomName, metadata).catch(() => undefined),
    );
    const stopWaiting = clock.after(RING_LIMIT_MS, giveUp);
    permits.ask(callId);
    try {
      await server.createRoom(roomName, metadata);
      await server.dispatch(roomName, metadata);
      await taken.promise;
      if (!isTaken())
        throw appError(
          'telephony.unreachable',
          'No host has taken the call, so nobody was called. Try again.',
          {
            retryable: true,
          },
        );
    } catch (error) {
      giveUp();
      // A host has the call, whatever the server said of the asking.
      if (isTaken()) return;
      // Should this fail too, the server closes the room when it stays empty.
      await server.deleteRoom(roomName).catch(() => undefined);
      throw error;
    } finally {
      stop();
      stopAgain();
      stopWaiting();
    }
  }

  #record({ userId, orgId }: Actor, callId: CallId, outcome: string): void {
    const { store, newId, clock } = this.#deps;
    void store
      .recordAccess({
        id: newId(),
        orgId,
        userId,
        action: 'call.place',
        outcome,
        atMs: clock.now(),
        payload: { callId },
      })
      .catch(() => undefined);
  }
}
