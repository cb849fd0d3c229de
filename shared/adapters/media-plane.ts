import type { AudibilityEdge, AudibilityInput } from '#shared/domain/audibility.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';

/** Audio for one listener: 320 samples of Int16 at 16 kHz, and where they belong on the call's sample axis. */
export interface ListenFrame {
  readonly sequence: number;
  readonly sampleIndex: number;
  /** Everything this listener may hear, mixed. */
  readonly samples: Int16Array;
}

/** A live stream of one person into or out of one call. Closing twice is harmless. */
export interface MediaStreamHandle {
  close(): void;
}

/** What a person's frames are: said on the line, or whispered to the person who has the call. */
export type Voice = 'line' | 'whisper';

export interface MicrophoneStream extends MediaStreamHandle {
  /** 320 samples. Dropped (and counted) while the matrix has no edge from this person to anybody. */
  push(samples: Int16Array): void;
  /** Frames dropped because nobody may hear them. */
  readonly droppedFrames: number;
}

/** What became of a matrix. */
export interface AppliedMatrix {
  /** The edges now in force where audio is mixed. */
  readonly edges: readonly AudibilityEdge[];
  /** First sample of the mix under them. */
  readonly sample: number;
  /**
   * Settles once a media server outside this process enforces them too; rejects with `media.*` when it could not be made to.
   * `null` where nobody else has to. Until then nobody may begin to speak.
   */
  readonly enforced: Promise<void> | null;
}

/**
 * People of ours in the audio of running calls. The audibility matrix is the only rule; this applies it.
 * Errors: `call.unknown`, `call.already-ended`.
 */
export interface MediaPlane {
  /** Delivers one mixed frame per 20 ms until closed or the call ends (then `onEnd`). */
  listen(
    callId: CallId,
    userId: UserId,
    onFrame: (frame: ListenFrame) => void,
    onEnd: () => void,
  ): MediaStreamHandle;
  openMicrophone(callId: CallId, userId: UserId, voice?: Voice): MicrophoneStream;
  apply(callId: CallId, input: AudibilityInput): AppliedMatrix;
}

/** People of ours who join a call's room by themselves, so that the caller hears them without us. */
export interface PeopleInRooms {
  /**
   * Brings their voices to where they are recorded and metered.
   * @returns what stops it, or `null` for a room there is not: its people come through the worker
   */
  follow(roomName: string, openMicrophone: (userId: UserId) => MicrophoneStream): (() => void) | null;
}
