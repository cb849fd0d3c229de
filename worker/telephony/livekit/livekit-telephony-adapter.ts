import type {
  CallAudio,
  TelephonyAdapter,
  TelephonyEvent,
  TransferBriefing,
} from '#shared/adapters/telephony-adapter.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { readRoomNote, type RoomNote } from '#shared/domain/rooms.ts';
import { isDialable } from '#shared/domain/transfer-target.ts';
import { appError, type AppError } from '#shared/errors/app-error.ts';
import type { DialPermit } from '#worker/livekit/dial-permits.ts';
import type { RoomAssignment, RoomAssignments } from '#worker/livekit/room-assignment.ts';
import type { WorkerRoom } from '#worker/livekit/worker-room.ts';
import { EventQueue } from '../event-queue.ts';
import { goOnWithColleague } from './dial-in-transfer.ts';
import { removeUntilGone, type RemoveMember } from './remove-member.ts';
import { refuseWhenRinging } from './refuse-call.ts';
import { dialledMember, isCallerOf, ringOfRoom, type LineNames } from './ring-of-room.ts';
import { RoomCall, type RoomCallPorts } from './room-call.ts';
import type { RoomCallLimits } from './room-call-machine.ts';
import type { SipApi } from './sip-api.ts';
import { isTimeout, refusalOf } from './sip-refusal.ts';
import type { TransferStrategy } from './transfer-strategy.ts';

export const DEFAULT_LIMITS: RoomCallLimits = {
  arrivalMs: 30_000,
  reloadMs: 3000,
  lossMs: 10_000,
  audioMs: 8000,
  transferSettleMs: 400,
  transferMs: 5000,
  dialAnswerMs: 2000,
};

/** So many ended calls are remembered, for who hangs them up late. */
const ENDED_KEPT = 1000;

export interface LivekitTelephonyDeps {
  readonly clock: Clock;
  readonly assignments: RoomAssignments;
  readonly join: (assignment: RoomAssignment) => Promise<WorkerRoom>;
  readonly remove: RemoveMember;
  readonly newCallId: () => CallId;
  readonly limits: RoomCallLimits;
  readonly lines: LineNames;
  readonly sip: SipApi;
  /** Asked about every call that we place. */
  readonly permits: DialPermit;
  /** For how long a phone that we call, or that a caller is sent to, may ring. */
  readonly ringingS: number;
  readonly transferBy: TransferStrategy;
  /** What is told to callers above so many calls; mono, 16 kHz. `null`: as many as come. */
  readonly capacity: {
    readonly maxCalls: number;
    /** Whether this process is so late that one more call would spoil the others. */
    readonly isStrained?: () => boolean;
    readonly refusal: Int16Array;
  } | null;
  /** We are in a call's room: what a host before us may have left beside it can be cleared away. */
  readonly onJoined: (roomName: string) => void;
  /** A caller was told that nobody can answer now. */
  readonly onRefused: (roomName: string) => void;
  /** Something failed that no caller of ours waits for. */
  readonly onError: (callId: CallId | null, error: unknown) => void;
}

/**
 * The rooms that LiveKit gives to this host, as calls: browsers, and phones that livekit-sip brings
 * (`LiveKitSipTelephonyAdapter` in the requirements). Source: docs/spec/sip.md, docs/spec/telephony.md.
 */
export class LivekitTelephonyAdapter implements TelephonyAdapter {
  readonly provider = 'livekit';
  readonly #deps: LivekitTelephonyDeps;
  readonly #queue = new EventQueue<TelephonyEvent>();
  readonly #calls = new Map<CallId, RoomCall>();
  readonly #rooms = new Set<string>();
  readonly #ended = new Set<CallId>();
  /** Every room we are in, with what settles once it has been left. */
  readonly #open = new Map<RoomCall, Promise<void>>();
  /** Those of them whose callers are told that nobody can answer. */
  readonly #refusing = new Set<RoomCall>();

  constructor(deps: LivekitTelephonyDeps) {
    this.#deps = deps;
  }

  /** Rooms are taken from the first call of this until `signal` aborts; calls that run then go on. */
  events(signal: AbortSignal): AsyncIterable<TelephonyEvent> {
    signal.addEventListener('abort', () => {
      for (const call of this.#open.keys()) if (call.state === 'waiting') call.hangUp();
    });
    this.#accept(signal).catch((error: unknown) => {
      if (!signal.aborted) this.#deps.onError(null, error);
    });
    return this.#queue.read(signal);
  }

  async answer(callId: CallId): Promise<CallAudio> {
    return this.#find(callId).answer();
  }

  hangUp(callId: CallId): Promise<void> {
    const call = this.#calls.get(callId);
    if (!call && !this.#ended.has(callId)) return Promise.reject(unknownCall());
    call?.hangUp();
    return Promise.resolve();
  }

  async sendDtmf(callId: CallId, digits: string): Promise<void> {
    const call = this.#find(callId);
    if (call.state !== 'connected' || !/^[0-9*#A-D]+$/u.test(digits)) {
      throw appError('telephony.refused', 'Keys can be sent to a connected call only: 0-9, *, # and A-D.');
    }
    call.sendKeys(digits);
    return Promise.resolve();
  }

  async transfer(
    callId: CallId,
    target: string,
    briefing?: TransferBriefing,
  ): Promise<'accepted' | 'uncertain'> {
    const call = this.#find(callId);
    if (call.state !== 'connected' || !isDialable(target))
      throw appError('telephony.transfer-refused', 'The target did not answer.');
    return this.#deps.transferBy(call, target, briefing ?? null);
  }

  /** Hangs up what still runs; resolves when every room has been left. */
  async stop(): Promise<void> {
    const left = [...this.#open.values()];
    for (const call of this.#open.keys()) call.hangUp();
    await Promise.all(left);
  }

  async #accept(signal: AbortSignal): Promise<void> {
    for await (const assignment of this.#deps.assignments.next(signal)) {
      this.#take(assignment, signal).catch((error: unknown) => this.#deps.onError(null, error));
    }
  }

  async #take(assignment: RoomAssignment, signal: AbortSignal): Promise<void> {
    const { assignments, join, permits } = this.#deps;
    const { jobId, roomName } = assignment;
    // Dispatched twice: joining again would put ourselves out of the room.
    if (this.#rooms.has(roomName)) return assignments.ended(jobId, 'success');
    this.#rooms.add(roomName);
    const note = readRoomNote(assignment.metadata);
    let room: WorkerRoom | null;
    try {
      const isWanted = !note?.dial || (await permits.mayJoin(note.callId));
      room = isWanted ? await join(assignment) : null;
    } catch (error) {
      this.#rooms.delete(roomName);
      assignments.ended(jobId, 'failed');
      throw error;
    }
    if (room === null) {
      this.#rooms.delete(roomName);
      assignments.ended(jobId, 'success');
      return;
    }
    assignments.running(jobId);
    this.#deps.onJoined(roomName);
    const call = this.#enter(assignment, room);
    call.start();
    if (signal.aborted) call.hangUp();
  }

  #enter(assignment: RoomAssignment, room: WorkerRoom): RoomCall {
    const { newCallId, capacity, onRefused, onError } = this.#deps;
    const { roomName } = assignment;
    const note = readRoomNote(assignment.metadata);
    const callId = note?.callId ?? newCallId();
    const told = { callId, roomName, note };
    const onFailure = (error: unknown): void => onError(callId, error);
    const left = Promise.withResolvers<void>();
    const call: RoomCall = new RoomCall(callId, room, {
      ...this.#portsOf(told, room, onFailure),
      tell: event => {
        if (!refusal) this.#tell(call, event);
        else if (event.type === 'call.ringing') refuseWhenRinging(call, refusal, onFailure);
      },
      onLeft: outcome => {
        this.#rooms.delete(roomName);
        this.#open.delete(call);
        this.#refusing.delete(call);
        this.#deps.assignments.ended(assignment.jobId, outcome);
        left.resolve();
      },
    });
    const isFull =
      capacity !== null &&
      (this.#open.size - this.#refusing.size >= capacity.maxCalls || capacity.isStrained?.() === true);
    const refusal = isFull && !note?.dial ? capacity.refusal : null;
    this.#open.set(call, left.promise);
    if (refusal) {
      this.#refusing.add(call);
      onRefused(roomName);
    }
    return call;
  }

  #portsOf(
    told: { readonly callId: CallId; readonly roomName: string; readonly note: RoomNote | null },
    room: WorkerRoom,
    onError: (error: unknown) => void,
  ): Omit<RoomCallPorts, 'tell' | 'onLeft'> {
    const { clock, limits, lines, permits, remove, sip, ringingS } = this.#deps;
    const { callId, roomName, note } = told;
    const ourPhone = dialledMember(told);
    // Another host has called them before us; they are not to be called twice.
    const isCalled = room.members().some(({ identity }) => identity === ourPhone?.identity);
    const dials = isCalled ? null : ourPhone;
    return {
      clock,
      rules: { ...limits, isCaller: isCallerOf(callId), dials },
      ringOf: member => ringOfRoom(told, member, lines),
      remove: identity => removeUntilGone(() => remove(roomName, identity), clock, onError),
      dial: async isOver => {
        if (!note?.dial || !dials) return 'line.trunk-failed';
        // Last of all: whatever has kept us, nobody is called who is not to be called any more (API58).
        if (!(await permits.mayDial(callId).catch(() => false)) || isOver()) return 'line.given-up';
        try {
          await sip.dial({ ...note.dial, roomName, identity: dials.identity, ringingS });
          return null;
        } catch (error) {
          return refusalOf(error);
        }
      },
      refer: async (identity, target) => {
        try {
          await sip.refer(roomName, identity, target, ringingS);
          return 'ok';
        } catch (error) {
          return isTimeout(error) ? 'timed-out' : 'refused';
        }
      },
      onError,
    };
  }

  #tell(call: RoomCall, event: TelephonyEvent): void {
    if (event.type === 'call.ringing') this.#calls.set(event.callId, call);
    if (event.type === 'call.ended' || event.type === 'call.failed') this.#forget(event.callId);
    this.#queue.put(event);
    if (event.type === 'call.connected') goOnWithColleague(call);
  }

  #forget(callId: CallId): void {
    this.#calls.delete(callId);
    this.#ended.add(callId);
    const [oldest] = this.#ended;
    if (this.#ended.size > ENDED_KEPT && oldest !== undefined) this.#ended.delete(oldest);
  }

  #find(callId: CallId): RoomCall {
    const call = this.#calls.get(callId);
    if (!call) throw unknownCall();
    return call;
  }
}

const unknownCall = (): AppError => appError('telephony.unknown-call', 'There is no such call on this line.');
