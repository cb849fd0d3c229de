import { expect, test } from 'vitest';
import { readWorkerConfig } from '#shared/config/worker-config.ts';
import { livekitAccess } from './livekit-line.ts';

const KEYS = { LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: 'secret' };

function config(...args: string[]) {
  const answer = readWorkerConfig(args, {});
  if (!answer.ok) throw new Error(answer.message);
  return answer.config;
}

test('[ROOM14] calls are rooms where a server is named, and then its keys have to be there too', () => {
  expect(livekitAccess(config(), KEYS)).toBeNull();
  const named = config('--livekit-url', 'ws://127.0.0.1:7880');
  expect(livekitAccess(named, KEYS)).toEqual({
    url: 'ws://127.0.0.1:7880',
    apiKey: 'key',
    apiSecret: 'secret',
  });
  expect(() => livekitAccess(named, { LIVEKIT_API_KEY: 'key' })).toThrow(/LIVEKIT_API_SECRET/u);
  expect(readWorkerConfig(['--livekit-url', 'http://127.0.0.1:7880'], {}).ok).toBe(false);
});
