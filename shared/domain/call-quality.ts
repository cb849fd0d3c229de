import { z } from 'zod';

export const LINE_DIRECTIONS = ['from-caller', 'to-caller'] as const;
export const lineDirectionSchema = z.enum(LINE_DIRECTIONS);
export type LineDirection = z.infer<typeof lineDirectionSchema>;

/** One stream at one moment, as WebRTC counts: all but jitter and round trip are sums since it began. */
export interface LineCounters {
  /** Another one is another stream, whose sums began anew. */
  readonly streamId: number;
  /** Sent to us or by us, the lost ones included. */
  readonly packets: number;
  readonly packetsLost: number;
  readonly jitterMs: number;
  readonly roundTripMs: number;
  /** What each sample waited in the jitter buffer, added up; zero where the buffer is not ours. */
  readonly bufferDelayMs: number;
  readonly bufferedSamples: number;
}

/** Both directions; `null` where nothing is known yet. */
export type LineSample = Readonly<Record<LineDirection, LineCounters | null>>;

/** What happened between two samples; the same fields, without their past. */
export type LineWindow = Omit<LineCounters, 'streamId'>;

export interface LineQuality {
  /** 0 to 1. */
  readonly lossRatio: number;
  readonly jitterMs: number;
  readonly roundTripMs: number;
  /** Mean wait in the jitter buffer; `null` where it is the other side's. */
  readonly bufferMs: number | null;
}

/** What a codec, its packets and sound devices take, whatever the network does. */
const FIXED_DELAY_MS = 10;
const BEST_RATING = 93.2;
/** From here on each millisecond costs more: people begin to talk over each other. */
const LONG_DELAY_MS = 160;
const RATING_PER_LOST_PERCENT = 2.5;

/**
 * Rating R of the simplified E-model (ITU-T G.107), 93.2 at best and without a floor. Where the buffer is not ours it is taken for
 * twice the jitter. Unusable inputs (negative, not a number) count as zero.
 */
export function ratingOf({ lossRatio, jitterMs, roundTripMs, bufferMs }: LineQuality): number {
  const buffered = bufferMs === null ? 2 * sane(jitterMs) : sane(bufferMs);
  const delayMs = sane(roundTripMs) / 2 + buffered + FIXED_DELAY_MS;
  const delayed = delayMs < LONG_DELAY_MS ? delayMs / 40 : (delayMs - 120) / 10;
  return BEST_RATING - delayed - RATING_PER_LOST_PERCENT * 100 * Math.min(1, sane(lossRatio));
}

/** Mean opinion score of a rating: 1 to 4.5. The curve of G.107 dips below 1 for the worst ratings and is held there. */
export function mosOfRating(rating: number): number {
  if (!(rating > 0)) return 1;
  if (rating >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating));
}

/** Mean opinion score of one window (MOS1): 1 is unusable, 4.4 is as good as a line gets. */
export const mosOf = (quality: LineQuality): number => mosOfRating(ratingOf(quality));

const sane = (value: number): number => (value > 0 ? value : 0);

/** @returns what happened in between, or `null` where the sums began anew or nothing was sent (MOS2) */
export function windowBetween(before: LineCounters, after: LineCounters): LineWindow | null {
  const packets = after.packets - before.packets;
  const bufferedSamples = after.bufferedSamples - before.bufferedSamples;
  if (after.streamId !== before.streamId || packets <= 0 || bufferedSamples < 0) return null;
  return {
    packets,
    // A packet that was counted as lost may still come.
    packetsLost: sane(after.packetsLost - before.packetsLost),
    jitterMs: sane(after.jitterMs),
    roundTripMs: sane(after.roundTripMs),
    bufferDelayMs: sane(after.bufferDelayMs - before.bufferDelayMs),
    bufferedSamples,
  };
}

/** Several windows as one; `null` without any. */
export function qualityOf(windows: readonly LineWindow[]): LineQuality | null {
  if (windows.length === 0) return null;
  const sum = (read: (window: LineWindow) => number): number =>
    windows.reduce((total, window) => total + read(window), 0);
  const samples = sum(window => window.bufferedSamples);
  return {
    lossRatio: Math.min(1, sum(window => window.packetsLost) / sum(window => window.packets)),
    jitterMs: sum(window => window.jitterMs) / windows.length,
    roundTripMs: sum(window => window.roundTripMs) / windows.length,
    bufferMs: samples === 0 ? null : sum(window => window.bufferDelayMs) / samples,
  };
}
