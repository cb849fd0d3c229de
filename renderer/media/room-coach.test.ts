import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { RoomEntry } from '#shared/ipc/audio-way.ts';
import { SilentAudio } from '#tests/fixtures/silent-audio.ts';
import { SilentRooms, type SilentRoom } from '#tests/fixtures/silent-rooms.ts';
import { createRoomLink } from './room-link.ts';

const CALL = 'call-1' as CallId;
const entry = (identity: string): RoomEntry => ({
  via: 'livekit',
  url: 'ws://127.0.0.1:1',
  token: identity,
  roomName: 'room',
  identity,
});
const LIVE = entry('sup-user-maya-live');
const COACH = entry('sup-user-maya-coach');

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

function setUp() {
  const rooms = new SilentRooms();
  const audio = new SilentAudio();
  const link = createRoomLink({
    join: rooms.join,
    devices: audio,
    ask: () => Promise.resolve(LIVE),
    chosen: () => ({ input: '', output: 'headset' }),
    processing: true,
    after: () => () => undefined,
  });
  return { rooms, audio, link, state: () => link.state.getState() };
}

async function seatedCoach() {
  const bench = setUp();
  await bench.link.openMicrophone(CALL, LIVE);
  expect(await bench.link.joinCoach(CALL, COACH, 'coach')).toBeNull();
  const [line, coach] = bench.rooms.joined as [SilentRoom, SilentRoom];
  return { ...bench, line, coach };
}

test('[LINK14] a coach has their voice in the coach room, muted; whispering opens it there and never in the room of the call', async () => {
  const { line, coach, audio, link, state } = await seatedCoach();
  expect(audio.microphonesOpened).toBe(1);
  expect(coach.voice).toMatchObject({ isMuted: true, track: { enabled: false } });
  expect(['caller-1', 'ai', 'sup-user-jun-live', 'sup-user-jun-coach'].some(coach.ears.hears)).toBe(false);
  expect(state()).toMatchObject({ coach: { name: 'on' }, whisperingTo: null });
  await link.whisper(CALL);
  expect(coach.told).toEqual(['published muted', 'unmuted']);
  expect(state().whisperingTo).toBe(CALL);
  link.stopWhispering();
  // At once, whatever the room takes.
  expect(coach.voice?.track.enabled).toBe(false);
  await settle();
  expect(coach.told).toEqual(['published muted', 'unmuted', 'muted']);
  // The caller's room has heard of nothing.
  expect(line.told).toEqual(['published muted']);
  expect(line.voice).toMatchObject({ isMuted: true, track: { enabled: false } });
});

test('[LINK14] whoever is whispered to hears it on the chosen loudspeaker, publishes nothing and opens no device', async () => {
  const { rooms, audio, link, state } = setUp();
  await link.joinCoach(CALL, COACH, 'coached');
  const [room] = rooms.joined;
  expect(room?.ears.outputDeviceId).toBe('headset');
  expect(['sup-user-jun-coach', 'sup-user-maya-coach'].filter(room!.ears.hears)).toEqual([
    'sup-user-jun-coach',
  ]);
  expect(room?.voice).toBeNull();
  expect(audio.microphonesOpened).toBe(0);
  await link.whisper(CALL);
  expect(state().whisperingTo).toBeNull();
  link.leaveCoach();
  expect(rooms.inside).toEqual([]);
});

test('[LINK15] without an armed microphone nobody is seated to whisper', async () => {
  const { rooms, audio, link, state } = setUp();
  expect(await link.joinCoach(CALL, COACH, 'coach')).toMatchObject({ code: 'media.refused' });
  expect(rooms.inside).toEqual([]);
  expect(audio.microphonesOpened).toBe(0);
  expect(state().coach).toMatchObject({ name: 'lost', error: { code: 'media.refused' } });
});

test.each([
  ['the device is closed', ({ link }: Awaited<ReturnType<typeof seatedCoach>>) => link.closeMicrophone()],
  ['the device is pulled out', ({ audio }: Awaited<ReturnType<typeof seatedCoach>>) => audio.unplug()],
  ['the server mutes it', ({ coach }: Awaited<ReturnType<typeof seatedCoach>>) => coach.events.onSilenced()],
  ['the room is lost', ({ coach }: Awaited<ReturnType<typeof seatedCoach>>) => coach.end('lost')],
  ['the room is closed', ({ coach }: Awaited<ReturnType<typeof seatedCoach>>) => coach.end('ended')],
])('[LINK15] a whisper ends when %s', async (_what, happen) => {
  const bench = await seatedCoach();
  await bench.link.whisper(CALL);
  happen(bench);
  expect(bench.state().whisperingTo).toBeNull();
  expect(bench.coach.voice?.track.enabled).toBe(false);
});

test('[LINK15] a coach room that opens too late, or cannot be joined, leaves nothing behind', async () => {
  const { rooms, link, state } = setUp();
  await link.openMicrophone(CALL, LIVE);
  rooms.hold();
  const joining = link.joinCoach(CALL, COACH, 'coach');
  await settle();
  link.leaveCoach();
  rooms.release();
  expect(await joining).toBeNull();
  expect(rooms.inside.map(room => room.token)).toEqual([LIVE.token]);
  rooms.refusal = appError('media.unreachable', 'Nobody there.');
  expect(await link.joinCoach(CALL, COACH, 'coach')).toMatchObject({ code: 'media.unreachable' });
  expect(state().coach.name).toBe('lost');
  rooms.refusal = null;
  expect(await link.joinCoach(CALL, COACH, 'coach')).toBeNull();
  expect(state().coach.name).toBe('on');
});

test('[LINK15] after a cut the whisper goes on as it was meant', async () => {
  const { coach, link, state } = await seatedCoach();
  await link.whisper(CALL);
  coach.events.onReconnecting();
  expect(state().coach.name).toBe('reconnecting');
  link.stopWhispering();
  coach.events.onReconnected();
  await settle();
  expect(coach.voice).toMatchObject({ isMuted: true, track: { enabled: false } });
  expect(state().coach.name).toBe('on');
});
