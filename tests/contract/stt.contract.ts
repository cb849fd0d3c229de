import { stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { expect } from 'vitest';
import { tone } from '#tests/emulators/tone.ts';

export interface SttHarness {
  readonly recogniser: stt.STT;
  /** What the caller says in the audio that the contract plays, in order. */
  readonly said: readonly string[];
}

export interface SttCase {
  readonly title: string;
  run(harness: SttHarness): Promise<void>;
}

const FRAME_SAMPLES = 320;
/** Longer than any script of the harnesses. */
const MOST_FRAMES = 2000;

/** Plays loud audio until all was heard or the audio is over. @returns every event, in order */
async function listen({ recogniser, said }: SttHarness): Promise<readonly stt.SpeechEvent[]> {
  const events: stt.SpeechEvent[] = [];
  const stream = recogniser.stream();
  const finals = (): number =>
    events.filter(event => event.type === stt.SpeechEventType.FINAL_TRANSCRIPT).length;
  const reading = (async () => {
    for await (const event of stream) events.push(event);
  })();
  const audio = tone(300, 20, 16_000);
  for (let index = 0; index < MOST_FRAMES && finals() < said.length; index += 1) {
    stream.pushFrame(
      new AudioFrame(audio.slice(), 16_000, 1, FRAME_SAMPLES, { sampleOffset: index * FRAME_SAMPLES }),
    );
    // Faster than speech, but other threads get their turn.
    if (index % 25 === 24) await new Promise(resolve => setTimeout(resolve, 20));
  }
  stream.endInput();
  await reading;
  return events;
}

const textOf = (event: stt.SpeechEvent | undefined): string => event?.alternatives?.[0]?.text ?? '';

/** Every rule of a recogniser, as data, so that a saboteur can be run against each of them too. */
export const STT_CONTRACT: readonly SttCase[] = [
  {
    title: '[PRO42] finals are what was said, once each and in order, and the stream ends with the audio',
    run: async harness => {
      const events = await listen(harness);
      const finals = events.filter(event => event.type === stt.SpeechEventType.FINAL_TRANSCRIPT);
      expect(finals.map(textOf)).toEqual(harness.said);
    },
  },
  {
    title: '[PRO42] words come before the final, and are its beginning',
    run: async harness => {
      const events = await listen(harness);
      const interim = events.findIndex(event => event.type === stt.SpeechEventType.INTERIM_TRANSCRIPT);
      const final = events.findIndex(event => event.type === stt.SpeechEventType.FINAL_TRANSCRIPT);
      expect(interim).toBeGreaterThanOrEqual(0);
      expect(interim).toBeLessThan(final);
      expect(harness.said[0]?.startsWith(textOf(events[interim]))).toBe(true);
    },
  },
  {
    title: '[PRO42] nothing is heard where nothing was said',
    run: async ({ recogniser }) => {
      const stream = recogniser.stream();
      const events: stt.SpeechEvent[] = [];
      const reading = (async () => {
        for await (const event of stream) events.push(event);
      })();
      stream.pushFrame(
        new AudioFrame(new Int16Array(FRAME_SAMPLES), 16_000, 1, FRAME_SAMPLES, { sampleOffset: 0 }),
      );
      stream.endInput();
      await reading;
      expect(events.filter(event => textOf(event) !== '')).toEqual([]);
    },
  },
];
