import { randomBytes } from 'node:crypto';
import { RoomServiceClient } from 'livekit-server-sdk';
import { expect, test } from 'vitest';
import { consultationQuerySchema } from '#shared/domain/consultation.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { apiUrl } from '#worker/livekit/livekit-access.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { joinRoom } from '#tests/fixtures/room-guest.ts';
import { startRoomsControl } from '#tests/fixtures/rooms-control.ts';
import { LOCAL_ADMIN } from './demo-people.ts';

test(
  '[HOOK5][HOOK4] the real server’s events are taken, and a consultation knows when it began and ended',
  { timeout: BUILD_LIMIT_MS },
  async context => {
    const keys = { apiKey: 'hookkey', apiSecret: randomBytes(32).toString('base64url') };
    // Its address is known before the server's, which must be told of it.
    const webhookOnly = { ...keys, url: 'ws://127.0.0.1:9' };
    const control = await startRoomsControl({ access: webhookOnly, server: livekitRoomServer(webhookOnly) });
    const bench = await livekitServer({ ...keys, webhookUrl: `${control.url}/api/livekit/webhook` });
    if (!bench.ok) {
      await control.close();
      return context.skip(bench.reason);
    }
    const { server } = bench;
    const { store } = control;
    await store.addConsultation({
      id: 'c1' as CallId,
      orgId: LOCAL_ADMIN.orgId,
      roomName: 'room',
      type: 'support',
      atMs: 1 as never,
    });
    const names = async (): Promise<readonly string[]> =>
      (await store.roomEvents('room')).map(event => event.name);
    const { token } = await mintRoomToken(server, {
      role: 'caller',
      roomName: 'room',
      identity: 'caller-c1',
      name: 'Bo',
    });
    const caller = await joinRoom(server.url, token);
    await caller.speak(440);
    await expect.poll(names, { timeout: 90_000 }).toContain('track_published');
    await caller.leave();
    await new RoomServiceClient(apiUrl(server), keys.apiKey, keys.apiSecret).deleteRoom('room');
    await expect.poll(names, { timeout: 90_000 }).toContain('room_finished');
    expect(await names()).toEqual(
      expect.arrayContaining(['room_started', 'participant_joined', 'participant_left']),
    );
    const [row] = await store.consultations(LOCAL_ADMIN.orgId, consultationQuerySchema.parse({}));
    expect(row?.startedAtMs).toBeGreaterThan(1_700_000_000_000);
    expect(row?.endedAtMs).not.toBeNull();
    expect(row?.durationSeconds).toBeGreaterThanOrEqual(0);
    expect(row?.durationSeconds).toBeLessThan(600);
    await server.stop();
    await control.close();
  },
);
