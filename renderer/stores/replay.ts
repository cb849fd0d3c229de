import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { RecordingTrack } from '#renderer/media/recording-track.ts';
import { recordingMarks, type RecordingMarks } from '#shared/projections/recording-marks.ts';
import type { RecordingPeaks } from '#shared/protocol/recording-peaks.ts';
import { TimelineCursor, type CallView } from '#shared/projections/timeline-cursor.ts';
import type { CallStore } from './call-store.ts';
import type { ConsoleClock } from './clock.ts';

export const RATES = [1, 1.5, 2] as const;
export type ReplayRate = (typeof RATES)[number];
export const SKIP_MS = 5_000;

export type ReplayAudio =
  | { readonly name: 'unasked' }
  | { readonly name: 'loading' }
  | { readonly name: 'ready' }
  | { readonly name: 'none'; readonly error: ErrorBody };

export interface ReplayState {
  /** The playhead; null is the newest there is. */
  readonly atMs: number | null;
  readonly playing: boolean;
  readonly rate: ReplayRate;
  readonly audio: ReplayAudio;
  /** The call as it was at the playhead; null while the playhead is at the newest. */
  readonly view: CallView | null;
  /** What the recording looks like; null while it is not known or there is none. */
  readonly shape: RecordingLook | null;
}

export interface RecordingLook {
  readonly peaks: RecordingPeaks;
  readonly marks: RecordingMarks;
}

/** The past of the opened call: where the playhead is, and what was true there. */
export interface Replay {
  readonly state: StoreApi<ReplayState>;
  /** Puts the playhead somewhere; at or after the end it is the newest again. */
  seek(atMs: number | null): void;
  skip(byMs: number): void;
  toggle(): Promise<void>;
  setRate(rate: ReplayRate): void;
  /** Reads what the recording looks like so far; where nothing was recorded nothing is asked. */
  readShape(): Promise<void>;
  /** Forgets everything; another call is opened. */
  reset(): void;
}

export interface ReplayDeps {
  readonly clock: ConsoleClock;
  readonly call: CallStore;
  readonly track: RecordingTrack;
  /** The running call must not sound beside its own past. */
  readonly quiet: (isQuiet: boolean) => void;
}

const AT_NEWEST: ReplayState = {
  atMs: null,
  playing: false,
  rate: 1,
  audio: { name: 'unasked' },
  view: null,
  shape: null,
};

export function createReplay({ clock, call, track, quiet }: ReplayDeps): Replay {
  const state = createStore<ReplayState>(() => AT_NEWEST);
  let cursor = new TimelineCursor([]);
  let readEvents = 0;
  let lastMono = 0;
  let stopFrames = (): void => undefined;

  /** The cursor of the whole log; made anew only when there is more of it. */
  const whole = (): TimelineCursor => {
    const events = call.log();
    if (events.length !== readEvents) {
      cursor = new TimelineCursor(events);
      readEvents = events.length;
    }
    return cursor;
  };

  const newestMs = (): number => {
    const { endedAtMs } = call.state.getState().timeline;
    return endedAtMs ?? clock.now();
  };

  const show = (atMs: number): void => {
    const shown = whole().at(atMs);
    const { view } = state.getState();
    // Nothing happened between: the same view stays, and nothing renders.
    const isSame = view?.timeline.lastSeq === shown.timeline.lastSeq;
    state.setState({ atMs, view: isSame ? view : shown });
  };

  const pause = (): void => {
    stopFrames();
    track.pause();
    quiet(false);
    state.setState({ playing: false });
  };

  const toNewest = (): void => {
    pause();
    state.setState({ atMs: null, view: null });
  };

  const recordingPositionMs = (atMs: number): number | null => {
    const startedMs = recordingStartMs(call.log());
    return startedMs === null || atMs < startedMs ? null : atMs - startedMs;
  };

  const tick = (): void => {
    const { playing, rate, atMs } = state.getState();
    if (!playing || atMs === null) return;
    const mono = clock.mono();
    const elapsedMs = (mono - lastMono) * rate;
    lastMono = mono;
    const startedMs = recordingStartMs(call.log());
    const audioMs = state.getState().audio.name === 'ready' ? track.positionMs() : null;
    const next = audioMs !== null && startedMs !== null ? startedMs + audioMs : atMs + elapsedMs;
    if (next >= newestMs()) {
      toNewest();
      return;
    }
    // The playhead reaches the first recorded instant: from here on the audio is the clock.
    if (audioMs === null && startedMs !== null && atMs < startedMs && next >= startedMs) sound(next);
    show(next);
    stopFrames = clock.frame(tick);
  };

  const sound = (atMs: number): void => {
    const positionMs = recordingPositionMs(atMs);
    const { audio, rate } = state.getState();
    if (audio.name === 'ready' && positionMs !== null) track.play(positionMs, rate);
    else track.pause();
  };

  const load = async (callId: CallId): Promise<void> => {
    state.setState({ audio: { name: 'loading' } });
    const error = await track.load(callId);
    if (call.state.getState().callId !== callId) return;
    state.setState({ audio: error ? { name: 'none', error } : { name: 'ready' } });
  };

  const seek = (atMs: number | null): void => {
    const { range } = whole();
    if (atMs === null || range === null || atMs >= newestMs()) {
      toNewest();
      return;
    }
    show(Math.max(range.fromMs, atMs));
    if (state.getState().playing) sound(state.getState().atMs ?? atMs);
  };

  return {
    state,
    seek,
    skip(byMs) {
      seek((state.getState().atMs ?? newestMs()) + byMs);
    },
    async toggle() {
      const { callId, timeline } = call.state.getState();
      if (callId === null) return;
      if (state.getState().playing) {
        pause();
        return;
      }
      // At the newest there is nothing to play: a finished call begins again, a running one goes back a little.
      if (state.getState().atMs === null)
        seek(
          timeline.endedAtMs === null
            ? newestMs() - SKIP_MS
            : (timeline.connectedAtMs ?? timeline.ringingAtMs ?? 0),
        );
      const { audio } = state.getState();
      if (audio.name === 'unasked' || audio.name === 'none') await load(callId);
      const { atMs } = state.getState();
      if (atMs === null || call.state.getState().callId !== callId) return;
      lastMono = clock.mono();
      quiet(true);
      state.setState({ playing: true });
      sound(atMs);
      stopFrames = clock.frame(tick);
    },
    setRate(rate) {
      const { atMs, playing } = state.getState();
      state.setState({ rate });
      if (playing && atMs !== null) sound(atMs);
    },
    async readShape() {
      const { callId } = call.state.getState();
      if (callId === null || recordingMarks(call.log()) === null) return;
      const peaks = await track.peaks(callId);
      const marks = recordingMarks(call.log());
      if (call.state.getState().callId !== callId) return;
      state.setState({ shape: peaks && marks ? { peaks, marks } : null });
    },
    reset() {
      pause();
      track.close();
      readEvents = 0;
      cursor = new TimelineCursor([]);
      state.setState(AT_NEWEST, true);
    },
  };
}

/** The instant of the recording's first sample, or null when nothing was recorded. */
function recordingStartMs(events: readonly CallEvent[]): number | null {
  return events.find(event => event.type === 'recording.started')?.atMs ?? null;
}
