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
import type { WorkerRoom } from '#worker/livekit/worker-room.ts';
import { LivekitMediaPlane } from '#worker/media/livekit/livekit-media-plane.ts';
import { CallMixer } from '#worker/media/loopback/call-mixer.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { CallSupervision } from '#worker/supervision/call-supervision.ts';
import { floorOf, type SupervisionInput } from '#worker/supervision/supervision-machine.ts';
import { lineVoice } from '#worker/telephony/livekit/line-voice.ts';
import { MemoryLeaseBook } from '#tests/fakes/memory-lease-book.ts';
import { levelAt } from '#tests/fixtures/recorded-audio.ts';
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
  ['hold', 2110],
]);
const HEARD = 0.02;
const TRIES = 25;

/** Whether the line keeps the AI off its track while it plays the tone of a hold. */
export type LineKind = 'real' | 'leaks';

export type Sabotage = (people: RoomPeople) => Partial<RoomPeople>;

let rooms = 0;

/**
 * A call in a real room. Everybody sounds without a break: the AI's program has no belt, and people of ours leave their
 * microphones open after they have lost the line. What still keeps them apart is the plane alone.
 */
export async function audibilityBench(
  access: LivekitServer,
  sabotage: Sabotage = () => ({}),
  kind: LineKind = 'real',
) {
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
  let hold = false;
  let sample = 0;
  let isTone = false;
  // The notes of a hold are too soft and too many to be told from the others: what the line sends as its own sounds as one tone.
  const send = (samples: Int16Array): void => room.play(isTone ? toneFrame(toneOf('hold'), sample) : samples);
  const line = lineVoice(send, () => room.clear());
  const playing = setInterval(() => {
    const speech = toneFrame(toneOf('ai'), sample);
    line.play(speech);
    isTone = true;
    if (kind === 'real' || !hold) line.tick();
    isTone = false;
    if (kind === 'leaks' && hold) room.play(speech);
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
      applyMatrix: input => plane.apply(callId, { ...input, hush, hold }),
      returnFloor: () => undefined,
    },
  });
  const edges = (): readonly AudibilityEdge[] => {
    const { state } = supervision;
    return audibility({ floor: floorOf(state), humans: state.humans, hush, hold });
  };

  const caller = await enter('caller', callerIdentity(callId));
  await caller.speak(toneOf('caller'));
  const ears = new Map<Party, Pick<RoomGuest, 'hear'>[]>([
    ['caller', [caller]],
    ['ai', [earOf(room, callerIdentity(callId))]],
  ]);
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

  const changed = async (): Promise<void> => {
    const { state } = supervision;
    await plane.apply(callId, { floor: floorOf(state), humans: state.humans, hush, hold }).enforced;
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
      await changed();
    },
    /** The line has the caller on hold, or no longer. */
    setHold: async (on: boolean): Promise<void> => {
      hold = on;
      if (on) line.hold();
      else line.giveBack();
      await changed();
    },
    /**
     * Comes to be what the matrix says, and from then on nobody hears more than that. A sound that is missing for one look is no
     * leak: this process plays and hears for everybody, and a busy machine keeps it from that.
     */
    async expectMatrix(mode: string): Promise<void> {
      const come = async (): Promise<readonly string[]> => {
        let heard: readonly string[] = [];
        for (let look = 0; look < TRIES; look += 1) {
          heard = await measure();
          if (JSON.stringify(heard) === JSON.stringify(wanted())) break;
        }
        return heard;
      };
      expect([mode, ...(await come())]).toEqual([mode, ...wanted()]);
      const then = await measure();
      expect([mode, ...then.filter(edge => !wanted().includes(edge))]).toEqual([mode]);
      if (then.length < wanted().length) expect([mode, ...(await come())]).toEqual([mode, ...wanted()]);
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

/** What the worker hears of its caller. */
function earOf(room: WorkerRoom, identity: string): Pick<RoomGuest, 'hear'> {
  return {
    hear: async (tonesHz, ms = 400) => {
      const heard: number[] = [];
      const stop = room.hear(identity, samples => heard.push(...samples));
      await new Promise(resolve => setTimeout(resolve, ms));
      stop();
      const samples = Float64Array.from(heard, sample => sample / 32_768);
      return tonesHz.map(hz => (samples.length === 0 ? 0 : levelAt(samples, hz, 0, samples.length / 16)));
    },
  };
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
