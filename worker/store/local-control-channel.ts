import type { ControlChannel, HeardWord } from '#shared/adapters/control-channel.ts';
import { controlWordSchema } from '#shared/protocol/control-channel.ts';

/** The channel of a worker that is alone: it hears itself. */
export function localControlChannel(): ControlChannel {
  const listeners = new Set<(word: HeardWord) => void>();
  let isClosed = false;
  return {
    say: word => {
      // As over a wire: what a listener gets is a copy, and comes after the speaker has gone on.
      const parsed = controlWordSchema.safeParse(JSON.parse(JSON.stringify(word)));
      queueMicrotask(() => {
        if (parsed.success && !isClosed) for (const listener of listeners) listener(parsed.data);
      });
      return Promise.resolve();
    },
    onWord: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      isClosed = true;
      listeners.clear();
      return Promise.resolve();
    },
  };
}
