import { samplesOf, msOf } from '#shared/domain/audio-format.ts';

/** What is handed over at once: two frames of the line. Handing over 20 ms at a time costs about a third more, 50 ms would add delay. */
export const HANDED_SAMPLES = samplesOf(40);
/** Less than this ahead of the wire and it would run dry before the next look. */
const LEAST_AHEAD_MS = 15;
/** More than this ahead is only delay: silence is left out until it is less. */
const CALM_AHEAD_MS = 100;
/** Never further ahead; what comes on top waits, and goes when it waits for too long. */
const MOST_AHEAD_MS = 120;
const MOST_WAITING_SAMPLES = samplesOf(100);
/** About -60 dBFS. */
const SILENT_PEAK = 32;

/** 16 kHz mono on its way to the wire. All times are monotonic milliseconds. */
export interface OutgoingAudio {
  /** Never blocks. What is too much is dropped, oldest first. */
  push(samples: Int16Array, nowMono: number): void;
  /** Forgets what has not been handed over, and what has been but is not on the wire yet. */
  clear(nowMono: number): void;
  /** The next {@link HANDED_SAMPLES} to hand over, or `null` while enough is on its way. Silence where nothing was pushed. */
  next(nowMono: number): Int16Array | null;
  /** When `next` has to be asked again at the latest. */
  readonly dueAtMono: () => number;
  readonly droppedSamples: () => number;
}

/**
 * Keeps a track fed: a producer that gives 20 ms every 20 ms, sometimes late, becomes 40 ms frames that never run dry. A gap is
 * filled with silence, which puts the track ahead by as much, so that the same gap is not heard again: the delay settles at what
 * the producer needs. Pure.
 */
export function createOutgoingAudio(): OutgoingAudio {
  let waiting: Int16Array[] = [];
  let waitingSamples = 0;
  let dropped = 0;
  /** Until then the wire has something to say. */
  let aheadUntilMono = Number.NEGATIVE_INFINITY;

  const dropOldest = (): void => {
    const oldest = waiting.shift();
    waitingSamples -= oldest?.length ?? 0;
    dropped += oldest?.length ?? 0;
  };
  const take = (): Int16Array => {
    const out = new Int16Array(HANDED_SAMPLES);
    let filled = 0;
    while (filled < HANDED_SAMPLES) {
      const first = waiting.shift();
      if (!first) break;
      const part = first.subarray(0, HANDED_SAMPLES - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length < first.length) waiting.unshift(first.subarray(part.length));
    }
    waitingSamples -= filled;
    return out;
  };
  return {
    push(samples, nowMono) {
      const aheadMs = aheadUntilMono - nowMono + msOf(waitingSamples);
      if (aheadMs > CALM_AHEAD_MS && isSilent(samples)) {
        dropped += samples.length;
        return;
      }
      waiting.push(samples);
      waitingSamples += samples.length;
      while (waitingSamples > MOST_WAITING_SAMPLES) dropOldest();
    },
    clear() {
      waiting = [];
      waitingSamples = 0;
      aheadUntilMono = Number.NEGATIVE_INFINITY;
    },
    next(nowMono) {
      const aheadMs = aheadUntilMono - nowMono;
      const hasWhole = waitingSamples >= HANDED_SAMPLES && aheadMs + msOf(HANDED_SAMPLES) <= MOST_AHEAD_MS;
      if (!hasWhole && aheadMs >= LEAST_AHEAD_MS) return null;
      aheadUntilMono = Math.max(aheadUntilMono, nowMono) + msOf(HANDED_SAMPLES);
      return take();
    },
    dueAtMono: () => aheadUntilMono - LEAST_AHEAD_MS,
    droppedSamples: () => dropped,
  };
}

const isSilent = (samples: Int16Array): boolean => samples.every(sample => Math.abs(sample) <= SILENT_PEAK);
