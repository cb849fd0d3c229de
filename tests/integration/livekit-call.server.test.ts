import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { LivekitServer } from '#infra/livekit/start-server.ts';
import { callerIdentity, type RoomNote } from '#shared/domain/rooms.ts';
import { anyDial } from '#tests/fakes/any-dial.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { bestFit, envelope } from '#tests/fixtures/livekit/envelope.ts';
import { watchEverythingTold, type EverythingTold } from '#tests/fixtures/livekit/everything-told.ts';
import { joinAsPerson, type RoomPerson } from '#tests/fixtures/livekit/room-person.ts';
import { roomToken } from '#tests/fixtures/livekit/room-server.ts';
import { createLog } from '#worker/entry/log.ts';
import { openLivekitLine, type LivekitLine } from '#worker/entry/livekit-line.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import { RoomCallers } from '#worker/telephony/stub/room-callers.ts';
import type { RoomCaller } from '#worker/telephony/stub/room-caller.ts';
import { startCallBench, SUPERVISOR, type CallBench } from './call-bench.ts';

const ONE_SECOND_SAMPLES = 16_000;
const PATIENCE = { timeout: 45_000, interval: 100 };

/** A caller as their page is: the same rights, a microphone with recorded speech, and all that it is told is kept. */
interface Ear {
  readonly person: RoomPerson;
  readonly told: EverythingTold;
}

let built: Awaited<ReturnType<typeof livekitServer>>;
let server: LivekitServer;
let line: LivekitLine;
let callers: RoomCallers;
let bench: CallBench;
const ears: Ear[] = [];

beforeAll(async () => {
  built = await livekitServer({ autoCreate: false });
  if (!built.ok) return;
  ({ server } = built);
  const clips = { refusal: new Int16Array(0), introduction: new Int16Array(0) };
  line = openLivekitLine({
    access: server,
    clips,
    phones: null,
    calls: 10,
    permits: anyDial,
    log: createLog('silent'),
  });
  bench = await startCallBench({
    line: stub => {
      callers = new RoomCallers({
        stub,
        line: line.telephony,
        orgId: SUPERVISOR.orgId,
        enter: enterWithEars,
        onError: (_callId, error) => {
          throw error;
        },
      });
      return { telephony: callers, script: callers, people: line.book };
    },
  });
}, BUILD_LIMIT_MS);
beforeEach(context => {
  if (!built.ok) context.skip(built.reason);
});
afterAll(async () => {
  if (!built.ok) return;
  await bench.stop();
  await callers.stop();
  await line.stop();
  await server.stop();
});

async function enterWithEars(note: RoomNote): Promise<RoomCaller> {
  const roomName = `call_${note.callId}`;
  await line.server.createRoom(roomName, JSON.stringify(note));
  await line.server.dispatch(roomName, JSON.stringify(note));
  const { token } = await mintRoomToken(server, {
    role: 'caller',
    roomName,
    identity: callerIdentity(note.callId),
    name: note.displayName,
  });
  const person = await joinAsPerson(server.url, token, { keepFrames: 3000 });
  const frames: Int16Array[] = [];
  await person.speakFrom(() => frames.shift() ?? null);
  ears.push({ person, told: watchEverythingTold(person.room) });
  return {
    speak: samples => void frames.push(samples.slice()),
    press: () => undefined,
    leave: () => person.leave(),
  };
}

test('[ROOM15] a caller in a room is understood and answered, and their client is told nothing but the room', async () => {
  const callId = bench.ring('patient');
  const events = () => bench.journal.events.filter(event => event.conversationId === callId);
  await vi.waitFor(() => {
    expect(events().map(({ type }) => type)).toContain('transcript.final');
  }, PATIENCE);
  const said = events().find(event => event.type === 'transcript.final');
  expect(said?.type === 'transcript.final' && said.text).toMatch(/fee/iu);
  const answers = new Set<string>();
  await vi.waitFor(() => {
    for (const event of events())
      if (event.type === 'chunk.drafted' && event.origin === 'reply') answers.add(event.chunkId);
    const spoken = events().filter(event => event.type === 'chunk.spoken' && answers.has(event.chunkId));
    expect(spoken.length).toBeGreaterThan(0);
  }, PATIENCE);
  const [ear] = ears;
  if (!ear) throw new Error('nobody called');

  // What the caller's own client heard is the answer, as loud and as soft as it was spoken.
  const piece = await vi.waitFor(() => {
    const found = events().find(
      event =>
        event.type === 'line.sounded' &&
        answers.has(event.chunkId) &&
        event.endSample - event.startSample > ONE_SECOND_SAMPLES,
    );
    if (found?.type !== 'line.sounded') throw new Error('the answer has not been spoken yet');
    return found;
  }, PATIENCE);
  const spoken = bench
    .heard(callId)
    .slice(Math.floor(piece.startSample / 320), Math.ceil(piece.endSample / 320))
    .map(frame => frame.samples);
  await vi.waitFor(() => {
    expect(bestFit(envelope(ear.person.heard('ai')), envelope(spoken))).toBeGreaterThan(0.9);
  }, PATIENCE);

  expect([...ear.person.room.remoteParticipants.keys()]).toEqual(['ai']);
  expect(ear.told.beyondTheRoom).toEqual([]);
  // The watch sees what there is to see.
  const roomName = `call_${callId}`;
  const other = await joinAsPerson(server.url, await roomToken(server, 'somebody', roomName));
  await other.room.localParticipant?.sendText('a word', { topic: 'lk.transcription' });
  await vi.waitFor(() => expect(ear.told.beyondTheRoom.length).toBeGreaterThan(0), PATIENCE);
  await other.leave();
});

test(
  '[MOS4] how the line of a call is comes into its log, for both directions',
  { timeout: 90_000 },
  async () => {
    const callId = bench.ring('patient');
    const measured = () =>
      bench.journal.events.flatMap(event =>
        event.conversationId === callId && event.type === 'quality.measured' ? [event] : [],
      );
    await vi.waitFor(() => {
      expect(new Set(measured().map(({ direction }) => direction))).toEqual(
        new Set(['from-caller', 'to-caller']),
      );
    }, PATIENCE);
    for (const { scope, windowMs, mos } of measured()) {
      expect({ scope, windowMs }).toEqual({ scope: 'webrtc-side', windowMs: 10_000 });
      expect(mos).toBeGreaterThan(1);
    }
  },
);
