import type { HearingProvider, VoiceProvider } from '#shared/config/provider-config.ts';
import type { ProviderErrorCode } from './provider-error.ts';

/** A provider that works in the thread, with its key. */
export type ListenRequest = {
  readonly op: 'listen';
  readonly provider: Exclude<HearingProvider, { use: 'scripted' }>;
  readonly apiKey: string;
};
export type SpeakRequest = {
  readonly op: 'speak';
  readonly provider: Exclude<VoiceProvider, { use: 'offline' }>;
  readonly apiKey: string;
  readonly text: string;
  /** How long connecting may take; the rest is timed outside. */
  readonly connectMs: number;
};
export type ThreadRequest = ListenRequest | SpeakRequest;

export type ToThread = { readonly id: number } & (
  | ThreadRequest
  /** Mono, 16 kHz; the buffer belongs to the thread from here on. */
  | { readonly op: 'audio'; readonly samples: Int16Array<ArrayBuffer> }
  | { readonly op: 'flush' }
  | { readonly op: 'end' }
  /** Nobody waits for it any more; `late`: it ran into its deadline, so what it hangs on is not to be used again. */
  | { readonly op: 'close'; readonly late: boolean }
);

/** What a recogniser heard; times in seconds of its stream, as LiveKit has them. */
export interface HeardSpeech {
  readonly kind: 'started' | 'interim' | 'final' | 'ended';
  readonly text: string;
  readonly language: string;
  readonly startTimeInS: number;
  readonly endTimeInS: number;
  readonly confidence: number;
  /** Who of those on one line, where the provider tells them apart. */
  readonly speakerId: string | null;
}

export interface TimedWord {
  readonly text: string;
  readonly endMs: number;
}

export type FromThread =
  | { readonly id: number; readonly op: 'heard'; readonly speech: HeardSpeech }
  /** Mono, 16 kHz, in order. */
  | {
      readonly id: number;
      readonly op: 'sound';
      readonly samples: Int16Array<ArrayBuffer>;
      readonly words: readonly TimedWord[];
    }
  | { readonly id: number; readonly op: 'over' }
  | { readonly id: number; readonly op: 'failed'; readonly code: ProviderErrorCode }
  /** The thread has loaded what it needs; it takes a second or two. */
  | { readonly id: 0; readonly op: 'ready' }
  /** Something threw where nobody could catch it. */
  | { readonly id: 0; readonly op: 'contained'; readonly what: string };
