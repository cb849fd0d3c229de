import { expect, test } from 'vitest';
import { sidePath } from './recording-path.ts';

test('[REC14] the outline stands on the time of the call: louder is farther from the middle, silence is on it', () => {
  const path = sidePath({ peaks: [0, 0.25, 1], stretchMs: 100, fromMs: 4200, side: 'up' });
  expect(path).toBe('M4200 0V0.000H4300V-0.470H4400V-0.940H4500V0Z');
  expect(sidePath({ peaks: [1], stretchMs: 100, fromMs: 0, side: 'down' })).toBe('M0 0V0.940H100V0Z');
  expect(sidePath({ peaks: [], stretchMs: 100, fromMs: 0, side: 'up' })).toBe('');
});
