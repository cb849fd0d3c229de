import { expect, test } from 'vitest';
import { demoServer, wantedServer } from './livekit-server.ts';

test('[ROOM16] the switch is taken out and the rest handed on', () => {
  expect(wantedServer(['--browser', '--livekit', '--seed', '3'])).toEqual({
    wanted: true,
    rest: ['--browser', '--seed', '3'],
  });
  expect(wantedServer(['--seed', '3']).wanted).toBe(false);
});

test('[ROOM16] without Go it says so; with a server its keys are no arguments', async () => {
  const without = await demoServer(() => ({ ok: false, reason: 'Go is missing' }));
  expect(without).toEqual({ ok: false, says: expect.stringContaining('Go is missing') as string });
  const server = {
    url: 'ws://127.0.0.1:1',
    apiKey: 'key-1',
    apiSecret: 'secret-1',
    pid: 1,
    udpPort: 2,
    stop: () => Promise.resolve(),
    kill: () => Promise.resolve(),
  };
  const with_ = await demoServer(
    () => ({ ok: true, file: 'server', built: false }),
    () => Promise.resolve(server),
  );
  if (!with_.ok) throw new Error(with_.says);
  expect(with_.args).toEqual(['--livekit-url', server.url]);
  expect(with_.args.join(' ')).not.toMatch(/key-1|secret-1/u);
  expect(with_.environment).toEqual({ LIVEKIT_API_KEY: 'key-1', LIVEKIT_API_SECRET: 'secret-1' });
});
