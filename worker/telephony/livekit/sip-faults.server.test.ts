import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LivekitServer } from '#infra/livekit/start-server.ts';
import type { TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { anyDial } from '#tests/fakes/any-dial.ts';
import { livekitSipStandIn } from '#tests/emulators/livekit-sip-stand-in.ts';
import { fakeRoomAssignments } from '#tests/fakes/fake-room-assignments.ts';
import { watch } from '#tests/fakes/saboteur-telephony.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { roomAssignment } from '#tests/fixtures/livekit/room-server.ts';
import { untilHeard } from '#tests/fixtures/livekit/tones.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import { DEFAULT_LIMITS, LivekitTelephonyAdapter } from './livekit-telephony-adapter.ts';
import { removeMemberAt } from './room-control.ts';
import { referTransfer } from './transfer-strategy.ts';

const CALLER_HZ = 700;
/** LiveKit keeps a client that is gone for some 20 s (measured). */
const PATIENCE = { timeout: 60_000, interval: 200 };
/** livekit-sip hangs up so long after the last audio (measured). */
const MEDIA_TIMEOUT_MS = 15_000;
const PHONE = join(import.meta.dirname, '../../../tests/fixtures/livekit/phone-child.ts');

describe('what happens to a phone line, on a real server', { timeout: 120_000 }, () => {
  let built: Awaited<ReturnType<typeof livekitServer>>;
  let server: LivekitServer;
  const cleanUp: (() => Promise<void> | void)[] = [];
  beforeAll(async () => {
    built = await livekitServer();
    if (!built.ok) return;
    ({ server } = built);
    divertRtcLog(() => undefined);
  }, BUILD_LIMIT_MS);
  beforeEach(context => {
    if (!built.ok) context.skip(built.reason);
  });
  afterEach(async () => {
    for (const task of cleanUp.splice(0).reverse()) await task();
  });
  afterAll(() => (built.ok ? server.stop() : undefined));

  const line = () => {
    const sip = livekitSipStandIn(server);
    const assignments = fakeRoomAssignments();
    const adapter = new LivekitTelephonyAdapter({
      permits: anyDial,
      clock: systemClock,
      assignments,
      join: assignment => joinRoom(assignment, { clock: systemClock, onError: () => undefined }),
      remove: removeMemberAt(server),
      newCallId: () => 'call' as CallId,
      limits: DEFAULT_LIMITS,
      lines: {},
      sip: sip.api,
      ringingS: 5,
      transferBy: referTransfer,
      onJoined: () => undefined,
      capacity: null,
      onRefused: () => undefined,
      onError: () => undefined,
    });
    const stop = new AbortController();
    const seen: readonly TelephonyEvent[] = watch(adapter, null, stop.signal);
    cleanUp.push(async () => {
      stop.abort();
      await adapter.stop();
      await sip.stop();
    });
    return { sip, assignments, adapter, seen };
  };
  type Line = ReturnType<typeof line>;
  const answered = async ({ assignments, adapter, seen }: Line, roomName: string) => {
    assignments.give({ ...(await roomAssignment(server, roomName)), jobId: roomName });
    await vi.waitFor(() => expect(seen[0]?.type).toBe('call.ringing'), PATIENCE);
    const audio = await adapter.answer('call' as CallId);
    const frames: Int16Array[] = [];
    audio.onFrame(({ samples }) => {
      frames.push(samples);
      if (frames.length > 50) frames.shift();
    });
    await untilHeard(() => frames, CALLER_HZ);
  };
  const ends = (seen: Line['seen']): readonly TelephonyEvent[] =>
    seen.filter(({ type }) => type === 'call.ended' || type === 'call.failed');

  test('[SIP5] a livekit-sip that is killed ends the call as lost, once its server notices', async () => {
    const made = line();
    const roomName = 'call-killed';
    const token = new AccessToken(server.apiKey, server.apiSecret, { identity: 'sip_+491', ttl: '10m' });
    token.addGrant({ room: roomName, roomJoin: true, canUpdateOwnMetadata: true });
    token.kind = 'sip';
    const child: ChildProcess = spawn(
      process.execPath,
      ['--no-warnings', PHONE, server.url, await token.toJwt()],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    cleanUp.push(() => void child.kill('SIGKILL'));
    if (child.stdout) await once(child.stdout, 'data');
    await answered(made, roomName);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(ends(made.seen)).toHaveLength(1), PATIENCE);
    expect(ends(made.seen)).toEqual([{ type: 'call.failed', callId: 'call', code: 'line.lost' }]);
  });

  test('[SIP5] a phone whose audio stops, and that is hung up for it, is a failed line and no caller who hung up', async () => {
    const made = line();
    const phone = await made.sip.callsIn();
    await phone.person.speak(CALLER_HZ);
    await answered(made, phone.roomName);
    await phone.person.speak(null);
    await new Promise(resolve => setTimeout(resolve, MEDIA_TIMEOUT_MS));
    await phone.hangUp();
    await vi.waitFor(() => expect(ends(made.seen)).toHaveLength(1), PATIENCE);
    expect(ends(made.seen)).toEqual([{ type: 'call.failed', callId: 'call', code: 'line.media-lost' }]);
  });
});
