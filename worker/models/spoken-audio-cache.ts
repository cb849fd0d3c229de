import type { SpokenAudio } from '#shared/adapters/voice-engine.ts';

/** Rendered speech that is kept for the next call that says the same: about half an hour. */
const CACHE_BYTES = 64 * 1024 * 1024;

/** Keeps what was used last. */
export class SpokenAudioCache {
  readonly #audio = new Map<string, SpokenAudio>();
  #bytes = 0;

  get(key: string): SpokenAudio | null {
    const audio = this.#audio.get(key);
    if (!audio) return null;
    this.#audio.delete(key);
    this.#audio.set(key, audio);
    return audio;
  }

  put(key: string, audio: SpokenAudio): void {
    const before = this.#audio.get(key);
    if (before) this.#bytes -= before.samples.byteLength;
    this.#audio.delete(key);
    this.#audio.set(key, audio);
    this.#bytes += audio.samples.byteLength;
    for (const [oldest, { samples }] of this.#audio) {
      if (this.#bytes <= CACHE_BYTES) return;
      this.#audio.delete(oldest);
      this.#bytes -= samples.byteLength;
    }
  }
}
