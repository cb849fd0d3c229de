import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { AudioWay } from '#shared/ipc/audio-way.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import { FakeDesk } from '#tests/fixtures/fake-desk.ts';
import { SilentAudio } from '#tests/fixtures/silent-audio.ts';
import { SilentRooms } from '#tests/fixtures/silent-rooms.ts';
import { askDesk, askForRoom, createChosenLink } from './chosen-link.ts';
import { createLoopbackLink } from './loopback-link.ts';
import { createRoomLink } from './room-link.ts';

const CALL = 'call-1' as CallId;
const ROOM: AudioWay = {
  via: 'livekit',
  url: 'ws://127.0.0.1:1',
  token: 'token',
  roomName: 'room',
  identity: 'sup-user-maya-mon',
};
const DOWN: ErrorBody = { code: 'worker.unreachable', message: 'Gone.', retryable: true, origin: 'electron' };

function setUp() {
  const desk = new FakeDesk();
  const rooms = new SilentRooms();
  const audio = new SilentAudio();
  const chosen = () => ({ input: '', output: '' });
  const ask = askDesk(desk);
  const link = createChosenLink({
    ask,
    frames: createLoopbackLink({ bridge: desk, devices: audio, probe: null, chosen }),
    rooms: createRoomLink({
      join: rooms.join,
      devices: audio,
      ask: askForRoom(ask),
      chosen,
      processing: true,
      after: () => () => undefined,
    }),
  });
  return { desk, rooms, audio, link, state: () => link.state.getState() };
}

test('[LINK1] a call whose audio the worker brings joins no room, and is asked about once', async () => {
  const { desk, rooms, link, state } = setUp();
  await link.listen(CALL);
  expect(await link.openMicrophone(CALL)).toBeNull();
  void link.sendTo(CALL);
  expect(desk.opened.map(stream => stream.name)).toEqual(['listen', 'microphone']);
  expect(rooms.joined).toEqual([]);
  expect(desk.waysAsked).toEqual(['listen']);
  expect(state()).toMatchObject({ listeningTo: CALL, sendingTo: CALL, hearing: { name: 'none' } });
});

test('[LINK1] a call in a room opens no stream of the desk, and asks for each of the two identities', async () => {
  const { desk, rooms, audio, link, state } = setUp();
  desk.way = ROOM;
  await link.listen(CALL);
  expect(await link.openMicrophone(CALL)).toBeNull();
  await link.sendTo(CALL);
  expect(desk.opened).toEqual([]);
  expect(desk.waysAsked).toEqual(['listen', 'microphone']);
  expect(rooms.joined[1]?.voice?.isMuted).toBe(false);
  expect(state()).toMatchObject({ listeningTo: CALL, sendingTo: CALL, device: { name: 'open' } });
  link.closeMicrophone();
  link.stopListening();
  expect(rooms.inside).toEqual([]);
  expect(audio.microphonesOpen).toBe(0);
});

test('[LINK6] an answer that comes after the person has gone on starts nothing', async () => {
  const { desk, rooms, audio, link, state } = setUp();
  desk.way = ROOM;
  const listening = link.listen(CALL);
  const opening = link.openMicrophone(CALL);
  link.stopListening();
  link.closeMicrophone();
  await Promise.all([listening, opening]);
  expect(rooms.joined).toEqual([]);
  expect(audio.microphonesOpened).toBe(0);
  expect(state().listeningTo).toBeNull();
});

test('[LINK7] no answer is said as a loss, and trying again finds whichever way there is by then', async () => {
  const { desk, link, state } = setUp();
  desk.wayFails = DOWN;
  await link.listen(CALL);
  expect(state()).toMatchObject({ listeningTo: CALL, hearing: { name: 'lost', error: DOWN } });
  expect(await link.openMicrophone(CALL)).toEqual(DOWN);
  desk.wayFails = null;
  await link.reconnect();
  expect(desk.opened.map(stream => stream.name)).toEqual(['listen']);
  expect(state()).toMatchObject({ listeningTo: CALL, hearing: { name: 'none' } });
});
