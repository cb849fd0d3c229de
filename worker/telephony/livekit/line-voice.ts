import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import { holdFrame } from './hold-tone.ts';

type Speaker =
  | { readonly name: 'session' }
  | { readonly name: 'hold'; frame: number }
  | { readonly name: 'clip'; readonly samples: Int16Array; at: number; readonly done: () => void }
  | { readonly name: 'nobody' };

/** Who speaks on our track: the call's session, or the line itself while a colleague is fetched. */
export interface LineVoice {
  /** A frame of the session; not heard while it does not have the line (SIP40). */
  play(samples: Int16Array): void;
  /** 20 ms have passed. */
  tick(): void;
  hold(): void;
  /** Says something instead of the session, then nothing. Resolves when it was sent to the end, or something else was begun. */
  say(samples: Int16Array): Promise<void>;
  silence(): void;
  giveBack(): void;
}

export function lineVoice(send: (samples: Int16Array) => void, clear: () => void): LineVoice {
  let speaker: Speaker = { name: 'session' };
  const turnTo = (next: Speaker): void => {
    if (speaker.name === 'clip') speaker.done();
    // What the last one had still to say would be heard under the next.
    if (speaker.name !== next.name) clear();
    speaker = next;
  };
  return {
    play: samples => {
      if (speaker.name === 'session') send(samples);
    },
    tick: () => {
      if (speaker.name === 'hold') send(holdFrame(speaker.frame++));
      if (speaker.name !== 'clip') return;
      const frame = new Int16Array(FRAME_SAMPLES);
      frame.set(speaker.samples.subarray(speaker.at, speaker.at + FRAME_SAMPLES));
      send(frame);
      speaker.at += FRAME_SAMPLES;
      if (speaker.at < speaker.samples.length) return;
      const { done } = speaker;
      speaker = { name: 'nobody' };
      done();
    },
    hold: () => turnTo({ name: 'hold', frame: 0 }),
    say: samples =>
      samples.length === 0
        ? Promise.resolve(turnTo({ name: 'nobody' }))
        : new Promise(resolve => turnTo({ name: 'clip', samples, at: 0, done: resolve })),
    silence: () => turnTo({ name: 'nobody' }),
    giveBack: () => turnTo({ name: 'session' }),
  };
}
