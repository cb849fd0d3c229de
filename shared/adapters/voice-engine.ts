/** Speech made from text. */
export interface SpokenAudio {
  /** Mono, 16 kHz. Shared and cached: never written to. */
  readonly samples: Int16Array;
  /** After `sample` samples, the first `chars` UTF-16 code units of the text have been said. Ascending, last one is the whole text. */
  readonly marks: readonly { readonly chars: number; readonly sample: number }[];
}

/** Who speaks: three voices that nobody confuses. */
export type VoiceRole = 'ai' | 'caller' | 'system';

/**
 * Text to speech. Runs off the audio thread; the same text and voice give the same samples.
 * Rejects with `voice.failed`; an aborted signal rejects with its reason.
 */
export interface VoiceEngine {
  /** Shown in the console, such as `local (flite slt)`. */
  readonly name: string;
  synthesise(text: string, role: VoiceRole, signal: AbortSignal): Promise<SpokenAudio>;
}
