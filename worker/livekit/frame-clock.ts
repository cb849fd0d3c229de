import { FRAME_MS, FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';

/** Frames that wait before they sound: 20 ms where they come evenly (the decoder has a jitter buffer of its own), up to 100 ms where they do not. */
const LEAST_DEPTH = 1;
const MOST_DEPTH = 5;
/** Who is silent for longer has stopped; a shorter hole was the way here, and more frames should have waited. */
const HOLE_MS = 200;
/** Without a hole for this long, one frame less will do. */
const CALM_MS = 10_000;
/** After a longer stop of this process (a machine that slept) the line goes on from now. */
const MOST_OWED = 50;
/** About -60 dBFS: a frame that nobody misses. */
const SILENT_PEAK = 32;

export interface FrameClockFigures {
  /** Holes in the middle of what came. */
  readonly underruns: number;
  /** Frames that came and never sounded: too many were waiting. */
  readonly droppedFrames: number;
  /** How many frames are let wait at present. */
  readonly depth: number;
}

/** Turns frames that come when they like into one per 20 ms. All times are monotonic milliseconds. Pure. */
export interface FrameQueue {
  /** 320 samples. The queue owns the buffer from now on. */
  push(samples: Int16Array, nowMono: number): void;
  /** The frames that are due by now: exactly one for each 20 ms since the start, silence where nothing came. */
  due(nowMono: number): Int16Array[];
  readonly nextAtMono: () => number;
  readonly figures: () => FrameClockFigures;
}

export function createFrameQueue(startMono: number): FrameQueue {
  const waiting: Int16Array[] = [];
  let nextAtMono = startMono + FRAME_MS;
  let depth = LEAST_DEPTH;
  let playing = false;
  let emptyAtMono: number | null = null;
  let holeAtMono = startMono;
  let underruns = 0;
  let droppedFrames = 0;

  const owed = (nowMono: number): number => Math.max(0, Math.floor((nowMono - nextAtMono) / FRAME_MS) + 1);
  const drop = (index: number): void => {
    waiting.splice(index, 1);
    droppedFrames += 1;
  };
  const noteHole = (nowMono: number): void => {
    if (emptyAtMono === null) return;
    if (nowMono - emptyAtMono < HOLE_MS) {
      underruns += 1;
      depth = Math.min(MOST_DEPTH, depth + 1);
      holeAtMono = nowMono;
    }
    emptyAtMono = null;
  };
  const next = (atMono: number, behind: number): Int16Array => {
    // Whoever is behind does not wait for more to come: it has come while we could not look.
    if (!playing && waiting.length < depth && behind === 0) return new Int16Array(FRAME_SAMPLES);
    const frame = waiting.shift();
    if (!frame && playing) emptyAtMono = atMono;
    playing = frame !== undefined;
    return frame ?? new Int16Array(FRAME_SAMPLES);
  };
  return {
    push(samples, nowMono) {
      noteHole(nowMono);
      if (nowMono - holeAtMono > CALM_MS && depth > LEAST_DEPTH) {
        depth -= 1;
        holeAtMono = nowMono;
      }
      waiting.push(samples);
      const spare = waiting.length - owed(nowMono);
      if (spare <= depth + 1) return;
      const silent = waiting.findIndex(isSilent);
      if (silent >= 0) drop(silent);
      else if (spare > MOST_DEPTH) drop(0);
    },
    due(nowMono) {
      const count = owed(nowMono);
      if (count > MOST_OWED) nextAtMono += (count - MOST_OWED) * FRAME_MS;
      const frames: Int16Array[] = [];
      for (let behind = Math.min(count, MOST_OWED) - 1; behind >= 0; behind -= 1) {
        frames.push(next(nextAtMono, behind));
        nextAtMono += FRAME_MS;
      }
      return frames;
    },
    nextAtMono: () => nextAtMono,
    figures: () => ({ underruns, droppedFrames, depth }),
  };
}

const isSilent = (samples: Int16Array): boolean => samples.every(sample => Math.abs(sample) <= SILENT_PEAK);

export interface FrameClock {
  push(samples: Int16Array): void;
  stop(): void;
  readonly figures: () => FrameClockFigures;
}

/**
 * The clock of a line whose audio comes over a network: `onFrame` gets one frame of 320 samples per 20 ms from now until stopped,
 * in order, synchronously, on an absolute schedule (a late one is followed at once by those it made late). For telephony adapters,
 * whose calls need a steady line (TEL5). Source: docs/spec/rooms.md ROOM11, ROOM12.
 */
export function startFrameClock(clock: Clock, onFrame: (samples: Int16Array) => void): FrameClock {
  const queue = createFrameQueue(clock.mono());
  let stopped = false;
  let wake: Cancel;
  let hasWaited = false;
  const tick = (): void => {
    const lateMs = clock.mono() - queue.nextAtMono();
    if (lateMs > FRAME_MS && !hasWaited) {
      // The process stood still, so frames have come that nobody has taken in yet: they are first.
      hasWaited = true;
      wake = clock.after(0, tick);
      return;
    }
    hasWaited = false;
    for (const frame of queue.due(clock.mono())) if (!stopped) onFrame(frame);
    schedule();
  };
  const schedule = (): void => {
    if (!stopped) wake = clock.after(Math.max(0, queue.nextAtMono() - clock.mono()), tick);
  };
  schedule();
  return {
    push: samples => {
      if (!stopped) queue.push(samples, clock.mono());
    },
    stop: () => {
      stopped = true;
      wake();
    },
    figures: () => queue.figures(),
  };
}
