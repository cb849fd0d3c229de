import type { CallId } from '#shared/domain/ids.ts';
import { errorBodySchema, type ErrorBody } from '#shared/errors/app-error.ts';
import { recordingPeaksSchema, type RecordingPeaks } from '#shared/protocol/recording-peaks.ts';

/** The recording of one call, ready to be played. Positions are milliseconds from its first sample. */
export interface RecordingTrack {
  /** @returns null when there is something to play, otherwise why not */
  load(callId: CallId): Promise<ErrorBody | null>;
  /** The shape of a recording; null where there is none or it cannot be read. */
  peaks(callId: CallId): Promise<RecordingPeaks | null>;
  play(fromMs: number, rate: number): void;
  pause(): void;
  /** Where the audio is; null while nothing of it plays. */
  positionMs(): number | null;
  close(): void;
}

/** Plays recordings with the browser's own player, from where both shells serve them. */
export function createRecordingTrack(outputDeviceId: () => string): RecordingTrack {
  const audio = new Audio();
  audio.preload = 'metadata';
  return {
    async peaks(callId) {
      try {
        const answer = await fetch(`${urlOf(callId)}/peaks`);
        return answer.ok ? recordingPeaksSchema.parse(await answer.json()) : null;
      } catch {
        return null;
      }
    },
    async load(callId) {
      const url = urlOf(callId);
      try {
        // The player keeps the reason of a refusal to itself: ask for one byte first.
        const answer = await fetch(url, { headers: { range: 'bytes=0-0' } });
        if (!answer.ok) {
          const parsed = errorBodySchema.safeParse(((await answer.json()) as { error?: unknown }).error);
          return parsed.success ? parsed.data : unreadable();
        }
      } catch {
        return unreadable();
      }
      const device = outputDeviceId();
      if (device !== '') await audio.setSinkId(device).catch(() => undefined);
      audio.src = url;
      return null;
    },
    play(fromMs, rate) {
      audio.currentTime = Math.max(0, fromMs / 1000);
      audio.playbackRate = rate;
      void audio.play().catch(() => undefined);
    },
    pause: () => audio.pause(),
    positionMs: () => (audio.paused || audio.ended || audio.readyState < 2 ? null : audio.currentTime * 1000),
    close() {
      audio.pause();
      audio.removeAttribute('src');
      audio.load();
    },
  };
}

const urlOf = (callId: CallId): string => `/desk/recordings/${encodeURIComponent(callId)}`;

function unreadable(): ErrorBody {
  return {
    code: 'worker.unreachable',
    message: 'The recording cannot be read at the moment.',
    retryable: true,
    origin: 'renderer',
  };
}
