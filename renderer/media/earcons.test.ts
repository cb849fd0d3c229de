import { expect, test } from 'vitest';
import { EARCONS, EARCON_TONES, earconMs } from './earcons.ts';

test('[EAR1] each sound is short, in the range of a headset, and like no other in rhythm and direction', () => {
  const shapes = EARCONS.map(earcon => {
    const tones = EARCON_TONES[earcon];
    expect(earconMs(earcon)).toBeLessThanOrEqual(500);
    for (const { fromHz, toHz, loudnessRatio } of tones) {
      expect(Math.min(fromHz, toHz)).toBeGreaterThanOrEqual(180);
      expect(Math.max(fromHz, toHz)).toBeLessThanOrEqual(1_400);
      expect(loudnessRatio).toBeLessThanOrEqual(1);
    }
    const ups = tones.map(({ fromHz, toHz }) => Math.sign(toHz - fromHz)).join(' ');
    const steps = tones.slice(1).map(({ fromHz }, at) => Math.sign(fromHz - (tones[at]?.fromHz ?? 0)));
    const lengths = tones.map(({ lengthMs }) =>
      lengthMs < 100 ? 'short' : lengthMs < 400 ? 'long' : 'held',
    );
    return `${ups} | ${steps.join(' ')} | ${lengths.join(' ')}`;
  });
  expect(new Set(shapes).size).toBe(EARCONS.length);
});
