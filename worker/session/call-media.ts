import type { MediaPlane } from '#shared/adapters/media-plane.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallMixer } from '#worker/media/loopback/call-mixer.ts';

/** The media plane as a session uses it: it brings its own mixer, and takes it away when the call has ended. */
export interface CallMedia extends MediaPlane {
  /** @param roomName the room that carries the call, where one does */
  add(callId: CallId, mixer: CallMixer, roomName: string | null): void;
  /** The call is over for everybody who listens. */
  remove(callId: CallId): void;
}
