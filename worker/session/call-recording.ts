import type { Recorder, Recording } from '#shared/adapters/recorder.ts';
import { FRAME_MS, FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { CallId, ChunkId, OrgId } from '#shared/domain/ids.ts';
import type { Retention } from '#shared/domain/retention.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';

const SILENCE = new Int16Array(FRAME_SAMPLES);

export interface CallRecordingDeps {
  readonly callId: CallId;
  readonly orgId: OrgId;
  /** Null where calls are not recorded. */
  readonly recorder: Recorder | null;
  readonly retention: Retention;
  readonly now: () => EpochMs;
  /** The sentence that tells the caller of the recording. */
  readonly notice: string;
  readonly append: (draft: CallEventDraft) => void;
}

/** When a call is recorded: from the moment on that the caller has heard so, to its end (REC1, REC2). */
export class CallRecording {
  readonly #deps: CallRecordingDeps;
  #recording: Recording | null = null;
  #announced = false;
  #frames = 0;

  constructor(deps: CallRecordingDeps) {
    this.#deps = deps;
  }

  /** A chunk was heard to its end. */
  spoken(chunkId: ChunkId, text: string, nextSample: number): void {
    const { notice, append } = this.#deps;
    if (this.#announced || notice === '' || !text.includes(notice)) return;
    this.#announced = true;
    append({ type: 'consent.announced', chunkId });
    this.#start(nextSample, 1, this.#deps.retention);
  }

  #start(nextSample: number, part: number, retention: Retention): void {
    const { recorder, append, callId, orgId, now } = this.#deps;
    // A profile that keeps nothing records nothing (REC9).
    if (!recorder || retention.keepDays === 0) return;
    append({ type: 'recording.started', format: 'ogg-opus', sample: nextSample, retention });
    const order = { callId, orgId, startedAtMs: now(), part, retention };
    this.#recording = recorder.start(order, reason => this.#ended(reason));
  }

  /**
   * The caller has been told already, on the host before. @param parts begun so far; a further one begins, unless the call was not
   * recorded @param retention of the parts before: what an org chooses counts for calls that begin later (PRIV9)
   */
  goOn(nextSample: number, parts: number, retention: Retention | null): void {
    this.#announced = true;
    if (parts > 0) this.#start(nextSample, parts + 1, retention ?? this.#deps.retention);
  }

  /** @param hushed card data is being said: both sides are silent in the file (HUSH4) */
  frame(caller: Int16Array, heard: Int16Array, hushed = false): void {
    if (!this.#recording) return;
    if (hushed) this.#recording.push(SILENCE, SILENCE);
    else this.#recording.push(caller, heard);
    this.#frames += 1;
  }

  /** Before the log closes. */
  end(): void {
    const recording = this.#recording;
    if (!recording) return;
    recording.end();
    this.#ended('call-ended');
  }

  #ended(reason: 'call-ended' | 'storage-failed' | 'too-slow'): void {
    this.#recording = null;
    this.#deps.append({ type: 'recording.ended', reason, durationMs: this.#frames * FRAME_MS });
  }
}
