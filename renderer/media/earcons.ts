/** Short sounds that tell what happens without being looked at, the most urgent first. */
export const EARCONS = [
  'link-lost',
  'call-needs-person',
  'takeover-on',
  'takeover-off',
  'whispered-to',
  'veto',
  'tool-failed',
  'silence',
  'link-back',
] as const;
export type Earcon = (typeof EARCONS)[number];

/** One tone that glides from one pitch to another. Its loudness is part of the whole, 0 to 1. */
export interface Tone {
  readonly atMs: number;
  readonly lengthMs: number;
  readonly fromHz: number;
  readonly toHz: number;
  readonly loudnessRatio: number;
  readonly wave: OscillatorType;
}

const tone = (
  atMs: number,
  lengthMs: number,
  fromHz: number,
  toHz = fromHz,
  wave: OscillatorType = 'sine',
  loudnessRatio = 1,
): Tone => ({ atMs, lengthMs, fromHz, toHz, wave, loudnessRatio });

/**
 * The alphabet. Rhythm and direction carry the meaning, so that it survives a cheap headset and hearing loss in
 * the high range: all pitches lie between 180 and 1,400 Hz, and no two sounds share both.
 * Up is "yours now" or "back", down is "gone" or "stopped".
 */
export const EARCON_TONES: Readonly<Record<Earcon, readonly Tone[]>> = {
  // A door that closes: two low thuds.
  veto: [tone(0, 70, 330, 220, 'triangle'), tone(100, 120, 247, 185, 'triangle')],
  // A knock of three that rises: somebody is wanted.
  'call-needs-person': [tone(0, 90, 587), tone(130, 90, 740), tone(260, 180, 988)],
  // The same note three times, quick and dull: it did not work.
  'tool-failed': [
    tone(0, 50, 415, 415, 'square', 0.35),
    tone(90, 50, 415, 415, 'square', 0.35),
    tone(180, 50, 415, 415, 'square', 0.35),
  ],
  // One long, soft, level note.
  silence: [tone(0, 420, 440, 440, 'sine', 0.6)],
  // One sweep up, and one down.
  'takeover-on': [tone(0, 220, 392, 1175)],
  'takeover-off': [tone(0, 220, 1175, 392)],
  // A soft nudge, up and down: somebody is at your ear. It comes while a person speaks with the caller.
  'whispered-to': [tone(0, 60, 700, 880, 'sine', 0.5), tone(90, 60, 880, 700, 'sine', 0.5)],
  // A fall of two long steps, and its answer.
  'link-lost': [tone(0, 180, 523, 523, 'triangle'), tone(210, 280, 311, 311, 'triangle')],
  'link-back': [tone(0, 120, 311, 311, 'triangle'), tone(150, 200, 523, 523, 'triangle')],
};

/** As the settings name them. */
export const EARCON_WORDS: Readonly<Record<Earcon, string>> = {
  veto: 'A sentence is stopped',
  'call-needs-person': 'A call needs a person',
  'tool-failed': 'A tool fails',
  silence: 'Nobody speaks',
  'takeover-on': 'A person is on the line',
  'takeover-off': 'The AI speaks again',
  'whispered-to': 'A colleague whispers to you',
  'link-lost': 'The worker is lost',
  'link-back': 'The worker is back',
};

/** Length of a whole sound. */
export const earconMs = (earcon: Earcon): number =>
  Math.max(...EARCON_TONES[earcon].map(({ atMs, lengthMs }) => atMs + lengthMs));
