import { expect, test } from 'vitest';
import type { AudioGrantAnswer } from '#shared/protocol/audio-grant.ts';
import { audioWay } from './audio-way.ts';

const room = (url: string): AudioGrantAnswer => ({
  via: 'livekit',
  url,
  token: 'token',
  roomName: 'room',
  identity: 'sup-user-maya-mon',
  expiresInMs: 600_000,
});

test('[LINK1] a grant of the worker’s own socket stays with the desk', () => {
  expect(audioWay({ via: 'worker', grant: 'secret', expiresInMs: 1 }, null)).toEqual({ via: 'worker' });
});

test('[LINK12] a room is given on only when it is on the server of this desk', () => {
  const own = 'wss://rooms.example';
  expect(audioWay(room('wss://rooms.example/'), own)).toMatchObject({ via: 'livekit', url: own });
  for (const url of [
    'wss://rooms.example.elsewhere',
    'ws://rooms.example',
    'wss://rooms.example:444',
    'rooms',
    '',
  ])
    expect(() => audioWay(room(url), own), url).toThrow(/may not reach/u);
  expect(() => audioWay(room(own), null)).toThrow(/may not reach/u);
});
