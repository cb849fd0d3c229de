import { randomUUID } from 'node:crypto';
import { dispose, Room } from '@livekit/rtc-node';
import { AccessToken, AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { callerIdentity, AI_IDENTITY } from '#shared/domain/rooms.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { buildServer } from '#infra/livekit/build-servers.ts';
import { startLivekitServer, type LivekitServer } from '#infra/livekit/start-server.ts';
import { apiUrl, type LivekitAccess } from '../livekit-access.ts';
import type { RoomAssignment } from '../room-assignment.ts';
import { livekitRoomServer } from '../room-server.ts';
import { registerHost, type RegisteredHost } from './register-host.ts';
import { watchDispatches } from './watch-dispatches.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const built = buildServer('server');

describe.skipIf(!built.ok)(`hosts on a real server${built.ok ? '' : ` (not run: ${built.reason})`}`, () => {
  let server: LivekitServer;
  let access: LivekitAccess;
  const cleanUp: (() => unknown)[] = [];

  beforeAll(async () => {
    server = await startLivekitServer(built.ok ? built.file : '');
    access = server;
  });
  afterEach(async () => {
    for (const task of cleanUp.splice(0).reverse()) await task();
  });
  afterAll(async () => {
    await server.stop();
    await dispose();
  });

  /** A host; `joins` says whether it enters the rooms that it is given. */
  async function startHost(capacity: number, joins = true) {
    const states: string[] = [];
    const notes: string[] = [];
    const given: RoomAssignment[] = [];
    const rooms: Room[] = [];
    const stop = new AbortController();
    const host: RegisteredHost = registerHost({
      access,
      clock: systemClock,
      random: Math.random,
      capacity,
      onState: state => states.push(state.name),
      onNote: note => notes.push(note.jobId),
    });
    const follow = async (): Promise<void> => {
      for await (const assignment of host.next(stop.signal)) {
        given.push(assignment);
        if (!joins) continue;
        const room = new Room();
        rooms.push(room);
        await room.connect(assignment.url, assignment.token, { autoSubscribe: false, dynacast: false });
        host.running(assignment.jobId);
      }
    };
    const following = follow();
    const end = async (): Promise<void> => {
      stop.abort();
      host.close();
      await following;
      for (const room of rooms) await room.disconnect();
    };
    cleanUp.push(end);
    await vi.waitUntil(() => states.includes('registered'), WAIT);
    return { host, states, notes, given, end };
  }

  async function callIn(roomName: string): Promise<Room> {
    const token = new AccessToken(access.apiKey, access.apiSecret, {
      identity: callerIdentity(randomUUID() as CallId),
    });
    token.addGrant({ roomJoin: true, room: roomName });
    const room = new Room();
    await room.connect(access.url, await token.toJwt(), { autoSubscribe: false, dynacast: false });
    cleanUp.push(() => room.disconnect());
    return room;
  }

  const api = (): RoomServiceClient => new RoomServiceClient(apiUrl(access), access.apiKey, access.apiSecret);
  const members = async (roomName: string): Promise<readonly string[]> =>
    (await api().listParticipants(roomName)).map(({ identity }) => identity);

  test('[HOST1] a room is given with all a host needs to join it', async () => {
    const { given } = await startHost(2);
    await livekitRoomServer(access).dispatch('consultation_quote_1_one', '{"line":"quotes"}');
    await vi.waitUntil(() => given.length === 1, WAIT);
    expect(given[0]).toMatchObject({ roomName: 'consultation_quote_1_one', metadata: '{"line":"quotes"}' });
    await vi.waitUntil(async () => (await members('consultation_quote_1_one')).includes(AI_IDENTITY), WAIT);
  });

  test('[HOST1] where the dispatch says nothing, what the room says about the call is given', async () => {
    const { given } = await startHost(2);
    await api().createRoom({ name: 'sip-room', metadata: '{"line":"sip"}' });
    await livekitRoomServer(access).dispatch('sip-room', '');
    await vi.waitUntil(() => given.length === 1, WAIT);
    expect(given[0]?.metadata).toBe('{"line":"sip"}');
  });

  test('[HOST2] two hosts share the calls', async () => {
    const [first, second] = [await startHost(10), await startHost(10)];
    for (let index = 0; index < 10; index += 1) {
      await livekitRoomServer(access).dispatch(`consultation_quote_2_${String(index)}`, '');
      await vi.waitUntil(() => first.given.length + second.given.length === index + 1, WAIT);
    }
    // By lot, weighted: all ten at one of them has a chance of about one in a million.
    expect(Math.min(first.given.length, second.given.length)).toBeGreaterThan(0);
    expect(first.host.calls() + second.host.calls()).toBe(10);
  });

  test('[HOST3] a full host refuses, and takes a call when one has ended', async () => {
    const { given, host } = await startHost(1);
    await livekitRoomServer(access).dispatch('consultation_quote_3_one', '');
    await vi.waitUntil(() => given.length === 1, WAIT);
    const other = await startHost(1);
    for (let index = 0; index < 3; index += 1) {
      await livekitRoomServer(access).dispatch(`consultation_quote_3_b${String(index)}`, '');
      await vi.waitUntil(() => other.given.length === index + 1, WAIT);
      other.host.ended(other.given[index]?.jobId ?? '', 'success');
    }
    expect(given).toHaveLength(1);
    await other.end();
    host.ended(given[0]?.jobId ?? '', 'success');
    await livekitRoomServer(access).dispatch('consultation_quote_3_two', '');
    await vi.waitUntil(() => given.length === 2, WAIT);
  });

  test('[HOST5] a host that drains gets nothing more and says when it is empty', async () => {
    const draining = await startHost(5);
    await livekitRoomServer(access).dispatch('consultation_quote_5_one', '');
    await vi.waitUntil(() => draining.given.length === 1, WAIT);
    const other = await startHost(5);
    let isEmpty = false;
    const drained = draining.host.drain().then(() => (isEmpty = true));
    for (let index = 0; index < 4; index += 1) {
      await livekitRoomServer(access).dispatch(`consultation_quote_5_b${String(index)}`, '');
      await vi.waitUntil(() => other.given.length === index + 1, WAIT);
    }
    expect([draining.given.length, isEmpty]).toEqual([1, false]);
    draining.host.ended(draining.given[0]?.jobId ?? '', 'success');
    await drained;
  });

  test('[HOST8] a room that was taken and never joined goes to another host', async () => {
    const silent = await startHost(1, false);
    const roomName = 'consultation_quote_8_lost';
    await callIn(roomName);
    await livekitRoomServer(access).dispatch(roomName, '');
    await vi.waitUntil(() => silent.given.length === 1, WAIT);
    const other = await startHost(5);
    const again: string[] = [];
    const watch = watchDispatches({
      access,
      clock: systemClock,
      dispatch: (name, metadata) => livekitRoomServer(access).dispatch(name, metadata),
      onAgain: name => again.push(name),
      onError: error => again.push(String(error)),
    });
    cleanUp.push(() => watch.stop());
    await vi.waitUntil(async () => (await members(roomName)).includes(AI_IDENTITY), WAIT);
    expect(again).toEqual([roomName]);
    expect(other.given.map(given => given.roomName)).toEqual([roomName]);
  });

  test('[HOST8] a call that nobody was there to take is taken when a host comes', async () => {
    const roomName = 'sip-nobody';
    await api().createRoom({ name: roomName, metadata: '{"line":"sip"}' });
    await callIn(roomName);
    await livekitRoomServer(access).dispatch(roomName, '');
    const watch = watchDispatches({
      access,
      clock: systemClock,
      dispatch: (name, metadata) => livekitRoomServer(access).dispatch(name, metadata),
      onAgain: () => undefined,
      onError: () => undefined,
    });
    cleanUp.push(() => watch.stop());
    const { given } = await startHost(5);
    await vi.waitUntil(() => given.length === 1, WAIT);
    expect(given[0]).toMatchObject({ roomName, metadata: '{"line":"sip"}' });
  });

  test('[HOST9] another host takes the place of a dead one in the room at once', async () => {
    const dying = await startHost(5);
    const roomName = 'consultation_quote_9_dead';
    await callIn(roomName);
    await livekitRoomServer(access).dispatch(roomName, '');
    await vi.waitUntil(async () => (await members(roomName)).includes(AI_IDENTITY), WAIT);
    const watch = watchDispatches({
      access,
      clock: systemClock,
      dispatch: (name, metadata) => livekitRoomServer(access).dispatch(name, metadata),
      onAgain: () => undefined,
      onError: () => undefined,
    });
    cleanUp.push(() => watch.stop());
    const ghostSid = (await api().listParticipants(roomName)).find(
      ({ identity }) => identity === AI_IDENTITY,
    )?.sid;
    // Its socket is gone, its participant is still in the room, as after a SIGKILL.
    dying.host.close();
    const next = await startHost(5);
    watch.hostLost([roomName]);
    await vi.waitUntil(() => next.given.length === 1, WAIT);
    const sidNow = async (): Promise<string | undefined> =>
      (await api().listParticipants(roomName)).find(({ identity }) => identity === AI_IDENTITY)?.sid;
    await vi.waitUntil(async () => ![undefined, ghostSid].includes(await sidNow()), WAIT);
  });

  test('[HOST6] a job that LiveKit calls ended is a call that goes on', async () => {
    const { host, given, notes } = await startHost(5);
    const roomName = 'consultation_quote_6_one';
    await callIn(roomName);
    await livekitRoomServer(access).dispatch(roomName, '');
    await vi.waitUntil(async () => (await members(roomName)).includes(AI_IDENTITY), WAIT);
    const dispatches = new AgentDispatchClient(apiUrl(access), access.apiKey, access.apiSecret);
    await dispatches.deleteDispatch(given[0]?.dispatchId ?? '', roomName);
    await vi.waitUntil(() => notes.length === 1, WAIT);
    expect(notes).toEqual([given[0]?.jobId]);
    expect(host.calls()).toBe(1);
    expect(await members(roomName)).toContain(AI_IDENTITY);
  });

  test('[HOST4] a host comes back when the server does, and its calls count meanwhile', async () => {
    const { host, states, given } = await startHost(2);
    const roomName = 'consultation_quote_4_one';
    await livekitRoomServer(access).dispatch(roomName, '');
    await vi.waitUntil(async () => (await members(roomName)).includes(AI_IDENTITY), WAIT);
    const port = Number(new URL(server.url).port);
    await server.kill();
    await vi.waitUntil(() => states.filter(state => state === 'away').length >= 2, WAIT);
    expect(host.calls()).toBe(1);
    const { apiKey, apiSecret } = server;
    server = await startLivekitServer(built.ok ? built.file : '', { port, apiKey, apiSecret });
    await vi.waitUntil(() => states.at(-1) === 'registered', WAIT);
    await livekitRoomServer(access).dispatch('consultation_quote_4_two', '');
    await vi.waitUntil(() => given.length === 2, WAIT);
  });
});
