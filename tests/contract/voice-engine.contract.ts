import { expect } from 'vitest';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';

export interface VoiceHarness {
  readonly voice: VoiceEngine;
}

export interface VoiceCase {
  readonly title: string;
  run(harness: VoiceHarness): Promise<void>;
}

const never = new AbortController().signal;
const TEXT = 'Order 4711 costs four euros, and it leaves today.';

/** Every rule of a voice, as data, so that a saboteur can be run against each of them too. */
export const VOICE_CONTRACT: readonly VoiceCase[] = [
  {
    title: '[PRO41] speaks at 16 kHz: a sentence takes as long as a sentence takes',
    run: async ({ voice }) => {
      const { samples } = await voice.synthesise(TEXT, 'ai', never);
      expect(samples).toBeInstanceOf(Int16Array);
      const durationMs = samples.length / 16;
      expect(durationMs).toBeGreaterThan(TEXT.length * 20);
      expect(durationMs).toBeLessThan(TEXT.length * 150);
      expect(samples.some(sample => Math.abs(sample) > 1000)).toBe(true);
    },
  },
  {
    title: '[PRO41] marks rise and end with the whole text inside the audio',
    run: async ({ voice }) => {
      const { samples, marks } = await voice.synthesise(TEXT, 'ai', never);
      expect(marks.length).toBeGreaterThanOrEqual(5);
      expect(marks.at(-1)?.chars).toBe(TEXT.length);
      marks.forEach((mark, index) => {
        expect(mark.chars).toBeGreaterThan(marks[index - 1]?.chars ?? 0);
        expect(mark.sample).toBeGreaterThanOrEqual(marks[index - 1]?.sample ?? 0);
        expect(mark.sample).toBeLessThanOrEqual(samples.length);
      });
    },
  },
  {
    title: '[PRO41] refuses empty and oversized texts',
    run: async ({ voice }) => {
      for (const text of ['  ', 'x'.repeat(2001)])
        await expect(voice.synthesise(text, 'ai', never)).rejects.toMatchObject({
          body: { code: 'voice.failed' },
        });
    },
  },
  {
    title: '[PRO41] an abort rejects with its reason',
    run: async ({ voice }) => {
      const reason = new Error('barge-in');
      await expect(voice.synthesise(TEXT, 'ai', AbortSignal.abort(reason))).rejects.toBe(reason);
      const abort = new AbortController();
      const speaking = voice.synthesise('This sentence is stopped.', 'ai', abort.signal);
      abort.abort(reason);
      await expect(speaking).rejects.toBe(reason);
    },
  },
  {
    title: '[PRO41] the same text gives the same samples',
    run: async ({ voice }) => {
      const [first, second] = [
        await voice.synthesise(TEXT, 'ai', never),
        await voice.synthesise(TEXT, 'ai', never),
      ];
      expect(second.samples).toEqual(first.samples);
    },
  },
];
