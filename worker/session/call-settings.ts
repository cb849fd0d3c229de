import { DEFAULT_OVERLAP, type OverlapSettings } from '#worker/lanes/reasoned/speculation-machine.ts';
import { DEFAULT_DETECTOR } from '#worker/turns/speech-detector.ts';
import type { HushScope } from '#shared/domain/hush.ts';
import { retentionOf, type Retention } from '#shared/domain/retention.ts';

/** How one org wants its calls led. A policy per org; these are the demo's values. */
export interface CallSettings {
  readonly greeting: readonly string[];
  /** The sentence of the greeting that tells of the recording; empty where calls are not recorded. */
  readonly recordingNotice: string;
  /** How long the audio is kept. */
  readonly retention: Retention;
  /** Wait between draft and release of an answer, in which a person can stop it. */
  readonly holdBackMs: number;
  /** Least and most silence before a turn counts as over. */
  readonly minEndpointingMs: number;
  readonly maxEndpointingMs: number;
  readonly reflex: boolean;
  /** Draft answers before the turn is over; `null`: each stage waits for the one before it. */
  readonly overlap: OverlapSettings | null;
  /** Continued speech after which a sound over the AI is an interruption. */
  readonly confirmMs: number;
  /** Said when nobody speaks, at each of these lengths of silence. */
  readonly silenceSteps: readonly { readonly silenceMs: number; readonly text: string | null }[];
  readonly escalation: EscalationSettings;
  /** Who hears nothing while card data is being said. */
  readonly hushScope: HushScope;
  readonly bridges: Readonly<
    Record<
      | 'hand-back'
      | 'undo'
      | 'lease-lost'
      | 'step-down'
      | 'resumed'
      | 'not-reached'
      | 'declined'
      | 'colleague-left',
      string
    >
  >;
}

/** When a person is called for, beyond what always calls for one (ESC7, ESC9). */
export interface EscalationSettings {
  /** Reads words and repetition for frustration. */
  readonly frustration: boolean;
  /** Phrases of this org that count as strong ones, in any case. */
  readonly morePhrases: readonly string[];
  /** Said once per call to offer a person; empty: never. */
  readonly offer: string;
}

export const DEMO_CALL_SETTINGS: CallSettings = {
  // Disclosure first (EU AI Act, article 50), then the recording notice, then the question.
  greeting: [
    'Hello, this is the AI assistant of Larkfield. This call may be monitored and recorded.',
    'How can I help you?',
  ],
  recordingNotice: 'This call may be monitored and recorded.',
  retention: retentionOf('standard'),
  holdBackMs: 300,
  minEndpointingMs: 300,
  maxEndpointingMs: 1200,
  reflex: true,
  overlap: DEFAULT_OVERLAP,
  confirmMs: DEFAULT_DETECTOR.confirmMs,
  silenceSteps: [
    { silenceMs: 8000, text: 'Are you still there?' },
    { silenceMs: 16_000, text: 'I am still here. Take your time.' },
    { silenceMs: 30_000, text: null },
  ],
  escalation: {
    frustration: true,
    morePhrases: [],
    offer: 'I can ask a person to join us. Would you like that?',
  },
  hushScope: 'listeners',
  bridges: {
    'hand-back': 'You are speaking with the assistant again.',
    undo: 'Sorry, I am back with you. Please go on.',
    'lease-lost': 'I am sorry, my colleague was cut off. I am here to help you.',
    'step-down': '',
    resumed: 'Sorry, the line dropped for a moment. Please go on.',
    'not-reached': 'I am sorry, nobody could be reached. I am here to help you.',
    declined: 'I am sorry, nobody can take your call right now. I am here to help you.',
    'colleague-left': 'You are speaking with the assistant again.',
  },
};
