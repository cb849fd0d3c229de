import { expect, test } from 'vitest';
import { mayReadMetrics } from './may-read-metrics.ts';

const ask = (remoteAddress: string, headers: Record<string, string> = {}, hasSession = false): boolean =>
  mayReadMetrics({ remoteAddress, headers, hasSession });

test('[OBS4] this machine reads figures, others with a session only, and so does what a proxy passed on', () => {
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map(address => ask(address))).toEqual([true, true, true]);
  expect(ask('10.0.0.7')).toBe(false);
  expect(ask('10.0.0.7', {}, true)).toBe(true);
  for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip']) {
    expect(ask('127.0.0.1', { [header]: '10.0.0.7' }), header).toBe(false);
    expect(ask('127.0.0.1', { [header]: '10.0.0.7' }, true), header).toBe(true);
  }
});
