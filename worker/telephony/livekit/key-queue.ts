import type { Cancel, Clock } from '#shared/domain/clock.ts';

/** livekit-sip sends a key in 260 ms and pauses as long; measured. More at once would wait there, where hanging up finds them. */
const KEY_MS = 530;

export interface KeyQueue {
  send(digits: string): void;
  stop(): void;
}

/** Keys for the phone, one at a time and in small letters: a capital one is lost on the way without a word (SIP12). */
export function keyQueue(
  clock: Clock,
  sendKey: (digit: string) => Promise<void>,
  onError: (error: unknown) => void,
): KeyQueue {
  const waiting: string[] = [];
  let cancel: Cancel | null = null;
  const next = (): void => {
    cancel = null;
    const digit = waiting.shift();
    if (digit === undefined) return;
    sendKey(digit.toLowerCase()).catch(onError);
    cancel = clock.after(KEY_MS, next);
  };
  return {
    send: digits => {
      waiting.push(...digits);
      if (cancel === null) next();
    },
    stop: () => {
      waiting.length = 0;
      cancel?.();
    },
  };
}
