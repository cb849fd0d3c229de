import type { UserId } from '#shared/domain/ids.ts';
import { FRAME_MS } from '#shared/domain/audio-format.ts';

/** Above this peak a frame of a person's microphone counts as speech: about -40 dBFS, over the noise of an office. */
const SPEECH_PEAK_RATIO = 0.01;
/** Silence after which a person has finished a piece of speech. */
const HANGOVER_MS = 700;

export interface HumanSpeechPiece {
  readonly userId: UserId;
  readonly durationMs: number;
}

/** Finds where a person of ours spoke, by level only: their words are not transcribed without a recogniser. */
export class HumanSpeech {
  readonly #onStart: (userId: UserId) => void;
  readonly #onEnd: (piece: HumanSpeechPiece) => void;
  #open: { readonly userId: UserId; durationMs: number; silentMs: number } | null = null;

  constructor(onStart: (userId: UserId) => void, onEnd: (piece: HumanSpeechPiece) => void) {
    this.#onStart = onStart;
    this.#onEnd = onEnd;
  }

  /** One frame of the person whom the caller hears. */
  frame(userId: UserId, peakRatio: number): void {
    const loud = peakRatio >= SPEECH_PEAK_RATIO;
    const open = this.#open;
    if (!open) {
      if (!loud) return;
      this.#open = { userId, durationMs: FRAME_MS, silentMs: 0 };
      this.#onStart(userId);
      return;
    }
    open.durationMs += FRAME_MS;
    open.silentMs = loud ? 0 : open.silentMs + FRAME_MS;
    if (open.silentMs >= HANGOVER_MS) this.end();
  }

  /** The microphone has no edge any more. */
  end(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    this.#onEnd({ userId: open.userId, durationMs: open.durationMs - open.silentMs });
  }
}
