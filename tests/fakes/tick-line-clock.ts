import { FRAME_MS, FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { StartLineClock } from '#worker/telephony/livekit/line-clock.ts';

/** The line's clock without a jitter buffer: one frame per 20 ms of the given clock. */
export const tickLineClock =
  (clock: Clock): StartLineClock =>
  onFrame => {
    const waiting: Int16Array[] = [];
    let cancel: Cancel;
    const tick = (): void => {
      cancel = clock.after(FRAME_MS, tick);
      onFrame(waiting.shift() ?? new Int16Array(FRAME_SAMPLES));
    };
    cancel = clock.after(FRAME_MS, tick);
    return { take: samples => void waiting.push(samples), stop: () => cancel() };
  };
