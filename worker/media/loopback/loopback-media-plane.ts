import type {
  AppliedMatrix,
  ListenFrame,
  MediaPlane,
  MediaStreamHandle,
  MicrophoneStream,
  Voice,
} from '#shared/adapters/media-plane.ts';
import type { AudibilityInput } from '#shared/domain/audibility.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallMixer } from './call-mixer.ts';

/** Media for the demo, the tests and single machines: every call is mixed in this process. */
export class LoopbackMediaPlane implements MediaPlane {
  readonly #mixers = new Map<CallId, CallMixer>();

  add(callId: CallId, mixer: CallMixer): void {
    this.#mixers.set(callId, mixer);
  }

  remove(callId: CallId): void {
    this.#mixers.get(callId)?.end();
    this.#mixers.delete(callId);
  }

  listen(
    callId: CallId,
    userId: UserId,
    onFrame: (frame: ListenFrame) => void,
    onEnd: () => void,
  ): MediaStreamHandle {
    return this.#mixer(callId).listen(userId, onFrame, onEnd);
  }

  openMicrophone(callId: CallId, userId: UserId, voice?: Voice): MicrophoneStream {
    return this.#mixer(callId).openMicrophone(userId, voice);
  }

  apply(callId: CallId, input: AudibilityInput): AppliedMatrix {
    return { ...this.#mixer(callId).apply(input), enforced: null };
  }

  #mixer(callId: CallId): CallMixer {
    const mixer = this.#mixers.get(callId);
    if (!mixer) throw appError('call.unknown', 'This call is not running here.');
    if (mixer.ended) throw appError('call.already-ended', 'The call has ended.');
    return mixer;
  }
}
