import { expect, test } from 'vitest';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { createEar } from './ear.ts';

const SILENCE = new Int16Array(320);
const play = (pattern: string): ReturnType<typeof createEar> => {
  const ear = createEar();
  // t is a tone, . silence, and capitals come while the caller speaks.
  for (const [at, sign] of [...pattern].entries())
    ear.hear(sign.toLowerCase() === 't' ? toneFrame(300, at * 320) : SILENCE, sign === 'T' || sign === ':');
  return ear;
};

test('[CAP8] silence inside an answer is a gap; before it, after it, and while the caller speaks it is none', () => {
  expect(play('....ttttt............').figures()).toEqual({ gapFrames: 0, answerFrames: 5 });
  expect(play('..ttt..tt.t.').figures()).toEqual({ gapFrames: 3, answerFrames: 6 });
  expect(play(`tt${'.'.repeat(10)}tt`).figures()).toEqual({ gapFrames: 0, answerFrames: 4 });
  expect(play('ttTT:::::..tt').figures()).toEqual({ gapFrames: 0, answerFrames: 4 });
});

test('[CAP8] what was heard is told once', () => {
  const ear = play('..t.');
  expect([ear.heardSince(), ear.heardSince()]).toEqual([true, false]);
});
