import type { StoreApi } from 'zustand/vanilla';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';

/** The person's own microphone. In `closed` no device is open, not even silently. */
export type DeviceState =
  | { readonly name: 'closed' }
  | { readonly name: 'opening' }
  | { readonly name: 'open' }
  | { readonly name: 'failed'; readonly error: ErrorBody };

/** A way of audio that this page keeps up itself. `none` where nothing is joined: audio that the worker brings has no such state. */
export type LineState =
  | { readonly name: 'none' }
  | { readonly name: 'joining' }
  | { readonly name: 'on' }
  /** The browser holds sound back until the person touches the page. */
  | { readonly name: 'blocked' }
  | { readonly name: 'reconnecting' }
  /** The worker lets this person hear nobody for now; it is asked again. */
  | { readonly name: 'waiting' }
  /** Nothing is tried any more until the person wants it. */
  | { readonly name: 'lost'; readonly error: ErrorBody };

export interface MediaState {
  readonly listeningTo: CallId | null;
  readonly device: DeviceState;
  /** The call that gets this person's frames; an armed microphone sends to nobody. */
  readonly sendingTo: CallId | null;
  readonly muted: boolean;
  /** Times the player had nothing to play while it was playing. */
  readonly underruns: number;
  readonly hearing: LineState;
  readonly speaking: LineState;
  /** The room beside the call in which people of ours whisper. */
  readonly coach: LineState;
  /** The call on which this person whispers now to the one who has it. */
  readonly whisperingTo: CallId | null;
}

/** `coach` whispers, `coached` has the call and is whispered to. */
export type CoachSeat = 'coach' | 'coached';

export const SILENT: MediaState = {
  listeningTo: null,
  device: { name: 'closed' },
  sendingTo: null,
  muted: false,
  underruns: 0,
  hearing: { name: 'none' },
  speaking: { name: 'none' },
  coach: { name: 'none' },
  whisperingTo: null,
};

/** Where audio comes from and goes to: frames over the desk, or a room. Screens cannot tell which. */
export interface MediaLink {
  readonly state: StoreApi<MediaState>;
  /** Plays what this person may hear of one call; the worker must know the listener first. */
  listen(callId: CallId): Promise<void>;
  stopListening(): void;
  /** Opens the device and its meter for this call. Sends to nobody. @returns null, or why there is no microphone */
  openMicrophone(callId: CallId): Promise<ErrorBody | null>;
  /** From now on this call hears the person; the microphone must be open for it. Resolves when the voice is on its way. */
  sendTo(callId: CallId): Promise<void>;
  stopSending(): void;
  /** Stops sending and closes the device with all its tracks. */
  closeMicrophone(): void;
  setMuted(muted: boolean): void;
  /**
   * Makes whispering ready: nothing is heard yet, and no device is opened. Where the worker mixes there is nothing to join.
   * @returns null, or why it cannot be
   */
  joinCoach(callId: CallId, seat: CoachSeat): Promise<ErrorBody | null>;
  leaveCoach(): void;
  /** From now on the person who has the call hears this one; joined as `coach`, with an open microphone. Resolves when told. */
  whisper(callId: CallId): Promise<void>;
  stopWhispering(): void;
  /** Keeps the running call from the loudspeaker while something else plays; listening itself goes on. */
  setQuiet(isQuiet: boolean): void;
  /** Peak of the own microphone over the last 20 ms, 0 to 1. Read by what paints the meter. */
  readonly level: () => number;
  /** Tries again to hear what was lost; nothing where nothing is lost. */
  reconnect(): Promise<void>;
  /** Plays what the browser held back; to be called while the person touches the page. */
  allowSound(): Promise<void>;
}
