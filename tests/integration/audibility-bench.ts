import { expect } from 'vitest';
import type { LivekitServer } from '#infra/livekit/start-server.ts';
import {
  audibility,
  coachParty,
  hears,
  humanParty,
  type AudibilityEdge,
  type Party,
} from '#shared/domain/audibility.ts';
import type { HushScope } from '#shared/domain/hush.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import {
  AI_IDENTITY,
  callerIdentity,
  coachIdentity,
  coachRoom,
  liveIdentity,
  monitorIdentity,
} from '#shared/domain/rooms.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { livekitRoomPeople, type RoomPeople } from '#worker/livekit/room-people.ts';
import { joinRoom as joinAsWorker } from '#worker/livekit/rtc-worker-room.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import type { RoomTokenRole } from '#worker/livekit/tokens/room-grants.ts';
import { LivekitMediaPlane } from '#worker/media/livekit/livekit-media-plane.ts';
import { CallMixer } from '#worker/media/loopback/call-mixer.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { CallSupervision } from '#worker/supervision/call-supervision.ts';
import { floorOf, type SupervisionInput } from '#worker/supervision/supervision-machine.ts';
import { MemoryLeaseBook } from '#tests/fakes/memory-lease-book.ts';
import { joinRoom, type GuestMicrophone, type RoomGuest } from '#tests/fixtures/room-guest.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';

export const ann = 'ann' as UserId;
export const bob = 'bob' as UserId;
export const person = (userId: UserId): Actor => ({
  userId,
  orgId: 'o' as OrgId,
  name: userId,
  role: 'supervisor',
});

/** Far enough apart for a window of 300 ms, and none a harmonic of another. */
const TONES_HZ: ReadonlyMap<Party, number> = new Map<Party, number>([
  ['caller', 500],
  ['ai', 810],
  [humanParty(ann), 1130],
  [humanParty(bob), 1470],
  [coachParty(bob), 1790],
]);
const HEARD = 0.02;
const TRIES = 25;

export type Sabotage = (people: RoomPeople) => Partial<RoomPeople>;

let rooms = 0;

/**
 * A call in a real room. Everybody sounds without a break: the AI's program has no belt, and people of ours leave their
 * microphones open after they have lost the line. What still keeps them apart is the plane alone.
 */
export async function audibilityBench(access: LivekitServer, sabotage: Sabotage = () => ({})) {
  const callId = `call-${String((rooms += 1))}` as CallId;
  const roomName = `room-${callId}`;
  const enter = async (role: RoomTokenRole, identity: string, name = roomName): Promise<RoomGuest> =>
    joinRoom(access.url, (await mintRoomToken(access, { role, roomName: name, identity, name: '' })).token);
  const aiToken = await mintRoomToken(access, { role: 'ai', roomName, identity: AI_IDENTITY, name: '' });
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const room = await joinAsWorker(
    { jobId: '', dispatchId: '', roomName, url: access.url, token: aiToken.token, metadata: '' },
    { clock: systemClock, onError },
  );
  let sample = 0;
  const playing = setInterval(() => {
    room.play(toneFrame(toneOf('ai'), sample));
    sample += 320;
  }, 20);

  const real = livekitRoomPeople(access);
  const strays: string[] = [];
  const plane = new LivekitMediaPlane<CallMixer>({
    mixing: new LoopbackMediaPlane(),
    people: { ...real, ...sabotage(real) },
    clock: systemClock,
    roomOf: () => room,
    onStray: (_callId, identity, outcome) => strays.push(`${identity} ${outcome}`),
    onError: (_callId, error) => onError(error),
  });
  plane.add(callId, silentMixer(), roomName);
  const events: CallEventDraft[] = [];
  let hush: HushScope | null = null;
  const supervision = new CallSupervision({
    callId,
    clock: systemClock,
    leases: new MemoryLeaseBook(systemClock),
    ports: {
      append: draft => events.push(draft),
      fence: () => ({ epoch: 1, lastAiSample: 0 }),
      applyMatrix: input => plane.apply(callId, { ...input, hush }),
      returnFloor: () => undefined,
    },
  });
  const edges = (): readonly AudibilityEdge[] => {
    const { state } = supervision;
    return audibility({ floor: floorOf(state), humans: state.humans, hush });
  };

  const caller = await enter('caller', callerIdentity(callId));
  await caller.speak(toneOf('caller'));
  const ears = new Map<Party, RoomGuest[]>([['caller', [caller]]]);
  const guests: RoomGuest[] = [caller];
  const listenAs = async (userId: UserId, role: 'monitor' | 'coach'): Promise<RoomGuest> => {
    const ear =
      role === 'monitor'
        ? await enter('monitor', monitorIdentity(userId))
        : await enter('coach', coachIdentity(userId), coachRoom(callId));
    guests.push(ear);
    ears.set(humanParty(userId), [...(ears.get(humanParty(userId)) ?? []), ear]);
    return ear;
  };
  const microphoneOf = async (userId: UserId): Promise<GuestMicrophone> => {
    const guest = await enter('live', liveIdentity(userId));
    guests.push(guest);
    return guest.speak(toneOf(humanParty(userId)), true);
  };

  /** Who is heard by whom now, as every ear hears it. A person of ours does not count what they say themselves. */
  const measure = async (): Promise<readonly string[]> => {
    const heard: string[] = [];
    await Promise.all(
      [...ears].flatMap(([listener, places]) =>
        places.map(async ear => {
          const levels = await ear.hear([...TONES_HZ.values()], 300);
          for (const [index, speaker] of [...TONES_HZ.keys()].entries())
            if ((levels[index] ?? 0) > HEARD && speaker !== listener) heard.push(`${speaker} > ${listener}`);
        }),
      ),
    );
    return [...new Set(heard)].sort();
  };
  const wanted = (): readonly string[] =>
    [...ears.keys()]
      .flatMap(listener =>
        [...TONES_HZ.keys()]
          .filter(speaker => hears(edges(), speaker, listener))
          .map(speaker => `${speaker} > ${listener}`),
      )
      .sort();

  return {
    callId,
    access,
    room,
    roomName,
    real,
    events,
    strays,
    errors,
    supervision,
    plane,
    caller,
    edges,
    enter,
    listenAs,
    microphoneOf,
    measure,
    step: (userId: UserId, input: SupervisionInput) =>
      supervision.step(person(userId), input, `command-${String(Math.random())}`),
    setHush: async (scope: HushScope | null): Promise<void> => {
      hush = scope;
      const { state } = supervision;
      await plane.apply(callId, { floor: floorOf(state), humans: state.humans, hush }).enforced;
    },
    /** Comes to be what the matrix says, and then stays so. */
    async expectMatrix(mode: string): Promise<void> {
      let heard: readonly string[] = [];
      for (let look = 0; look < TRIES; look += 1) {
        heard = await measure();
        if (JSON.stringify(heard) === JSON.stringify(wanted())) break;
      }
      expect([mode, ...heard]).toEqual([mode, ...wanted()]);
      expect([mode, ...(await measure())]).toEqual([mode, ...wanted()]);
    },
    async stop(): Promise<void> {
      clearInterval(playing);
      supervision.close();
      plane.remove(callId);
      await Promise.all(guests.map(guest => guest.leave()));
      await room.leave();
    },
  };
}

function toneOf(party: Party): number {
  return TONES_HZ.get(party) ?? 0;
}

/** The worker's own mix is not what is measured here. */
function silentMixer(): CallMixer {
  return new CallMixer({
    pullAi: () => null,
    toCaller: () => undefined,
    onLevels: () => undefined,
    onHumanHeard: () => undefined,
    onLine: () => undefined,
  });
}
