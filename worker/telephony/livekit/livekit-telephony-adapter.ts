import type { CallAudio, TelephonyAdapter, TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { appError, type AppError } from '#shared/errors/app-error.ts';
import type { RoomAssignment, RoomAssignments } from '#worker/livekit/room-assignment.ts';
import type { WorkerRoom } from '#worker/livekit/worker-room.ts';
import { EventQueue } from '../event-queue.ts';
import type { StartLineClock } from './line-clock.ts';
import { removeUntilGone, type RemoveMember } from './remove-member.ts';
import { isCallerOf, readRoomNote, ringOfRoom, type LineNames } from './ring-of-room.ts';
import { RoomCall } from './room-call.ts';
import type { RoomCallLimits } from './room-call-machine.ts';

export const DEFAULT_LIMITS: RoomCallLimits = {
  arrivalMs: 30_000,
  reloadMs: 3000,
  lossMs: 10_000,
  audioMs: 8000,
};

/** So many ended calls are remembered, for who hangs them up late. */
const ENDED_KEPT = 1000;

export interface LivekitTelephonyDeps {
  readonly clock: Clock;
  readonly assignments: RoomAssignments;
  readonly join: (assignment: RoomAssignment) => Promise<WorkerRoom>;
  readonly startLineClock: StartLineClock;
  readonly remove: RemoveMember;
  readonly newCallId: () => CallId;
  readonly limits: RoomCallLimits;
  readonly lines: LineNames;
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

  async transfer(callId: CallId): Promise<void> {
    this.#find(callId);
    return Promise.reject(
      appError('telephony.transfer-refused', 'A caller in a browser cannot be transferred to a phone.'),
    );
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
    const { assignments, join } = this.#deps;
    const { jobId, roomName } = assignment;
    // Dispatched twice: joining again would put ourselves out of the room.
    if (this.#rooms.has(roomName)) return assignments.ended(jobId, 'success');
    this.#rooms.add(roomName);
    let room: WorkerRoom;
    try {
      room = await join(assignment);
    } catch (error) {
      this.#rooms.delete(roomName);
      assignments.ended(jobId, 'failed');
      throw error;
    }
    assignments.running(jobId);
    const call = this.#enter(assignment, room);
    call.start();
    if (signal.aborted) call.hangUp();
  }

  #enter(assignment: RoomAssignment, room: WorkerRoom): RoomCall {
    const { clock, startLineClock, limits, lines, remove, newCallId, assignments, onError } = this.#deps;
    const { roomName, jobId } = assignment;
    const note = readRoomNote(assignment.metadata);
    const callId = note?.callId ?? newCallId();
    const told = { callId, roomName, note };
    const onFailure = (error: unknown): void => onError(callId, error);
    const left = Promise.withResolvers<void>();
    const call: RoomCall = new RoomCall(callId, room, {
      clock,
      rules: { ...limits, isCaller: isCallerOf(callId) },
      startLineClock,
      ringOf: member => ringOfRoom(told, member, lines),
      tell: event => this.#tell(call, event),
      remove: identity => removeUntilGone(() => remove(roomName, identity), clock, onFailure),
      onLeft: outcome => {
        this.#rooms.delete(roomName);
        assignments.ended(jobId, outcome);
        this.#open.delete(call);
        left.resolve();
      },
      onError: onFailure,
    });
    this.#open.set(call, left.promise);
    return call;
  }

  #tell(call: RoomCall, event: TelephonyEvent): void {
    if (event.type === 'call.ringing') this.#calls.set(event.callId, call);
    if (event.type === 'call.ended' || event.type === 'call.failed') this.#forget(event.callId);
    this.#queue.put(event);
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
