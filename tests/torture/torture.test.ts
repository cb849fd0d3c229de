import { expect, test } from 'vitest';
import { dropsTorture } from './drops/drops.ts';
import { killsTorture } from './kills/kills.ts';
import type { Torture, TortureResult } from './torture.ts';

async function sample(torture: Torture, count: number): Promise<TortureResult> {
  for await (const result of torture.run({ count, seed: 11, onProgress: () => undefined })) return result;
  throw new Error('the torture gave no result');
}

test('[DAY34] cut links deliver every position once and in order (100 drops)', async () => {
  const { failures, figures } = await sample(dropsTorture, 100);
  expect(failures).toEqual([]);
  expect(figures['drops']).toBe(100);
  expect(figures['positions']).toBeGreaterThan(1000);
}, 60_000);

test('[DAY32] killed workers lose nothing that was durable and repeat no speech (10 kills)', async () => {
  const { failures, figures } = await sample(killsTorture, 10);
  expect(failures).toEqual([]);
  expect(figures['kills']).toBe(10);
  expect(figures['ready']).toBeGreaterThan(0);
}, 120_000);
