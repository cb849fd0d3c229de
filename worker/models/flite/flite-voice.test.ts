import { afterAll, describe, expect, test } from 'vitest';
import { FliteVoiceEngine } from './flite-voice.ts';
import { speakable } from '#worker/models/speakable.ts';

const voice = new FliteVoiceEngine();
afterAll(() => voice.stop());
const never = new AbortController().signal;
const say = (text: string) => voice.synthesise(text, 'ai', never);

describe('local voice', () => {
  test('[VOI1] the same text gives the same samples, and the second time they are there already', async () => {
    const first = await say('One moment.');
    expect(await say('One moment.')).toBe(first);
    const other = new FliteVoiceEngine();
    expect((await other.synthesise('One moment.', 'ai', never)).samples).toEqual(first.samples);
    expect((await other.synthesise('One moment.', 'caller', never)).samples).not.toEqual(first.samples);
    await other.stop();
  });

  test.each([
    'Order 4711, the brass desk lamp, was delivered this morning.',
    'Hi',
    'It costs 30 euros – really?',
    'Bücher, 🙂 and *more*.',
  ])('[VOI2] the marks of "%s" rise and end with the whole text', async text => {
    const { samples, marks } = await say(text);
    expect(marks.at(-1)?.chars).toBe(text.length);
    marks.slice(1).forEach((mark, index) => {
      expect(mark.sample).toBeGreaterThanOrEqual(marks[index]?.sample ?? 0);
      expect(mark.chars).toBeGreaterThan(marks[index]?.chars ?? 0);
    });
    expect(marks.every(mark => mark.sample <= samples.length)).toBe(true);
  });

  test('[VOI3] empty and oversized texts are refused, an aborted one rejects', async () => {
    await expect(say('  ')).rejects.toMatchObject({ body: { code: 'voice.failed' } });
    await expect(say('x'.repeat(2001))).rejects.toMatchObject({ body: { code: 'voice.failed' } });
    await expect(voice.synthesise('Hello.', 'ai', AbortSignal.abort(new Error('gone')))).rejects.toThrow(
      'gone',
    );
  });

  test('[VOI4] order numbers are spelled out, small numbers are not', () => {
    expect(speakable('Order 4711 costs 30€ 🙂').spoken).toBe('Order four seven one one costs 30 euros  ');
  });

  test('[VOI5] speech begins and ends close to the sound', async () => {
    const { samples } = await say('Hello there.');
    const loud = (sample: number): boolean => Math.abs(sample) > 500;
    expect(samples.findIndex(loud)).toBeLessThan(1600);
    expect(samples.length - samples.findLastIndex(loud)).toBeLessThan(16_000 * 0.3);
  });

  test('[VOI6] a stopped voice fails what it was asked, and says so', async () => {
    const other = new FliteVoiceEngine();
    const refused = expect(other.synthesise('This will not be spoken.', 'ai', never)).rejects.toMatchObject({
      body: { code: 'voice.failed' },
    });
    await other.stop();
    await refused;
  });
});
