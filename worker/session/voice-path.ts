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

/** Released text to audio. Takes nothing but released chunks: there is no other way to a voice (GATE41). */
export class VoicePath {
  readonly #deps: VoicePathDeps;

  constructor(deps: VoicePathDeps) {
    this.#deps = deps;
  }

  /** @returns the frames of the chunk, or none when the voice failed or the chunk was stopped meanwhile */
  async voice(chunk: ChunkRecord, signal: AbortSignal): Promise<Iterable<TaggedFrame>> {
    const startedMono = this.#deps.nowMono();
    let audio: SpokenAudio;
    try {
      audio = await this.#deps.voice.synthesise(chunk.text, 'ai', signal);
    } catch {
      if (!signal.aborted) this.#deps.onFailed(chunk);
      return [];
    }
    return this.ready(chunk, audio, this.#deps.nowMono() - startedMono);
  }

  /** The same for audio that was rendered before, such as a Lane A clip. */
  ready(chunk: ChunkRecord, audio: SpokenAudio, voiceMs: number): Iterable<TaggedFrame> {
    this.#deps.onVoiced(chunk, audio.samples.length / 16, voiceMs);
    return framesOf(chunk, audio);
  }
}
