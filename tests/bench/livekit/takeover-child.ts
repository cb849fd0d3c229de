// Takeovers of the `livekit` bench in a process of its own: our calls, a caller and a person of ours in rooms of a real server. What
// is measured is what arrives at the caller's client, on this process's monotonic clock.
import { initializeLogger } from '@livekit/agents';
import type { CallId, CommandId, OrgId, UserId } from '#shared/domain/ids.ts';
import { AI_IDENTITY, callerIdentity, liveIdentity } from '#shared/domain/rooms.ts';
import { joinAsEar, type RoomEar } from '#tests/fixtures/room-ear.ts';
import { joinRoom, type RoomGuest } from '#tests/fixtures/room-guest.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import { startOurHost, type OurHost } from './our-host.ts';
import type { TakeoverCommand, TakeoverReport, TakeoverSample } from './protocol.ts';

divertRtcLog(said => void process.stderr.write(`${said}\n`));
initializeLogger({ pretty: false, level: 'silent' });

const HUMAN_HZ = 880;
/** The AI greets for three seconds; it is cut in the middle of it. */
const INTO_GREETING_MS = 900;
const LIMIT_MS = 8000;
const SOUNDING_RMS = 0.01;
const TONE = 0.05;
const MAYA = { userId: 'maya' as UserId, orgId: 'bench' as OrgId, name: 'Maya', role: 'supervisor' } as const;

process.on('message', (command: TakeoverCommand) => {
  run(command).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});

async function run({ access, rounds }: TakeoverCommand): Promise<void> {
  const host = startOurHost(access, { maxCalls: 4, greets: true });
  await host.registered;
  const samples: TakeoverSample[] = [];
  for (let round = 0; round < rounds; round += 1)
    for (const way of ['warm', 'cold'] as const) samples.push(await takeOver(access, host, way, round));
  process.send?.({ name: 'taken-over', samples } satisfies TakeoverReport);
}

async function takeOver(
  access: TakeoverCommand['access'],
  host: OurHost,
  way: TakeoverSample['way'],
  round: number,
): Promise<TakeoverSample> {
  const callId = `takeover-${way}-${Date.now().toString(36)}-${String(round)}` as CallId;
  const roomName = `room-${callId}`;
  const tokenOf = async (role: 'caller' | 'live', identity: string): Promise<string> =>
    (await mintRoomToken(access, { role, roomName, identity, name: identity })).token;
  const note = { callId, orgId: 'bench', line: 'Bench', displayName: 'Bench', simulated: true };
  await livekitRoomServer(access).dispatch(roomName, JSON.stringify(note));
  const caller = await joinAsEar(access.url, await tokenOf('caller', callerIdentity(callId)), HUMAN_HZ);
  const identity = liveIdentity(MAYA.userId);
  const token = await tokenOf('live', identity);
  const enter = async () => {
    const guest = await joinRoom(access.url, token);
    return { guest, microphone: await guest.speak(HUMAN_HZ, true) };
  };
  let guest: RoomGuest | null = null;
  try {
    const ready = way === 'warm' ? enter() : null;
    await ready;
    await until(() => heardFrom(caller, AI_IDENTITY, 0, SOUNDING_RMS) !== null);
    await pass(INTO_GREETING_MS + (round % 7) * 37);
    const clickMono = performance.now();
    const [person] = await Promise.all([
      ready ?? enter(),
      host.run({ callId, commandId: `c-${callId}` as CommandId, verb: 'take-over', args: {} }, MAYA),
    ]);
    ({ guest } = person);
    const openMs = performance.now() - clickMono;
    person.microphone.mute(false);
    const firstHuman = () =>
      caller.heard(clickMono).find(one => one.identity === identity && one.tone > TONE);
    await until(() => firstHuman() !== undefined);
    const humanMono = firstHuman()?.atMono ?? Number.POSITIVE_INFINITY;
    const lastAi = caller
      .heard(clickMono)
      .filter(one => one.identity === AI_IDENTITY && one.rms > SOUNDING_RMS)
      .at(-1);
    return {
      way,
      silentMs: Math.max(0, (lastAi?.atMono ?? clickMono) - clickMono),
      openMs,
      humanMs: humanMono - clickMono,
      gapMs: lastAi ? humanMono - lastAi.atMono : humanMono - clickMono,
    };
  } finally {
    await host
      .run({ callId, commandId: `e-${callId}` as CommandId, verb: 'end-call', args: {} }, MAYA)
      .catch(() => undefined);
    await guest?.leave();
    await caller.leave();
  }
}

function heardFrom(ear: RoomEar, identity: string, sinceMono: number, rms: number): number | null {
  return ear.heard(sinceMono).find(one => one.identity === identity && one.rms > rms)?.atMono ?? null;
}

/** Gives up without a word: what never came counts as infinite. */
async function until(is: () => boolean): Promise<void> {
  const giveUpMono = performance.now() + LIMIT_MS;
  while (!is() && performance.now() < giveUpMono) await pass(5);
}

const pass = (waitMs: number): Promise<void> => new Promise(resolve => setTimeout(resolve, waitMs));
