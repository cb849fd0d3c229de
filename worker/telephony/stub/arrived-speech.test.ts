import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ScriptedUtterance } from '#shared/adapters/speech-script.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { createArrivedSpeech } from './arrived-speech.ts';

const FRAME = 320;
const callId = 'call-1' as CallId;

/** A caller who says sentences with pauses between, and a way to the call that delays and may lose. */
function bench(sentences: readonly { readonly pause: number; readonly frames: number }[]) {
  const said: ScriptedUtterance[] = [];
  const sent: Int16Array[] = [];
  for (const { pause, frames } of sentences) {
    for (let index = 0; index < pause; index += 1) sent.push(new Int16Array(FRAME).fill(20));
    const startSample = sent.length * FRAME;
    // The recording begins and ends with a little silence, as real ones do.
    for (let index = 0; index < frames; index += 1)
      sent.push(new Int16Array(FRAME).fill(index === 0 ? 0 : 4000));
    const endSample = sent.length * FRAME;
    said.push({
      text: `sentence ${String(said.length)}`,
      startSample,
      endSample,
      words: [{ text: 'word', endSample }],
    });
  }
  for (let index = 0; index < 150; index += 1) sent.push(new Int16Array(FRAME).fill(20));
  return { said, sent };
}

function carry(
  { said, sent }: ReturnType<typeof bench>,
  delayFrames: number,
  loses: (index: number) => boolean = () => false,
): readonly ScriptedUtterance[] {
  const speech = createArrivedSpeech();
  const empty = new Int16Array(FRAME);
  for (let at = 0; at < sent.length; at += 1) {
    const begun = said.filter(({ startSample }) => startSample <= at * FRAME);
    speech.sent({ callId, sampleOffset: at * FRAME, samples: sent[at] ?? empty }, begun);
    const index = at - delayFrames;
    const samples = index < 0 || loses(index) ? empty : (sent[index] ?? empty);
    speech.arrived({ callId, sampleOffset: at * FRAME, samples }, begun);
  }
  return speech.heard(said);
}

const sentences = fc.array(
  fc.record({ pause: fc.integer({ min: 0, max: 40 }), frames: fc.integer({ min: 5, max: 60 }) }),
  { minLength: 1, maxLength: 6 },
);

test('[TEL27] sentences are placed where they arrive, whatever the way takes', () => {
  fc.assert(
    fc.property(sentences, fc.integer({ min: 0, max: 25 }), (spoken, delayFrames) => {
      const b = bench(spoken);
      const heard = carry(b, delayFrames);
      expect(heard.map(({ text }) => text)).toEqual(b.said.map(({ text }) => text));
      heard.forEach((utterance, index) => {
        const original = b.said[index];
        const shift = utterance.startSample - (original?.startSample ?? 0);
        expect(Math.abs(shift - delayFrames * FRAME)).toBeLessThanOrEqual(3 * FRAME);
        expect(utterance.words[0]?.endSample).toBe((original?.endSample ?? 0) + shift);
      });
    }),
  );
});

test('[TEL27] a sentence whose sound is lost on the way was never heard, and those after it are', () => {
  const b = bench([
    { pause: 10, frames: 30 },
    { pause: 10, frames: 30 },
    { pause: 150, frames: 30 },
  ]);
  const [, second] = b.said;
  const heard = carry(
    b,
    5,
    index => index * FRAME >= (second?.startSample ?? 0) && index * FRAME < (second?.endSample ?? 0),
  );
  expect(heard.map(({ text }) => text)).toEqual(['sentence 0', 'sentence 2']);
});
