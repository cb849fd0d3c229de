import type { StoreApi } from 'zustand/vanilla';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';

/** The person's own microphone. In `closed` no device is open, not even silently. */
export type DeviceState =
  | { readonly name: 'closed' }
  | { readonly name: 'opening' }
  | { readonly name: 'open' }
  | { readonly name: 'failed'; readonly error: ErrorBody };

export interface MediaState {
  readonly listeningTo: CallId | null;
  readonly device: DeviceState;
  /** The call that gets this person's frames; an armed microphone sends to nobody. */
  readonly sendingTo: CallId | null;
  readonly muted: boolean;
  /** Times the player had nothing to play while it was playing. */
  readonly underruns: number;
}

/** Where audio comes from and goes to. The loopback link is the first one; a room link has the same face. */
export interface MediaLink {
  readonly state: StoreApi<MediaState>;
  /** Plays what this person may hear of one call; the worker must know the listener first. */
  listen(callId: CallId): Promise<void>;
  stopListening(): void;
  /** Opens the device and its meter. Sends to nobody. @returns null, or why there is no microphone */
  openMicrophone(): Promise<ErrorBody | null>;
  /** From now on frames go to this call; the device must be open. Resolves when the first frame has left. */
  sendTo(callId: CallId): Promise<void>;
  stopSending(): void;
  /** Stops sending and closes the device with all its tracks. */
  closeMicrophone(): void;
  setMuted(muted: boolean): void;
  /** Keeps the running call from the loudspeaker while something else plays; listening itself goes on. */
  setQuiet(isQuiet: boolean): void;
  /** Peak of the own microphone over the last 20 ms, 0 to 1. Read by what paints the meter. */
  readonly level: () => number;
}
