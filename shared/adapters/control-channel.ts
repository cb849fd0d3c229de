import type { ControlWord } from '../protocol/control-channel.ts';

/** What a worker hears: a word of any worker, its own included, or that it may have missed some. */
export type HeardWord = ControlWord | { readonly type: 'maybe-missed' };

/**
 * Workers of a team hear one another. A word is heard at most once by each, in the order of its sender, and may be lost while the
 * connection is: then `maybe-missed` follows. What is no word of ours is passed by.
 */
export interface ControlChannel {
  /** Rejects with `storage.*` where it cannot be said. */
  say(word: ControlWord): Promise<void>;
  /** @returns a function that stops */
  onWord(listener: (word: HeardWord) => void): () => void;
  close(): Promise<void>;
}
