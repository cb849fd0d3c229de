import type { RegisteredHost } from '#worker/livekit/dispatch/register-host.ts';
import { watchLoad } from '#worker/livekit/load-watch.ts';
import { DEFAULT_LOAD_LIMITS } from '#worker/livekit/load.ts';
import { systemClock } from './system-clock.ts';

const TELL_EVERY_MS = 1000;

export interface HostLoad {
  /** Whether one more call would spoil those that are there. */
  readonly isStrained: () => boolean;
  stop(): void;
}

/** Tells LiveKit every second how strained this process is, so that it gives rooms to others first. */
export function tellLoad(host: RegisteredHost, maxCalls: number): HostLoad {
  const watch = watchLoad({
    clock: systemClock,
    calls: () => host.calls(),
    draining: () => false,
    limits: { ...DEFAULT_LOAD_LIMITS, maxCalls },
  });
  const tell = (): void => {
    host.busy(watch.load());
    cancel = systemClock.after(TELL_EVERY_MS, tell);
  };
  let cancel = systemClock.after(TELL_EVERY_MS, tell);
  return {
    isStrained: () => watch.refusal() === 'late',
    stop: () => {
      cancel();
      watch.stop();
    },
  };
}
