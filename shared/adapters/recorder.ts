import type { CallId } from '#shared/domain/ids.ts';

/** Why a recording ended by itself. */
export type RecordingFault = 'storage-failed' | 'too-slow';

/** One recording under way. */
export interface Recording {
  /** One frame of both sides of the line, 320 samples each. Returns at once; nothing waits for a disk. */
  push(caller: Int16Array, heard: Int16Array): void;
  /** Writes out what is there and closes the file, in its own time. */
  end(): void;
}

/** Writes calls down: the caller on the left, everything the caller hears on the right. */
export interface Recorder {
  /** @param onFault called at most once; the recording has ended then, and the call goes on */
  start(callId: CallId, onFault: (fault: RecordingFault) => void): Recording;
}
