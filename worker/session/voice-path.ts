import type { SpokenAudio, VoiceEngine } from '#shared/adapters/voice-engine.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import type { TaggedFrame } from '#worker/media/belt.ts';

/** Characters of the text that have been said after `sample` samples. */
export function charsAt(audio: SpokenAudio, sample: number): number {
  let chars = 0;
  for (const mark of audio.marks) {
    if (mark.sample > sample) break;
    chars = mark.chars;
  }
  return chars;
}

/** Cuts the audio of one chunk into frames that say where they belong. The last one is padded with silence. */
export function* framesOf(
  chunk: Pick<ChunkRecord, 'chunkId' | 'epoch'>,
  audio: SpokenAudio,
): Generator<TaggedFrame> {
  const total = audio.samples.length;
  for (let start = 0; start < total; start += FRAME_SAMPLES) {
    const end = Math.min(start + FRAME_SAMPLES, total);
    const samples = new Int16Array(FRAME_SAMPLES);
    samples.set(audio.samples.subarray(start, end));
    const last = end === total;
    yield {
      samples,
      tag: {
        chunkId: chunk.chunkId,
        epoch: chunk.epoch,
        span: [charsAt(audio, start), last ? Number.MAX_SAFE_INTEGER : charsAt(audio, end)],
        startSample: start,
        last,
      },
    };
  }
}

export interface VoicePathDeps {
  readonly voice: VoiceEngine;
  /** The length of a chunk is known. */
  readonly onVoiced: (chunk: ChunkRecord, durationMs: number, voiceMs: number) => void;
  readonly onFailed: (chunk: ChunkRecord) => void;
  readonly nowMono: () => number;
}

/** The voice of a judged chunk that waits for its release; one at a time. */
interface PreparedVoice {
  readonly chunk: ChunkRecord;
  readonly text: string;
  readonly audio: Promise<SpokenAudio>;
  readonly abort: AbortController;
}

/** Released text to audio. No audio leaves it but that of a released chunk: there is no other way to a voice (GATE41, OVL7). */
export class VoicePath {
  readonly #deps: VoicePathDeps;
  #prepared: PreparedVoice | null = null;

  constructor(deps: VoicePathDeps) {
    this.#deps = deps;
  }

  /** Makes the voice of a judged chunk ready, in place of any other; its audio stays here until the chunk is released. */
  prepare(chunk: ChunkRecord): void {
    if (this.#prepared?.chunk === chunk && this.#prepared.text === chunk.text) return;
    this.dropPrepared();
    const abort = new AbortController();
    const audio = this.#deps.voice.synthesise(chunk.text, 'ai', abort.signal);
    // Nobody may be waiting for it; who does meets the failure there.
    audio.catch(() => undefined);
    this.#prepared = { chunk, text: chunk.text, audio, abort };
  }

  dropPrepared(): void {
    this.#prepared?.abort.abort('not needed');
    this.#prepared = null;
  }

  /** @returns the frames of the chunk, or none when the voice failed or the chunk was stopped meanwhile */
  async voice(chunk: ChunkRecord, signal: AbortSignal): Promise<Iterable<TaggedFrame>> {
    // Stopped since it was released: its words go to no voice (GATE64).
    if (chunk.state !== 'released') return [];
    const startedMono = this.#deps.nowMono();
    let audio: SpokenAudio;
    try {
      audio = await this.#synthesise(chunk, signal);
    } catch {
      if (!signal.aborted) this.#deps.onFailed(chunk);
      return [];
    }
    return this.ready(chunk, audio, this.#deps.nowMono() - startedMono);
  }

  #synthesise(chunk: ChunkRecord, signal: AbortSignal): Promise<SpokenAudio> {
    const prepared = this.#prepared;
    if (prepared?.chunk !== chunk || prepared.text !== chunk.text)
      return this.#deps.voice.synthesise(chunk.text, 'ai', signal);
    this.#prepared = null;
    signal.addEventListener('abort', () => prepared.abort.abort(signal.reason), { once: true });
    return prepared.audio;
  }

  /** The same for audio that was rendered before, such as a Lane A clip. */
  ready(chunk: ChunkRecord, audio: SpokenAudio, voiceMs: number): Iterable<TaggedFrame> {
    if (audio.samples.length === 0) {
      this.#deps.onFailed(chunk);
      return [];
    }
    this.#deps.onVoiced(chunk, audio.samples.length / 16, voiceMs);
    return framesOf(chunk, audio);
  }
}
