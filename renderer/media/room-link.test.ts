import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { RoomEntry } from '#shared/ipc/audio-way.ts';
import { SilentAudio } from '#tests/fixtures/silent-audio.ts';
import { SilentRooms, type SilentRoom } from '#tests/fixtures/silent-rooms.ts';
import { SteppedClock } from '#tests/fixtures/stepped-clock.ts';
import { RECONNECT_DELAYS_MS } from './page-room.ts';
import { createRoomLink } from './room-link.ts';
import { watchSleep } from './watch-sleep.ts';

const CALL = 'call-1' as CallId;
const entry = (identity: string, token = identity): RoomEntry => ({
  via: 'livekit',
  url: 'ws://127.0.0.1:1',
  token,
  roomName: 'room',
  identity,
});
const MONITOR = entry('sup-user-maya-mon');
const LIVE = entry('sup-user-maya-live');

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

function setUp() {
  const rooms = new SilentRooms();
  const audio = new SilentAudio();
  const clock = new SteppedClock();
  const asked: CallId[] = [];
  let answer: () => Promise<RoomEntry> = () => Promise.resolve(entry('sup-user-maya-mon', 'anew'));
  const link = createRoomLink({
    join: rooms.join,
    devices: audio,
    ask: callId => {
      asked.push(callId);
      return answer();
    },
    chosen: () => ({ input: '', output: 'headset' }),
    processing: true,
    after: (delayMs, task) => clock.after(delayMs, task),
  });
  const state = () => link.state.getState();
  return { rooms, audio, clock, asked, link, state, answerWith: (next: typeof answer) => (answer = next) };
}

async function speaking() {
  const bench = setUp();
  await bench.link.listen(CALL, MONITOR);
  await bench.link.openMicrophone(CALL, LIVE);
  await bench.link.sendTo(CALL);
  const [ears, mouth] = bench.rooms.joined as [SilentRoom, SilentRoom];
  return { ...bench, ears, mouth };
}

test('[LINK2] listening joins hidden on the chosen loudspeaker, opens no device, publishes nothing, and does not hear itself', async () => {
  const { rooms, audio, link, state } = setUp();
  await link.listen(CALL, MONITOR);
  const [room] = rooms.joined;
  expect(room?.token).toBe('sup-user-maya-mon');
  expect(room?.ears.outputDeviceId).toBe('headset');
  expect(
    ['caller-1', 'ai', 'sip_1', 'sup-user-theo-live', 'sup-user-maya-live'].filter(room!.ears.hears),
  ).toEqual(['caller-1', 'ai', 'sip_1', 'sup-user-theo-live']);
  expect(audio.microphonesOpened).toBe(0);
  expect(room?.voice).toBeNull();
  expect(state()).toMatchObject({ listeningTo: CALL, hearing: { name: 'on' }, speaking: { name: 'none' } });
  link.setQuiet(true);
  expect(room?.isQuiet).toBe(true);
  link.stopListening();
  expect(rooms.inside).toEqual([]);
  expect(state()).toMatchObject({ listeningTo: null, hearing: { name: 'none' } });
});

test('[LINK3] the microphone is published muted and opened for the room only by speaking', async () => {
  const { rooms, audio, link, state } = setUp();
  expect(await link.openMicrophone(CALL, LIVE)).toBeNull();
  const [room] = rooms.joined;
  expect(room?.ears.hears('caller-1')).toBe(false);
  expect(room?.voice).toMatchObject({ isMuted: true, track: { enabled: false } });
  expect(state()).toMatchObject({ device: { name: 'open' }, sendingTo: null });
  // Metered while nobody hears it.
  audio.speak(0.4);
  expect(link.level()).toBe(0.4);
  await link.sendTo(CALL);
  expect(room?.voice).toMatchObject({ isMuted: false, track: { enabled: true } });
  expect(state().sendingTo).toBe(CALL);
});

test('[LINK3] a microphone of one call speaks on no other', async () => {
  const { rooms, link, state } = setUp();
  await link.openMicrophone(CALL, LIVE);
  await link.sendTo('call-2' as CallId);
  expect(rooms.joined[0]?.told).toEqual(['published muted']);
  expect(state().sendingTo).toBeNull();
  await link.openMicrophone('call-2' as CallId, entry('sup-user-maya-live', 'second'));
  expect(rooms.inside.map(room => room.token)).toEqual(['second']);
});

test('[LINK4] mute and stepping down keep the device warm; closing ends it and leaves', async () => {
  const { mouth, audio, link, state, rooms } = await speaking();
  link.setMuted(true);
  // At once, whatever the room takes.
  expect(mouth.voice?.track.enabled).toBe(false);
  audio.speak();
  expect(link.level()).toBe(0);
  await settle();
  expect(mouth.voice?.isMuted).toBe(true);
  link.setMuted(false);
  await settle();
  expect(mouth.voice?.isMuted).toBe(false);
  link.stopSending();
  await settle();
  expect(mouth.voice?.isMuted).toBe(true);
  expect(audio.microphonesOpen).toBe(1);
  expect(state()).toMatchObject({ device: { name: 'open' }, sendingTo: null, muted: false });
  link.closeMicrophone();
  expect(audio.microphonesOpen).toBe(0);
  expect(mouth.voice?.track.readyState).toBe('ended');
  expect(rooms.inside).toHaveLength(1);
  expect(state()).toMatchObject({ device: { name: 'closed' }, speaking: { name: 'none' } });
});

test('[LINK4] quick changes end as the last one was meant', async () => {
  const { mouth, link } = await speaking();
  for (const muted of [true, false, true, false, true]) link.setMuted(muted);
  await settle();
  expect(mouth.voice).toMatchObject({ isMuted: true, track: { enabled: false } });
});

test('[LINK4] a mute by the server is shown', async () => {
  const { mouth, state } = await speaking();
  mouth.events.onSilenced();
  expect(state()).toMatchObject({ sendingTo: CALL, muted: true });
});

test.each([
  ['NotAllowedError', 'media.refused'],
  ['NotFoundError', 'media.no-device'],
])('[LINK5] %s is %s, and the room is left', async (refusal, code) => {
  const { rooms, audio, link, state } = setUp();
  audio.refusal = refusal;
  expect(await link.openMicrophone(CALL, LIVE)).toMatchObject({ code });
  expect(rooms.inside).toEqual([]);
  expect(state().device).toMatchObject({ name: 'failed', error: { code } });
});

test('[LINK5] a room that cannot be joined leaves no open device', async () => {
  const { rooms, audio, link, state } = setUp();
  rooms.refusal = appError('media.unreachable', 'Nobody there.');
  expect(await link.openMicrophone(CALL, LIVE)).toMatchObject({ code: 'media.unreachable' });
  expect(audio.microphonesOpen).toBe(0);
  expect(state().device.name).toBe('failed');
});

test('[LINK5] a microphone that is pulled out ends the voice', async () => {
  const { rooms, audio, state } = await speaking();
  audio.unplug();
  expect(state()).toMatchObject({
    device: { name: 'failed', error: { code: 'media.lost' } },
    sendingTo: null,
  });
  expect(audio.microphonesOpen).toBe(0);
  expect(rooms.inside.map(room => room.token)).toEqual(['sup-user-maya-mon']);
});

test('[LINK6] what opens too late is closed again', async () => {
  const { rooms, audio, link, state } = setUp();
  rooms.hold();
  const listening = link.listen(CALL, MONITOR);
  const opening = link.openMicrophone(CALL, LIVE);
  await settle();
  link.stopListening();
  link.closeMicrophone();
  rooms.release();
  await Promise.all([listening, opening]);
  expect(rooms.joined).toHaveLength(2);
  expect(rooms.inside).toEqual([]);
  expect(audio.microphonesOpen).toBe(0);
  expect(state()).toMatchObject({ listeningTo: null, device: { name: 'closed' } });
});

test('[LINK7] reconnecting and being back are told; a loss stays until the person wants to try again', async () => {
  expect(RECONNECT_DELAYS_MS).toEqual([0, 300, 1200, 2700, 4800]);
  const { rooms, link, state, clock, asked } = setUp();
  await link.listen(CALL, MONITOR);
  const [first] = rooms.joined;
  first?.events.onReconnecting();
  expect(state().hearing.name).toBe('reconnecting');
  first?.events.onReconnected();
  expect(state().hearing.name).toBe('on');
  first?.end('lost');
  expect(state()).toMatchObject({
    listeningTo: CALL,
    hearing: { name: 'lost', error: { code: 'media.unreachable' } },
  });
  clock.step(600_000);
  await settle();
  expect(asked).toEqual([]);
  await link.reconnect();
  expect(asked).toEqual([CALL]);
  expect(rooms.inside.map(room => room.token)).toEqual(['anew']);
  expect(state().hearing.name).toBe('on');
  // What the old room still says is of no interest.
  first?.events.onReconnecting();
  expect(state().hearing.name).toBe('on');
});

test('[LINK7] a reconnect that is refused says why; of a call that is over nothing is left', async () => {
  const { rooms, link, state, answerWith } = setUp();
  await link.listen(CALL, MONITOR);
  rooms.joined[0]?.end('lost');
  answerWith(() => Promise.reject(appError('worker.unreachable', 'Gone.')));
  await link.reconnect();
  expect(state().hearing).toMatchObject({ name: 'lost', error: { code: 'worker.unreachable' } });
  answerWith(() => Promise.reject(appError('call.already-ended', 'Over.')));
  await link.reconnect();
  expect(state()).toMatchObject({ listeningTo: null, hearing: { name: 'none' } });
});

test('[LINK8] a voice that is lost for good takes the person off the line; until then it is only told', async () => {
  const { mouth, audio, state } = await speaking();
  mouth.events.onReconnecting();
  expect(state()).toMatchObject({ sendingTo: CALL, speaking: { name: 'reconnecting' } });
  mouth.events.onReconnected();
  expect(state().speaking.name).toBe('on');
  mouth.end('lost');
  expect(state()).toMatchObject({
    sendingTo: null,
    device: { name: 'failed', error: { code: 'media.lost' } },
    speaking: { name: 'none' },
  });
  expect(audio.microphonesOpen).toBe(0);
});

test('[LINK8] the end of the call closes the microphone without a word', async () => {
  const { mouth, audio, state } = await speaking();
  mouth.end('ended');
  expect(state().device).toEqual({ name: 'closed' });
  expect(audio.microphonesOpen).toBe(0);
});

test('[LINK9] a machine that slept joins anew', async () => {
  const { rooms, link, clock } = setUp();
  watchSleep(clock, () => link.wokeUp());
  await link.listen(CALL, MONITOR);
  for (let second = 0; second < 5; second += 1) clock.step(1_000);
  await settle();
  expect(rooms.joined).toHaveLength(1);
  clock.step(60_000);
  await settle();
  expect(rooms.inside.map(room => room.token)).toEqual(['anew']);
});

test('[LINK10] held back sound is told and let go by a touch', async () => {
  const { rooms, link, state } = setUp();
  await link.listen(CALL, MONITOR);
  rooms.joined[0]?.events.onBlocked(true);
  expect(state().hearing.name).toBe('blocked');
  await link.allowSound();
  expect(rooms.joined[0]?.soundsAllowed).toBe(1);
  expect(state().hearing.name).toBe('on');
});

test('[LINK11] who was put out comes back as soon as the worker lets them', async () => {
  const { rooms, link, state, clock, asked, answerWith } = setUp();
  await link.listen(CALL, MONITOR);
  answerWith(() => Promise.reject(appError('media.refused', 'Card data is being said.')));
  rooms.joined[0]?.end('removed');
  expect(state()).toMatchObject({ listeningTo: CALL, hearing: { name: 'waiting' } });
  for (const times of [1, 2]) {
    clock.step(2_000);
    await settle();
    expect(asked).toHaveLength(times);
    expect(state().hearing.name).toBe('waiting');
  }
  answerWith(() => Promise.resolve(entry('sup-user-maya-mon', 'back')));
  clock.step(2_000);
  await settle();
  expect(rooms.inside.map(room => room.token)).toEqual(['back']);
  expect(state().hearing.name).toBe('on');
  answerWith(() => Promise.reject(appError('call.already-ended', 'Over.')));
  rooms.inside[0]?.end('removed');
  clock.step(2_000);
  await settle();
  expect(state()).toMatchObject({ listeningTo: null, hearing: { name: 'none' } });
  clock.step(60_000);
  await settle();
  expect(asked).toHaveLength(4);
});
