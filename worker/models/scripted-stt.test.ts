import { initializeLogger, stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { expect, test } from 'vitest';
import type { ScriptedUtterance } from '#shared/adapters/speech-script.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import { ScriptedStt } from './scripted-stt.ts';

initializeLogger({ pretty: false, level: 'silent' });

const SECOND = SAMPLE_RATE_HZ;
const said = (text: string, startSample: number): ScriptedUtterance => {
  const words = text.split(' ').map((word, at) => ({ text: word, endSample: startSample + (at + 1) * 8000 }));
  return { text, startSample, endSample: words.at(-1)?.endSample ?? startSample, words };
};
const SCRIPT = [said('hello there', 0), said('one two three four', 2 * SECOND)];

/** Everything a stream recognises that hears the line in `[fromSample, toSample)`. */
async function heard(
  fromSample: number,
  toSample: number,
): Promise<(readonly [final: boolean, text: string])[]> {
  const stream = new ScriptedStt('c1' as CallId, { utterances: () => SCRIPT }).stream();
  for (let at = fromSample; at < toSample; at += 320)
    stream.pushFrame(new AudioFrame(new Int16Array(320), SAMPLE_RATE_HZ, 1, 320, { sampleOffset: at }));
  stream.endInput();
  const events: (readonly [boolean, string])[] = [];
  for await (const { type, alternatives } of stream)
    events.push([type === stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives?.[0]?.text ?? '']);
  return events;
}
const finalsOf = async (fromSample: number, toSample: number): Promise<string[]> =>
  (await heard(fromSample, toSample)).filter(([isFinal]) => isFinal).map(([, text]) => text);

test('[TEL26] words come as they have been said, and the whole when the utterance is over', async () => {
  expect(await heard(0, 2 * SECOND)).toEqual([
    [false, 'hello'],
    [false, 'hello there'],
    [true, 'hello there'],
  ]);
});

test('[TEL26] a recogniser that begins later hears nothing of before, not even again', async () => {
  expect(await finalsOf(0, 5 * SECOND)).toEqual(['hello there', 'one two three four']);
  expect(await finalsOf(1.5 * SECOND, 5 * SECOND)).toEqual(['one two three four']);
  expect(await finalsOf(3 * SECOND, 5 * SECOND)).toEqual(['three four']);
  expect(await finalsOf(4.5 * SECOND, 6 * SECOND)).toEqual([]);
});
