import { AgentDispatchClient, RoomServiceClient, TokenVerifier } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consultationQuerySchema } from '#shared/domain/consultation.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { callerIdentity, coachRoom, readRoomNote } from '#shared/domain/rooms.ts';
import { appError } from '#shared/errors/app-error.ts';
import { apiUrl } from '#worker/livekit/livekit-access.ts';
import { AGENT_NAME, livekitRoomServer } from '#worker/livekit/room-server.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { startRoomsControl } from '#tests/fixtures/rooms-control.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import { CONSULTATION_LIMIT } from './room-handlers.ts';

const NOWHERE = { url: 'ws://127.0.0.1:9', apiKey: 'key', apiSecret: 'a-secret-of-some-length-for-tests' };

describe('rooms of the control API', () => {
  let livekit: Awaited<ReturnType<typeof livekitServer>>;
  beforeAll(async () => (livekit = await livekitServer({ autoCreate: false })), BUILD_LIMIT_MS);
  afterAll(async () => {
    if (livekit.ok) await livekit.server.stop();
  });

  test('[TOK7] a consultation makes a room that says its call, asks for the AI and lets the caller in', async context => {
    if (!livekit.ok) return context.skip(livekit.reason);
    const access = livekit.server;
    const server = livekitRoomServer(access);
    const asked: string[] = [];
    const b = await startRoomsControl({
      access,
      server: { ...server, dispatch: (room, note) => (asked.push(room), server.dispatch(room, note)) },
    });
    const { status, body } = await b.ask('/api/livekit/consultation', { type: 'claims', name: ' Bo ' });
    expect([status, body.url, body.expiresInMs]).toEqual([200, access.url, 3_600_000]);
    expect(body.roomName).toMatch(/^consultation_claims_\d+_[0-9a-z]+$/iu);
    expect(body.identity).toBe(callerIdentity(body.callId as CallId));
    const claims = await new TokenVerifier(access.apiKey, access.apiSecret).verify(body.token);
    expect(claims.video).toMatchObject({ room: body.roomName, canPublishData: false });
    const service = new RoomServiceClient(apiUrl(access), access.apiKey, access.apiSecret);
    const [room] = await service.listRooms([body.roomName]);
    expect(readRoomNote(room?.metadata ?? '')).toEqual({
      callId: body.callId,
      orgId: LOCAL_ADMIN.orgId,
      line: 'Claims',
      displayName: 'Bo',
      simulated: false,
    });
    expect(asked).toEqual([body.roomName]);
    expect(await b.store.consultations(LOCAL_ADMIN.orgId, consultationQuerySchema.parse({}))).toMatchObject([
      { id: body.callId, roomName: body.roomName, type: 'claims', startedAtMs: null },
    ]);
    expect((await b.ask('/api/livekit/consultation', { type: 'pizza' })).status).toBe(400);
    await b.close();
  });

  test('[TOK7] the dispatch names our agent and says the call', async context => {
    if (!livekit.ok) return context.skip(livekit.reason);
    const access = livekit.server;
    const b = await startRoomsControl({ access, server: livekitRoomServer(access) });
    const { body } = await b.ask('/api/livekit/consultation', { type: 'support' });
    const dispatches = await new AgentDispatchClient(
      apiUrl(access),
      access.apiKey,
      access.apiSecret,
    ).listDispatch(body.roomName);
    // Beside it LiveKit keeps the one without a name, for which no host of ours registers.
    expect(dispatches.map(one => [one.agentName, readRoomNote(one.metadata)?.callId])).toContainEqual([
      AGENT_NAME,
      body.callId,
    ]);
    await b.close();
  });

  test('[TOK7] a room into which the AI cannot be asked is deleted again', async context => {
    if (!livekit.ok) return context.skip(livekit.reason);
    const access = livekit.server;
    const server = livekitRoomServer(access);
    const b = await startRoomsControl({
      access,
      server: {
        ...server,
        dispatch: () => Promise.reject(appError('media.unreachable', 'no', { retryable: true })),
      },
    });
    const { status, body } = await b.ask('/api/livekit/consultation', { type: 'training' });
    expect([status, body.error?.code]).toEqual([503, 'media.unreachable']);
    const service = new RoomServiceClient(apiUrl(access), access.apiKey, access.apiSecret);
    expect((await service.listRooms()).filter(room => room.name.includes('training'))).toEqual([]);
    await b.close();
  });

  test('[TOK8] the seventh consultation in a minute is refused; another address is not', async context => {
    if (!livekit.ok) return context.skip(livekit.reason);
    const b = await startRoomsControl({ access: livekit.server, server: livekitRoomServer(livekit.server) });
    const from = (address: string) =>
      b.ask('/api/livekit/consultation', { type: 'quote' }, undefined, { 'x-forwarded-for': address });
    for (let index = 0; index < CONSULTATION_LIMIT.count; index += 1)
      expect((await from('203.0.113.7')).status).toBe(200);
    const refused = await from('203.0.113.7');
    expect([refused.status, refused.body.error?.code]).toEqual([429, 'access.too-often']);
    expect((await from('203.0.113.8')).status).toBe(200);
    await b.close();
  });

  test('[TOK5][TOK6] tokens by session, role, room and org', async context => {
    if (!livekit.ok) return context.skip(livekit.reason);
    const access = livekit.server;
    const server = livekitRoomServer(access);
    const b = await startRoomsControl({ access, server });
    const { roomName, callId } = (await b.ask('/api/livekit/consultation', { type: 'quote' })).body;
    await server.createRoom('sip-room', '');
    await server.createRoom(
      'foreign-room',
      JSON.stringify({ callId: 'x', orgId: 'other', line: '', displayName: '' }),
    );
    await server.createRoom('nobodys-room', '');
    const coach = coachRoom(callId as CallId);
    await server.createRoom(coach, '');
    b.ring('call-sip', 'sip-room');
    const supervisor = await b.sessionOf('user-tanaka');
    const agent = await b.sessionOf('user-lind');
    const post = (body: object, token?: string) => b.ask('/api/livekit/token', body, token);

    const own = await b.ask(`/api/livekit/token?roomName=${roomName}`, undefined, supervisor);
    expect([own.status, own.body.identity]).toEqual([200, 'sup-user-tanaka-mon']);
    const claims = await new TokenVerifier(access.apiKey, access.apiSecret).verify(own.body.token);
    expect(claims.video).toMatchObject({ hidden: true, canPublish: false, room: roomName });
    expect((await b.ask(`/api/livekit/token?roomName=${roomName}`)).status).toBe(401);
    expect((await b.ask(`/api/livekit/token?roomName=${roomName}`, undefined, agent)).status).toBe(403);

    expect((await post({ roomName, participantType: 'agent' }, supervisor)).body.identity).toBe(
      'sup-user-tanaka-live',
    );
    expect((await post({ roomName: 'sip-room', participantType: 'monitor' }, supervisor)).status).toBe(200);
    expect((await post({ roomName, participantType: 'customer' }, supervisor)).status).toBe(403);
    expect((await post({ roomName, participantType: 'customer' }, b.admin)).body.identity).toBe(
      `caller-${callId}`,
    );
    expect((await post({ roomName, identity: 'ai' }, supervisor)).status).toBe(403);
    expect((await post({ roomName }, supervisor)).status).toBe(400);
    for (const unknown of ['no-such-room', 'foreign-room', 'nobodys-room', coach])
      expect((await post({ roomName: unknown, participantType: 'monitor' }, supervisor)).status).toBe(404);
    b.ring(callId, roomName);
    expect((await post({ roomName: coach, participantType: 'coach' }, supervisor)).status).toBe(200);
    expect((await post({ roomName: coach, participantType: 'customer' }, b.admin)).status).toBe(409);
    await b.close();
  });

  test('[TOK10] whoever asks for the audio of a call in a room is let into it, and into the coach room only while somebody has the call', async context => {
    if (!livekit.ok) return context.skip(livekit.reason);
    const access = livekit.server;
    const server = livekitRoomServer(access);
    const b = await startRoomsControl({ access, server });
    b.ring('call-x', 'room-x');
    const supervisor = await b.sessionOf('user-tanaka');
    const grant = async (direction: string, token = supervisor) => {
      const { status, body } = await b.ask('/api/calls/call-x/audio-grants', { direction }, token);
      if (status !== 200) return [status, body.error?.code];
      const { video } = await new TokenVerifier(access.apiKey, access.apiSecret).verify(body.token);
      return [
        body.identity,
        body.roomName,
        video?.room,
        video?.hidden,
        video?.canPublish,
        video?.canSubscribe,
      ];
    };
    expect(await grant('listen')).toEqual(['sup-user-tanaka-mon', 'room-x', 'room-x', true, false, false]);
    expect(await grant('microphone')).toEqual([
      'sup-user-tanaka-live',
      'room-x',
      'room-x',
      false,
      true,
      false,
    ]);
    expect(await grant('coach')).toEqual([409, 'media.refused']);
    expect(await grant('listen', await b.sessionOf('user-lind'))).toEqual([403, 'access.denied']);
    const who = { userId: 'user-tanaka', userName: 'Jun Tanaka' };
    b.tell('call-x', 1, { type: 'floor.changed', holder: 'human', cause: 'take-over', ...who });
    const coach = 'coach-call-x';
    expect(await grant('coach')).toEqual(['sup-user-tanaka-coach', coach, coach, false, true, false]);
    expect(await server.metadataOf(coach)).toBe('');
    await b.close();
  });

  test('[TOK9] no server, and one that does not answer, have codes of their own', async () => {
    const none = await startRoomsControl(null);
    const ask = await none.ask('/api/livekit/consultation', { type: 'quote' });
    expect([ask.status, ask.body.error?.code]).toEqual([503, 'media.not-configured']);
    const token = await none.ask(
      '/api/livekit/token',
      { roomName: 'r', participantType: 'monitor' },
      none.admin,
    );
    expect([token.status, token.body.error?.code]).toEqual([503, 'media.not-configured']);
    await none.close();
    const silent = await startRoomsControl({ access: NOWHERE, server: livekitRoomServer(NOWHERE) });
    const lost = await silent.ask('/api/livekit/consultation', { type: 'quote' });
    expect([lost.status, lost.body.error?.code]).toEqual([503, 'media.unreachable']);
    await silent.close();
  });
});
