import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildServer, type BuiltServer } from '#infra/livekit/build-servers.ts';
import { startLivekitServer, type LivekitServer } from '#infra/livekit/start-server.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { MonoMs, EpochMs } from '#shared/domain/units.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { joinAsPerson, type RoomPerson } from '#tests/fixtures/livekit/room-person.ts';
import { roomAssignment, roomToken } from '#tests/fixtures/livekit/room-server.ts';
import { PATIENCE, untilHeard, untilSilent } from '#tests/fixtures/livekit/tones.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { divertRtcLog, nativeListeners } from './rtc-room.ts';
import { joinRoom, type JoinDeps } from './rtc-worker-room.ts';
import type { RoomFact, WorkerRoom } from './worker-room.ts';

const CALLER_HZ = 700;
const AI_HZ = 1100;

const clock: JoinDeps['clock'] = {
  now: () => Date.now() as EpochMs,
  mono: () => performance.now() as MonoMs,
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A call's room with the worker in it, its facts, and a way to let the AI sound. */
interface Bench {
  readonly room: WorkerRoom;
  readonly facts: RoomFact[];
  readonly errors: unknown[];
  sound(hz: number | null): void;
}

describe('a room on a real server', () => {
  let built: BuiltServer;
  let server: LivekitServer;
  const cleanUp: (() => Promise<void> | void)[] = [];
  const warnings: string[] = [];
  let nextRoom = 0;

  beforeAll(async () => {
    built = buildServer('server');
    if (!built.ok) return;
    divertRtcLog(text => warnings.push(text));
    server = await startLivekitServer(built.file);
  });
  beforeEach(context => {
    if (!built.ok) context.skip(built.reason);
  });
  afterEach(async () => {
    for (const task of cleanUp.splice(0).reverse()) await task();
  });
  afterAll(() => (built.ok ? server.stop() : undefined));

  const worker = async (roomName: string): Promise<Bench> => {
    const errors: unknown[] = [];
    const room = await joinRoom(await roomAssignment(server, roomName), {
      clock,
      onError: error => errors.push(error),
    });
    cleanUp.push(() => room.leave());
    const facts: RoomFact[] = [];
    room.onFact(fact => facts.push(fact));
    let hz: number | null = null;
    let sample = 0;
    const line = setInterval(() => {
      sample += FRAME_SAMPLES;
      room.play(hz === null ? new Int16Array(FRAME_SAMPLES) : toneFrame(hz, sample));
    }, 20);
    cleanUp.push(() => clearInterval(line));
    return { room, facts, errors, sound: next => (hz = next) };
  };
  const person = async (roomName: string, identity: string, hidden = false): Promise<RoomPerson> => {
    const grant = hidden ? { hidden: true, canPublish: false, canPublishData: true } : {};
    const someone = await joinAsPerson(server.url, await roomToken(server, identity, roomName, grant));
    cleanUp.push(() => someone.leave());
    return someone;
  };
  const newRoom = (): string => `call-${String((nextRoom += 1))}`;
  const ear = (room: WorkerRoom, identity: string): Int16Array[] => {
    const frames: Int16Array[] = [];
    room.hear(identity, samples => {
      expect(samples.length).toBe(FRAME_SAMPLES);
      frames.push(samples);
      if (frames.length > 50) frames.shift();
    });
    return frames;
  };
  const typesOf = (facts: readonly RoomFact[]): string[] =>
    facts.map(fact => (fact.type === 'audio.changed' ? `audio.${fact.audio}` : fact.type));
  const until = (facts: readonly RoomFact[], type: string): Promise<void> =>
    vi.waitFor(() => expect(typesOf(facts)).toContain(type), PATIENCE);

  test('[ROOM1][ROOM2] the caller hears the AI in its one track, and after a clear nothing of it', async () => {
    const name = newRoom();
    const ai = await worker(name);
    expect(ai.room.aiTrackSid()).toMatch(/^TR_/u);
    const caller = await person(name, 'caller-1');
    ai.sound(AI_HZ);
    await untilHeard(() => caller.heard('ai'), AI_HZ);
    const publications = [...(caller.room.remoteParticipants.get('ai')?.trackPublications.values() ?? [])];
    expect(publications.map(({ sid }) => sid)).toEqual([ai.room.aiTrackSid()]);
    ai.sound(null);
    ai.room.clear();
    await untilSilent(() => caller.heard('ai'), AI_HZ);
    expect(ai.errors).toEqual([]);
  });

  test('[ROOM3][ROOM4] a member is heard, muted, published anew and gone, and each is told in order', async () => {
    const name = newRoom();
    const { room, facts } = await worker(name);
    const frames = ear(room, 'caller-1');
    const caller = await person(name, 'caller-1');
    await caller.speak(CALLER_HZ);
    await untilHeard(() => frames, CALLER_HZ);
    const track = [...(caller.room.localParticipant?.trackPublications.values() ?? [])][0];
    const service = new RoomServiceClient(server.url.replace('ws', 'http'), server.apiKey, server.apiSecret);
    await service.mutePublishedTrack(name, 'caller-1', track?.sid ?? '', true);
    await until(facts, 'audio.muted');
    await caller.unpublish();
    await until(facts, 'audio.off');
    await caller.speak(CALLER_HZ + 200);
    await untilHeard(() => frames, CALLER_HZ + 200);
    await service.updateParticipant(name, 'caller-1', { attributes: { step: 'two' } });
    await until(facts, 'attributes.changed');
    await caller.leave();
    await until(facts, 'member.left');
    expect(typesOf(facts)).toEqual([
      ...['member.joined', 'audio.on', 'audio.muted', 'audio.off', 'audio.on'],
      ...['attributes.changed', 'audio.off', 'member.left'],
    ]);
    expect(facts.find(fact => fact.type === 'attributes.changed')).toMatchObject({
      changed: { step: 'two' },
    });
    expect(room.members()).toEqual([]);
  });

  test('[ROOM3] those who are there already are told first', async () => {
    const name = newRoom();
    const caller = await person(name, 'caller-1');
    await caller.speak(CALLER_HZ);
    const { room, facts } = await worker(name);
    await until(facts, 'audio.on');
    expect(typesOf(facts)).toEqual(['member.joined', 'audio.on']);
    expect(room.members()).toMatchObject([{ identity: 'caller-1', kind: 'standard' }]);
    const later: RoomFact[] = [];
    room.onFact(fact => later.push(fact));
    expect(later).toEqual(facts);
  });

  test('[ROOM4] a member who comes back under the same identity is heard again', async () => {
    const name = newRoom();
    const { room, facts } = await worker(name);
    const frames = ear(room, 'caller-1');
    const first = await person(name, 'caller-1');
    await first.speak(CALLER_HZ);
    await untilHeard(() => frames, CALLER_HZ);
    // The old connection is still there: the server ends it.
    const second = await person(name, 'caller-1');
    await second.speak(CALLER_HZ + 200);
    await untilHeard(() => frames, CALLER_HZ + 200);
    expect(room.members().map(({ identity }) => identity)).toEqual(['caller-1']);
    expect(typesOf(facts).at(-1)).toBe('audio.on');
  });

  test('[ROOM5] a server that is killed and comes back: both are heard again', async () => {
    const { apiKey, apiSecret, url } = server;
    const name = newRoom();
    const ai = await worker(name);
    const frames = ear(ai.room, 'caller-1');
    ai.sound(AI_HZ);
    const caller = await person(name, 'caller-1');
    await caller.speak(CALLER_HZ);
    await untilHeard(() => frames, CALLER_HZ);
    await server.kill();
    await until(ai.facts, 'connection');
    if (!built.ok) return;
    server = await startLivekitServer(built.file, { port: Number(new URL(url).port), apiKey, apiSecret });
    await vi.waitFor(() => {
      expect(ai.facts.filter(fact => fact.type === 'connection').at(-1)).toMatchObject({
        state: 'connected',
      });
    }, PATIENCE);
    frames.splice(0);
    await untilHeard(() => frames, CALLER_HZ);
    caller.forget();
    await untilHeard(() => caller.heard('ai'), AI_HZ);
    expect(typesOf(ai.facts)).not.toContain('room.closed');
    expect(ai.room.aiTrackSid()).toMatch(/^TR_/u);
  });

  test('[ROOM6][ROOM9] removed, displaced, deleted: closed once, nothing follows, and nothing is left behind', async () => {
    const service = new RoomServiceClient(server.url.replace('ws', 'http'), server.apiKey, server.apiSecret);
    const ends: [number, (name: string) => Promise<unknown>][] = [
      [4, name => service.removeParticipant(name, 'ai')],
      [2, name => worker(name)],
      [5, name => service.deleteRoom(name)],
    ];
    for (const [reason, end] of ends) {
      const idle = nativeListeners();
      const name = newRoom();
      const { room, facts } = await worker(name);
      ear(room, 'caller-1');
      expect(nativeListeners()).toBeGreaterThan(idle);
      await end(name);
      await until(facts, 'room.closed');
      expect(facts).toEqual([{ type: 'room.closed', reason }]);
      const late: RoomFact[] = [];
      room.onFact(fact => late.push(fact));
      expect(late).toEqual(facts);
      for (const task of cleanUp.splice(0).reverse()) await task();
      await vi.waitFor(() => expect(nativeListeners()).toBe(idle), PATIENCE);
    }
  });

  test('[ROOM7] what the server refuses is not tried again, and the error does not repeat the token', async () => {
    const assignment = await roomAssignment(server, newRoom());
    const refused: unknown = await joinRoom(
      { ...assignment, token: `${assignment.token.slice(0, -6)}abcdef` },
      { clock, onError: () => undefined },
    ).catch((error: unknown) => error);
    expect(AppError.is(refused) && refused.body).toMatchObject({ code: 'media.refused', retryable: false });
    expect(String(refused)).not.toContain(assignment.token.slice(0, 20));
    const unreachable: unknown = await joinRoom(
      { ...assignment, url: 'ws://127.0.0.1:9' },
      { clock, onError: () => undefined },
    ).catch((error: unknown) => error);
    expect(AppError.is(unreachable) && unreachable.body).toMatchObject({ code: 'media.unreachable' });
  });

  test('[ROOM8] somebody hidden gets no answer, and nothing they send is a fact', async () => {
    const name = newRoom();
    const { facts } = await worker(name);
    const hidden = await person(name, 'sup-u1-mon', true);
    const us = hidden.room.localParticipant;
    await us?.publishData(new TextEncoder().encode('{"do":"hang-up"}'), { reliable: true });
    await us?.publishDtmf(1, '1');
    await us?.sendText('say this', { topic: 'lk.chat' });
    await expect(
      us?.performRpc({ destinationIdentity: 'ai', method: 'say', payload: '', responseTimeout: 8000 }),
    ).rejects.toThrow();
    expect(facts).toEqual([]);
  });

  test('[ROOM10] keys reach the room and come from it; what is no key is refused', async () => {
    const name = newRoom();
    const { room, facts } = await worker(name);
    const caller = await person(name, 'caller-1');
    await caller.speak(null);
    const pressed: string[] = [];
    caller.room.on('dtmfReceived', (_, digit) => pressed.push(digit));
    for (const digit of ['5', '#', 'a']) await room.sendDtmf(digit);
    await vi.waitFor(() => expect(pressed).toEqual(['5', '#', 'a']), PATIENCE);
    await expect(room.sendDtmf('x')).rejects.toThrow();
    await expect(room.sendDtmf('')).rejects.toThrow();
    await caller.room.localParticipant?.publishDtmf(7, '7');
    await until(facts, 'dtmf');
    expect(facts).toContainEqual({ type: 'dtmf', identity: 'caller-1', digit: '7' });
  });
});
