import type {
  AppliedMatrix,
  ListenFrame,
  MediaPlane,
  MediaStreamHandle,
  MicrophoneStream,
  Voice,
} from '#shared/adapters/media-plane.ts';
import type { AudibilityInput } from '#shared/domain/audibility.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import { coachRoom } from '#shared/domain/rooms.ts';
import type { RoomPeople } from '#worker/livekit/room-people.ts';
import type { WorkerRoom } from '#worker/livekit/worker-room.ts';
import { superviseRoom, type RoomSupervision } from './room-supervision.ts';

/** The plane that mixes what the worker itself plays and records. */
export interface MixingPlane<Mixer> extends MediaPlane {
  add(callId: CallId, mixer: Mixer, roomName: string | null): void;
  remove(callId: CallId): void;
}

export interface LivekitMediaPlaneDeps<Mixer> {
  readonly mixing: MixingPlane<Mixer>;
  readonly people: RoomPeople;
  readonly clock: Clock;
  readonly roomOf: (roomName: string) => WorkerRoom | null;
  /** Somebody made themselves heard who may not be. */
  readonly onStray: (callId: CallId, identity: string, outcome: 'muted' | 'removed') => void;
  readonly onError: (callId: CallId, error: unknown) => void;
}

/** Calls in rooms: the mixer sees to what the worker plays and hears, LiveKit's server to what people say and hear in the room. */
export class LivekitMediaPlane<Mixer> implements MixingPlane<Mixer> {
  readonly #deps: LivekitMediaPlaneDeps<Mixer>;
  readonly #rooms = new Map<CallId, RoomSupervision>();

  constructor(deps: LivekitMediaPlaneDeps<Mixer>) {
    this.#deps = deps;
  }

  add(callId: CallId, mixer: Mixer, roomName: string | null): void {
    const { mixing, people, clock, roomOf, onStray, onError } = this.#deps;
    mixing.add(callId, mixer, roomName);
    if (roomName === null) return;
    const room = superviseRoom({
      roomName,
      coachRoomName: coachRoom(callId),
      people,
      clock,
      room: roomOf(roomName),
      onStray: (identity, outcome) => onStray(callId, identity, outcome),
      onError: error => onError(callId, error),
    });
    this.#rooms.set(callId, room);
  }

  remove(callId: CallId): void {
    this.#deps.mixing.remove(callId);
    const room = this.#rooms.get(callId);
    this.#rooms.delete(callId);
    room?.close().catch((error: unknown) => this.#deps.onError(callId, error));
  }

  listen(
    callId: CallId,
    userId: UserId,
    onFrame: (frame: ListenFrame) => void,
    onEnd: () => void,
  ): MediaStreamHandle {
    return this.#deps.mixing.listen(callId, userId, onFrame, onEnd);
  }

  openMicrophone(callId: CallId, userId: UserId, voice?: Voice): MicrophoneStream {
    return this.#deps.mixing.openMicrophone(callId, userId, voice);
  }

  /** The mixer's part is done when this returns; the server's when `enforced` settles. */
  apply(callId: CallId, input: AudibilityInput): AppliedMatrix {
    const applied = this.#deps.mixing.apply(callId, input);
    const enforced = this.#rooms.get(callId)?.apply(applied.edges) ?? applied.enforced;
    // Told here too: nobody may be waiting for it.
    enforced?.catch((error: unknown) => this.#deps.onError(callId, error));
    return { ...applied, enforced };
  }
}
