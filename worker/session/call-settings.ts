/** How one org wants its calls led. A policy per org; these are the demo's values. */
export interface CallSettings {
  readonly greeting: readonly string[];
  /** The sentence of the greeting that tells of the recording; empty where calls are not recorded. */
  readonly recordingNotice: string;
  /** Wait between draft and release of an answer, in which a person can stop it. */
  readonly holdBackMs: number;
  /** Least and most silence before a turn counts as over. */
  readonly minEndpointingMs: number;
  readonly maxEndpointingMs: number;
  readonly reflex: boolean;
  /** Said when nobody speaks, at each of these lengths of silence. */
  readonly silenceSteps: readonly { readonly silenceMs: number; readonly text: string | null }[];
  readonly bridges: Readonly<Record<'hand-back' | 'undo' | 'lease-lost' | 'step-down', string>>;
}

export const DEMO_CALL_SETTINGS: CallSettings = {
  // Disclosure first (EU AI Act, article 50), then the recording notice, then the question.
  greeting: [
    'Hello, this is the AI assistant of Larkfield. This call may be monitored and recorded.',
    'How can I help you?',
  ],
  recordingNotice: 'This call may be monitored and recorded.',
  holdBackMs: 300,
  minEndpointingMs: 300,
  maxEndpointingMs: 1200,
  reflex: true,
  silenceSteps: [
    { silenceMs: 8000, text: 'Are you still there?' },
    { silenceMs: 16_000, text: 'I am still here. Take your time.' },
    { silenceMs: 30_000, text: null },
  ],
  bridges: {
    'hand-back': 'You are speaking with the assistant again.',
    undo: 'Sorry, I am back with you. Please go on.',
    'lease-lost': 'I am sorry, my colleague was cut off. I am here to help you.',
    'step-down': '',
  },
};
