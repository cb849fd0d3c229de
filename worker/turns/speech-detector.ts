import { msOf } from '#shared/domain/audio-format.ts';

/** One window of a voice activity model: 512 samples (32 ms) for the local one. */
export interface VadWindow {
  /** 0 to 1: how likely the window holds speech. */
  readonly probability: number;
  /** Sample of the caller's stream at which the window ends. */
  readonly endSample: number;
  readonly windowSamples: number;
}

export interface SpeechDetectorConfig {
  /** At or above: the window counts as speech. */
  readonly activationRatio: number;
  /** Below: the window counts as silence. Between the two the previous answer stands. */
  readonly deactivationRatio: number;
  /** Continued speech after which an onset is meant (TUR5). A policy per org. */
  readonly confirmMs: number;
  /** Silence after which a speaker has paused (TUR7). */
  readonly pauseMs: number;
}

/** Tuned on the local model with 32 ms windows: two windows confirm, three windows pause. Guarded by the property tests. */
export const DEFAULT_DETECTOR: SpeechDetectorConfig = {
  activationRatio: 0.5,
  deactivationRatio: 0.35,
  confirmMs: 60,
  pauseMs: 90,
};

export type SpeechDetectorState =
  | { readonly name: 'quiet' }
  | { readonly name: 'onset'; readonly onsetSample: number }
  | { readonly name: 'speaking'; readonly onsetSample: number }
  | { readonly name: 'trailing'; readonly onsetSample: number; readonly silenceSample: number }
  | { readonly name: 'paused'; readonly onsetSample: number; readonly silenceSample: number };

/** What a window told us, on the caller's sample axis. */
export type SpeechSignal =
  | { readonly type: 'speech.onset'; readonly onsetSample: number }
  | { readonly type: 'speech.dropped' }
  | { readonly type: 'speech.confirmed'; readonly onsetSample: number }
  | { readonly type: 'speech.paused'; readonly silenceSample: number };

export type SpeechDetectorStep = readonly [next: SpeechDetectorState, signal: SpeechSignal | null];

export const QUIET: SpeechDetectorState = { name: 'quiet' };

/** Folds one window in. Pure, so the same audio gives the same signals in the worker, in replay and in tests. */
export function stepSpeechDetector(
  state: SpeechDetectorState,
  window: VadWindow,
  config: SpeechDetectorConfig,
): SpeechDetectorStep {
  const startSample = window.endSample - window.windowSamples;
  const wasSpeech = state.name === 'onset' || state.name === 'speaking';
  const speech =
    window.probability >= config.activationRatio ||
    (wasSpeech && window.probability >= config.deactivationRatio);
  switch (state.name) {
    case 'quiet':
    case 'paused':
      if (!speech) return [state, null];
      return confirmOrWait(startSample, window, config);
    case 'onset':
      if (!speech) return [QUIET, { type: 'speech.dropped' }];
      if (msOf(window.endSample - state.onsetSample) < config.confirmMs) return [state, null];
      return [
        { name: 'speaking', onsetSample: state.onsetSample },
        { type: 'speech.confirmed', onsetSample: state.onsetSample },
      ];
    case 'speaking':
      if (speech) return [state, null];
      return pauseOrTrail(state.onsetSample, startSample, window, config);
    case 'trailing':
      if (speech) return [{ name: 'speaking', onsetSample: state.onsetSample }, null];
      return pauseOrTrail(state.onsetSample, state.silenceSample, window, config);
  }
}

function confirmOrWait(
  onsetSample: number,
  window: VadWindow,
  config: SpeechDetectorConfig,
): SpeechDetectorStep {
  // A window longer than the confirmation would otherwise never be an onset of its own.
  if (msOf(window.endSample - onsetSample) >= config.confirmMs) {
    return [
      { name: 'speaking', onsetSample },
      { type: 'speech.confirmed', onsetSample },
    ];
  }
  return [
    { name: 'onset', onsetSample },
    { type: 'speech.onset', onsetSample },
  ];
}

function pauseOrTrail(
  onsetSample: number,
  silenceSample: number,
  window: VadWindow,
  config: SpeechDetectorConfig,
): SpeechDetectorStep {
  if (msOf(window.endSample - silenceSample) < config.pauseMs) {
    return [{ name: 'trailing', onsetSample, silenceSample }, null];
  }
  return [
    { name: 'paused', onsetSample, silenceSample },
    { type: 'speech.paused', silenceSample },
  ];
}
