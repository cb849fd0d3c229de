import { RoomEvent, type Room } from '@livekit/rtc-node';
import { RoomServiceClient, type ParticipantInfo } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import {
  AI_IDENTITY,
  callerIdentity,
  coachIdentity,
  coachRoom,
  liveIdentity,
  monitorIdentity,
} from '#shared/domain/rooms.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { joinRoom, type RoomGuest } from '#tests/fixtures/room-guest.ts';
import { apiUrl } from '../livekit-access.ts';
import { mintRoomToken } from './mint-room-token.ts';
import { grantsFor, ROOM_TOKEN_ROLES, type RoomTokenRole } from './room-grants.ts';

const callId = 'call-1' as CallId;
const ann = 'ann' as UserId;
const IDENTITY: Readonly<Record<RoomTokenRole, string>> = {
  caller: callerIdentity(callId),
  ai: AI_IDENTITY,
  monitor: monitorIdentity(ann),
  live: liveIdentity(ann),
  coach: coachIdentity(ann),
};
const roomOf = (role: RoomTokenRole): string => (role === 'coach' ? coachRoom(callId) : 'call-room');
const TONE_HZ = 440;
/** A guest who was denied publishing learns it after ten seconds. */
const LIMIT_MS = 60_000;

describe('tokens on the real server', () => {
  let bench: Awaited<ReturnType<typeof livekitServer>>;
  beforeAll(async () => (bench = await livekitServer()), BUILD_LIMIT_MS);
  afterAll(async () => {
    if (bench.ok) await bench.server.stop();
  });

  test(
    '[TOK3] each role can do what the table says and nothing else',
    { timeout: LIMIT_MS },
    async context => {
      if (!bench.ok) return context.skip(bench.reason);
      const access = bench.server;
      const service = new RoomServiceClient(apiUrl(access), access.apiKey, access.apiSecret);
      const enter = async (role: RoomTokenRole, roomName: string, identity: string): Promise<RoomGuest> =>
        joinRoom(access.url, (await mintRoomToken(access, { role, roomName, identity, name: '' })).token);
      await Promise.all(
        ROOM_TOKEN_ROLES.map(async role => {
          // Rooms of their own, so that each is measured against one witness who may everything.
          const roomName = `${roomOf(role)}-${role}`;
          const identity = IDENTITY[role];
          const witness = await enter(role === 'coach' ? 'coach' : 'caller', roomName, 'witness');
          const tone = await witness.speak(TONE_HZ);
          const data = dataAt(witness.room);
          const guest = await enter(role, roomName, identity);
          const may = grantsFor(role, roomName);

          const published = await guest.speak(TONE_HZ * 2).then(
            () => true,
            () => false,
          );
          expect([role, 'publish', published]).toEqual([role, 'publish', may.canPublish]);

          const heard = await untilHeard(guest, TONE_HZ);
          expect([role, 'subscribe', heard]).toEqual([role, 'subscribe', may.canSubscribe]);

          await guest.room.localParticipant?.publishData(new TextEncoder().encode(role), { reliable: true });
          // Behind it comes one that surely arrives: without it, nothing would be waited for.
          await service.sendData(roomName, new TextEncoder().encode('end'), 0, {});
          const arrived = await data;
          expect([role, 'data', arrived.includes(role)]).toEqual([role, 'data', may.canPublishData]);

          const seen = witness.room.remoteParticipants.has(identity);
          expect([role, 'seen', seen]).toEqual([role, 'seen', !may.hidden]);
          const listed = (await service.listParticipants(roomName)).find(one => one.identity === identity);
          expect(permissionsOf(listed)).toEqual({
            canPublish: may.canPublish,
            canSubscribe: may.canSubscribe,
            canPublishData: may.canPublishData,
            canUpdateMetadata: may.canUpdateOwnMetadata,
            hidden: may.hidden,
            agent: may.agent,
            canPublishSources: may.canPublishSources,
          });
          tone.mute(true);
          await Promise.all([guest.leave(), witness.leave()]);
        }),
      );
    },
  );

  test('[TOK3] a token for one room opens no other, and one of another key none', async context => {
    if (!bench.ok) return context.skip(bench.reason);
    const access = bench.server;
    const request = { role: 'caller', roomName: 'mine', identity: 'caller-x', name: '' } as const;
    const forged = await mintRoomToken(
      { ...access, apiSecret: 'another-secret-of-some-length-123' },
      request,
    );
    await expect(joinRoom(access.url, forged.token)).rejects.toThrow();
    const { token } = await mintRoomToken(access, request);
    const guest = await joinRoom(access.url, token);
    expect(guest.room.name).toBe('mine');
    await guest.leave();
  });
});

/** Everything that arrives as data until the server says `end`. */
function dataAt(room: Room): Promise<readonly string[]> {
  const arrived: string[] = [];
  return new Promise(resolve => {
    room.on(RoomEvent.DataReceived, payload => {
      const text = new TextDecoder().decode(payload);
      if (text === 'end') resolve(arrived);
      else arrived.push(text);
    });
  });
}

/** Audio takes a moment to begin; a guest without the right to hear stays at nothing. */
async function untilHeard(guest: RoomGuest, hz: number): Promise<boolean> {
  for (let look = 0; look < 20; look += 1) {
    const [strength = 0] = await guest.hear([hz], 200);
    if (strength > 0.05) return true;
  }
  return false;
}

function permissionsOf(info: ParticipantInfo | undefined) {
  const { canPublish, canSubscribe, canPublishData, canUpdateMetadata, hidden, agent, canPublishSources } =
    info?.permission ?? {};
  return { canPublish, canSubscribe, canPublishData, canUpdateMetadata, hidden, agent, canPublishSources };
}
