import {
  LINE_DIRECTIONS,
  qualityOf,
  windowBetween,
  type LineCounters,
  type LineDirection,
  type LineQuality,
  type LineSample,
  type LineWindow,
} from '#shared/domain/call-quality.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';

export const LOOK_EVERY_MS = 2000;
const LOOKS_PER_REPORT = 5;

export interface LineQualityPorts {
  readonly clock: Clock;
  /** `null` while there is no connection to look at. */
  readonly measure: () => Promise<LineSample | null>;
  readonly tell: (direction: LineDirection, windowMs: number, quality: LineQuality) => void;
  readonly onError: (error: unknown) => void;
}

/** Looks how the line is until cancelled (MOS4); everything happens in timers, apart from the audio. */
export function watchLineQuality({ clock, measure, tell, onError }: LineQualityPorts): Cancel {
  const before = new Map<LineDirection, LineCounters>();
  const windows: Record<LineDirection, LineWindow[]> = { 'from-caller': [], 'to-caller': [] };
  let looks = 0;
  let stopped = false;

  const take = (direction: LineDirection, now: LineCounters | null): void => {
    const last = before.get(direction);
    if (now) before.set(direction, now);
    const window = last && now ? windowBetween(last, now) : null;
    if (window) windows[direction].push(window);
  };
  const report = (direction: LineDirection): void => {
    const quality = qualityOf(windows[direction].splice(0));
    if (quality) tell(direction, LOOKS_PER_REPORT * LOOK_EVERY_MS, quality);
  };
  const look = async (): Promise<void> => {
    const sample = await measure();
    if (stopped) return;
    looks += 1;
    for (const direction of LINE_DIRECTIONS) {
      take(direction, sample?.[direction] ?? null);
      if (looks % LOOKS_PER_REPORT === 0) report(direction);
    }
    schedule();
  };
  const schedule = (): void => {
    cancel = clock.after(LOOK_EVERY_MS, () => {
      look().catch((error: unknown) => {
        if (!stopped) onError(error);
      });
    });
  };
  let cancel: Cancel = () => undefined;
  schedule();
  return () => {
    stopped = true;
    cancel();
  };
}
