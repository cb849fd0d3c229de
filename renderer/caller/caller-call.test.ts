import { expect, test } from 'vitest';
import { appError } from '#shared/errors/app-error.ts';
import { SilentAudio } from '#tests/fixtures/silent-audio.ts';
import { SilentRooms } from '#tests/fixtures/silent-rooms.ts';
import { createCallerCall } from './caller-call.ts';
import type { ConsultationAnswer } from './consultation.ts';

const ROOM: ConsultationAnswer = { ok: true, value: { url: 'ws://127.0.0.1:1', token: 'caller' } };

function setUp(answer: ConsultationAnswer = ROOM) {
  const rooms = new SilentRooms();
  const audio = new SilentAudio();
  const asked: string[] = [];
  const call = createCallerCall({
    join: rooms.join,
    devices: audio,
    open: (type, name) => {
      asked.push(`${type} ${name}`);
      return Promise.resolve(answer);
    },
  });
  return { rooms, audio, asked, call, state: () => call.state.getState() };
}

test('[WID1][WID6] one press opens the microphone, then the room, and speaks; the end leaves and closes both', async () => {
  const { rooms, audio, asked, call, state } = setUp();
  expect(asked).toEqual([]);
  await call.talk('claims', 'Bo');
  expect(asked).toEqual(['claims Bo']);
  const [room] = rooms.joined;
  expect(room?.told).toEqual(['published muted', 'unmuted']);
  room?.hear(1);
  expect(state()).toEqual({ name: 'talking', line: 'connected', muted: false, voices: 1 });
  call.setMuted(true);
  expect(room?.voice?.isMuted).toBe(true);
  expect(audio.microphonesOpen).toBe(1);
  call.end();
  expect(state()).toEqual({ name: 'ended', by: 'caller' });
  expect([rooms.inside.length, audio.microphonesOpen]).toEqual([0, 0]);
});

test.each([
  ['NotAllowedError', 'microphone-refused'],
  ['NotFoundError', 'microphone-missing'],
])('[WID3] %s opens no room and is said as %s', async (refusal, why) => {
  const { audio, asked, call, state } = setUp();
  audio.refusal = refusal;
  await call.talk('support', '');
  expect(state()).toEqual({ name: 'failed', why });
  expect(asked).toEqual([]);
  audio.refusal = null;
  call.again();
  await call.talk('support', '');
  expect(state().name).toBe('talking');
});

test('[WID3] a worker that gives no room closes the microphone again', async () => {
  const { audio, call, state } = setUp({ ok: false, why: 'too-often' });
  await call.talk('quote', '');
  expect(state()).toEqual({ name: 'failed', why: 'too-often' });
  expect(audio.microphonesOpen).toBe(0);
});

test('[WID5] a lost room can be entered again, as the same caller and with the same microphone', async () => {
  const { rooms, audio, asked, call, state } = setUp();
  await call.talk('support', '');
  rooms.joined[0]?.events.onReconnecting();
  expect(state()).toMatchObject({ line: 'reconnecting' });
  rooms.joined[0]?.end('lost');
  expect(state()).toEqual({ name: 'lost', what: 'line' });
  rooms.refusal = appError('media.unreachable', 'Nobody there.');
  await call.reconnect();
  expect(state()).toEqual({ name: 'lost', what: 'line' });
  rooms.refusal = null;
  await call.reconnect();
  expect(state()).toMatchObject({ name: 'talking' });
  expect(rooms.inside.map(room => [room.token, room.voice?.isMuted])).toEqual([['caller', false]]);
  expect([asked.length, audio.microphonesOpened]).toEqual([1, 1]);
});

test('[WID5] a call that we end is over; giving a lost one up closes everything', async () => {
  const { rooms, audio, call, state } = setUp();
  await call.talk('support', '');
  rooms.joined[0]?.end('ended');
  expect(state()).toEqual({ name: 'ended', by: 'us' });
  call.again();
  await call.talk('support', '');
  rooms.joined[1]?.end('lost');
  call.end();
  expect(state()).toEqual({ name: 'ended', by: 'caller' });
  expect(audio.microphonesOpen).toBe(0);
});

test('[WID7] a microphone that is pulled out is said, and another is taken up in the same call', async () => {
  const { rooms, audio, asked, call, state } = setUp();
  await call.talk('support', '');
  audio.unplug();
  expect(state()).toEqual({ name: 'lost', what: 'microphone' });
  // Until then the caller still hears.
  expect(rooms.inside).toHaveLength(1);
  await call.reconnect();
  expect(state()).toMatchObject({ name: 'talking' });
  expect([rooms.inside.length, audio.microphonesOpen, asked.length]).toEqual([1, 1, 1]);
});

test('[WID8] a room that opens after the end is left at once, a device closed', async () => {
  const { rooms, audio, call, state } = setUp();
  rooms.hold();
  const talking = call.talk('support', '');
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  call.end();
  rooms.release();
  await talking;
  expect(rooms.joined).toHaveLength(1);
  expect([rooms.inside.length, audio.microphonesOpen]).toEqual([0, 0]);
  expect(state()).toEqual({ name: 'ended', by: 'caller' });
});

test('[WID5] a machine that slept enters its call anew', async () => {
  const { rooms, call, state } = setUp();
  await call.talk('support', '');
  call.wokeUp();
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
  expect(rooms.joined).toHaveLength(2);
  expect(rooms.inside).toHaveLength(1);
  expect(state().name).toBe('talking');
});
