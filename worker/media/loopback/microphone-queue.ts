/** Frames that must be there before a microphone begins to play: one late packet is then not a hole. */
const START_FRAMES = 2;
/** More than this is delay without use: the oldest go. */
const MAX_FRAMES = 8;

/** Evens out a person's microphone, whose packets come when the network likes. First in, first out. */
export class MicrophoneQueue {
  readonly #frames: Int16Array[] = [];
  #playing = false;
  droppedFrames = 0;

  push(samples: Int16Array): void {
    this.#frames.push(samples);
    while (this.#frames.length > MAX_FRAMES) {
      this.#frames.shift();
      this.droppedFrames += 1;
    }
  }

  /** The next 20 ms, or `null` when there is nothing to play. */
  pull(): Int16Array | null {
    if (!this.#playing && this.#frames.length < START_FRAMES) return null;
    const frame = this.#frames.shift() ?? null;
    this.#playing = frame !== null;
    return frame;
  }

  clear(): void {
    this.droppedFrames += this.#frames.length;
    this.#frames.length = 0;
    this.#playing = false;
  }
}
