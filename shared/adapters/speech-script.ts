import type { CallId } from '#shared/domain/ids.ts';

/** One utterance of a scripted caller, placed on the caller's sample axis. */
export interface ScriptedUtterance {
  readonly text: string;
  readonly startSample: number;
  readonly endSample: number;
  /** Words in order, each with the sample at which it has been said completely. */
  readonly words: readonly { readonly text: string; readonly endSample: number }[];
}

/**
 * What simulated callers say, for the scripted recogniser: it emits a word only when the pipeline has consumed the sample
 * that ends it. The list grows while the call runs (branches), and an utterance's samples never move once listed; one that
 * was cut short is listed with the words that were really said.
 */
export interface SpeechScript {
  utterances(callId: CallId): readonly ScriptedUtterance[];
}
