import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { Retention } from '#shared/domain/retention.ts';
import type { EpochMs } from '#shared/domain/units.ts';

/** Why a recording ended by itself. */
export type RecordingFault = 'storage-failed' | 'too-slow';

/** One recording under way. */
export interface Recording {
  /** One frame of both sides of the line, 320 samples each. Returns at once; nothing waits for a disk. */
  push(caller: Int16Array, heard: Int16Array): void;
  /** Writes out what is there and closes the file, in its own time. */
  end(): void;
}

/** What is recorded, and how long it is kept. */
export interface RecordingOrder {
  readonly callId: CallId;
  readonly orgId: OrgId;
  readonly startedAtMs: EpochMs;
  /** 1, or more for a host that goes on with a call: what was recorded before stays. */
  readonly part: number;
  readonly retention: Retention;
}

/** Writes calls down: the caller on the left, everything the caller hears on the right. */
export interface Recorder {
  /** @param onFault called at most once; the recording has ended then, and the call goes on */
  start(order: RecordingOrder, onFault: (fault: RecordingFault) => void): Recording;
}
