import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { decodeChannel, levelAt } from '#tests/fixtures/recorded-audio.ts';
import { recordingOrder } from '#tests/fixtures/recording-order.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { eraseRecording } from './erase-recording.ts';
import { growingJoin } from './growing-join.ts';
import { startJoining } from './join-job.ts';
import { callsInParts, joinParts, joinPeaks } from './join-parts.ts';
import { OggWriter, readPages, samplesOf } from './ogg-opus.ts';
import { OggRecorder } from './ogg-recorder.ts';
import { readPeaks } from './peaks.ts';
import { recordingFile } from './recording-files.ts';
import { readNote, writeNote } from './recording-note.ts';

const CALL = 'call-1' as CallId;
const START_MS = 1_800_000_000_000;
const SILENCE = new Int16Array(320);
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sidetone-parts-'));
const size = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Records a second of a tone as one host does, and waits until its encoder has closed the file. */
async function recordPart(folder: string, part: number, callerHz: number, heardHz: number): Promise<void> {
  const order = recordingOrder(CALL, { part, startedAtMs: (START_MS + (part - 1) * 3000) as EpochMs });
  const recording = new OggRecorder(folder).start(order, fault => expect.fail(fault));
  for (let frame = 0; frame < 50; frame += 1)
    recording.push(
      toneFrame(callerHz, frame * 320),
      heardHz === 0 ? SILENCE : toneFrame(heardHz, frame * 320),
    );
  recording.end();
  const file = recordingFile(folder, CALL, part);
  for (let before = -1; before !== size(file) || before === 0; await wait(300)) before = size(file);
}

const STARTS = [START_MS, START_MS + 3000];
const joinWhole = (folder: string): Promise<void> =>
  joinParts(
    folder,
    CALL,
    STARTS,
    growingJoin(folder, CALL, () => STARTS),
  );

const ended = (starts: readonly number[]): readonly CallEvent[] =>
  [...starts.map(atMs => ({ type: 'recording.started', atMs })), { type: 'call.ended' }] as CallEvent[];

test('[REC16] what a further host records lies beside the first, and the note of the first stays', async () => {
  const folder = newFolder();
  await recordPart(folder, 1, 440, 880);
  const note = readNote(folder, CALL);
  if (note) writeNote(folder, { ...note, legalHold: true });
  const before = size(recordingFile(folder, CALL));
  await recordPart(folder, 2, 660, 0);
  expect(size(recordingFile(folder, CALL))).toBe(before);
  expect(readNote(folder, CALL)).toMatchObject({ startedAtMs: START_MS, legalHold: true });
  expect(callsInParts(folder)).toEqual([CALL]);
});

test('[REC16] parts become one recording and one shape, each where it belongs in time', async () => {
  const folder = newFolder();
  await recordPart(folder, 1, 440, 880);
  await recordPart(folder, 2, 660, 0);
  await joinWhole(folder);
  const file = recordingFile(folder, CALL);
  const [left, right] = [decodeChannel(file, 0), decodeChannel(file, 1)];
  expect(left.length / 16).toBeGreaterThan(3940);
  expect(left.length / 16).toBeLessThan(4060);
  expect(levelAt(left, 440, 60, 940)).toBeGreaterThan(0.15);
  expect(levelAt(right, 880, 60, 940)).toBeGreaterThan(0.15);
  expect(levelAt(left, 660, 3060, 3940)).toBeGreaterThan(0.15);
  for (const hz of [440, 660]) expect(levelAt(left, hz, 1060, 2940)).toBeLessThan(0.01);
  expect(levelAt(right, 880, 3060, 3940)).toBeLessThan(0.01);
  const peaks = await readPeaks(folder, CALL, 100);
  expect(peaks?.caller.map(peak => peak > 0.1)).toEqual(
    Array.from({ length: 40 }, (_, at) => at < 10 || at >= 30),
  );
  expect(readdirSync(folder).sort()).toEqual(['call-1.json', 'call-1.ogg', 'call-1.peaks']);
});

test('[REC16] a join that was killed is gone on with: nothing twice, nothing lost', async () => {
  const folder = newFolder();
  await recordPart(folder, 1, 440, 880);
  await recordPart(folder, 2, 660, 0);
  await joinWhole(folder);
  const whole = size(recordingFile(folder, CALL));
  // As after a kill when the joined one has its name and the parts are not deleted yet.
  const rest = ['call-1.2.ogg', 'call-1.2.peaks', 'call-1.3.ogg.new'];
  copyFileSync(recordingFile(folder, CALL), join(folder, 'part'));
  renameSync(recordingFile(folder, CALL), join(folder, 'call-1.joined.ogg'));
  renameSync(join(folder, 'part'), recordingFile(folder, CALL));
  for (const name of rest) writeFileSync(join(folder, name), 'OggS');
  await joinWhole(folder);
  expect(size(recordingFile(folder, CALL))).toBe(whole);
  expect(readdirSync(folder).sort()).toEqual(['call-1.json', 'call-1.ogg', 'call-1.peaks']);
});

test('[REC16] where the first part was never written the second is still at its time', async () => {
  const folder = newFolder();
  await recordPart(folder, 2, 660, 0);
  await joinWhole(folder);
  const left = decodeChannel(recordingFile(folder, CALL), 0);
  expect(levelAt(left, 660, 3060, 3940)).toBeGreaterThan(0.15);
  expect(levelAt(left, 660, 0, 2940)).toBeLessThan(0.01);
});

test('[REC16] parts that cannot be read stay as they are, and the failure is told', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'call-1.ogg'), 'no audio');
  writeFileSync(join(folder, 'call-1.2.ogg'), 'none either');
  await expect(joinWhole(folder)).rejects.toMatchObject({
    body: { code: 'storage.failed' },
  });
  expect(existsSync(join(folder, 'call-1.2.ogg'))).toBe(true);
});

test('[REC16] shapes that overlap keep the louder', () => {
  const shape = joinPeaks([
    { offsetMs: 0, bytes: Uint8Array.of(9, 1, 9, 1) },
    { offsetMs: 96, bytes: Uint8Array.of(2, 2, 7, 7) },
  ]);
  expect([...shape]).toEqual([9, 1, 9, 2, 7, 7]);
});

test('[REC16] calls are joined once they have ended and their files are quiet, those of an earlier life too', async () => {
  const folder = newFolder();
  await recordPart(folder, 1, 440, 880);
  await recordPart(folder, 2, 660, 0);
  const clock = createVirtualClock();
  const quiet = (): void => {
    for (const name of readdirSync(folder))
      utimesSync(join(folder, name), clock.now() / 1000 - 5, clock.now() / 1000 - 5);
  };
  let log: readonly CallEvent[] = [{ type: 'call.resumed' } as CallEvent];
  const errors: unknown[] = [];
  const job = startJoining({
    folder,
    clock,
    callEvents: () => Promise.resolve(log),
    onError: (_callId, error) => errors.push(error),
  });
  quiet();
  await clock.advanceAsync(20_000);
  expect(callsInParts(folder)).toEqual([CALL]);
  log = ended([START_MS, START_MS + 3000]);
  job.callEnded('other' as CallId);
  job.callEnded(CALL);
  quiet();
  await clock.advanceAsync(10_000);
  await vi.waitFor(() => expect(callsInParts(folder)).toEqual([]), 10_000);
  expect(errors).toEqual([]);
  job.stop();
});

/** A part that is being written, with 5 s of each tone: the encoder shows nothing of a shorter one. */
function writing(folder: string, part: number): { say(hz: number): void; end(): void } {
  const order = recordingOrder(CALL, { part, startedAtMs: (START_MS + (part - 1) * 3000) as EpochMs });
  const recording = new OggRecorder(folder).start(order, fault => expect.fail(fault));
  let frames = 0;
  return {
    say: hz => {
      for (let until = frames + 250; frames < until; frames += 1)
        recording.push(toneFrame(hz, frames * 320), SILENCE);
    },
    end: () => recording.end(),
  };
}

const joining = (folder: string, log: () => readonly CallEvent[]) =>
  startJoining({
    folder,
    clock: createVirtualClock(Date.now()),
    callEvents: () => Promise.resolve(log()),
    onError: (_callId, error) => expect.fail(String(error)),
  });

test(
  '[REC17] while the call runs there is what all hosts have recorded up to now; what was given stays, and the whole begins with it',
  { timeout: 30_000 },
  async () => {
    const folder = newFolder();
    let log: readonly CallEvent[] = ended(STARTS).slice(0, 2);
    const job = joining(folder, () => log);
    await recordPart(folder, 1, 440, 880);
    expect(await job.playable(CALL)).toBeNull();
    const second = writing(folder, 2);
    second.say(660);
    await vi.waitFor(() => expect(size(recordingFile(folder, CALL, 2))).toBeGreaterThan(5000), 10_000);
    const now = await job.playable(CALL);
    if (now === null) throw new Error('there is something');
    const left = decodeChannel(now, 0);
    expect(levelAt(left, 440, 60, 940)).toBeGreaterThan(0.15);
    expect(levelAt(left, 660, 3060, 3500)).toBeGreaterThan(0.15);
    for (const hz of [440, 660]) expect(levelAt(left, hz, 1060, 2940)).toBeLessThan(0.01);
    const given = readFileSync(now);
    // Asked again nothing is read twice.
    await job.playable(CALL);
    expect(readFileSync(now).subarray(0, given.length).equals(given)).toBe(true);

    second.say(550);
    second.end();
    await vi.waitFor(
      async () =>
        expect(decodeChannel((await job.playable(CALL)) ?? '', 0).length / 16).toBeGreaterThan(12_940),
      10_000,
    );
    const more = readFileSync(now);
    expect(more.subarray(0, given.length).equals(given)).toBe(true);
    expect(levelAt(decodeChannel(now, 0), 550, 8060, 12_900)).toBeGreaterThan(0.15);
    const shape = await job.shape(CALL);
    expect(Array.from({ length: 130 }, (_, at) => (shape?.[2 * at] ?? 0) > 25)).toEqual(
      Array.from({ length: 130 }, (_, at) => at < 10 || at >= 30),
    );

    log = ended(STARTS);
    await joinParts(
      folder,
      CALL,
      STARTS,
      growingJoin(folder, CALL, () => STARTS),
    );
    const whole = readFileSync(recordingFile(folder, CALL));
    expect(whole.subarray(0, more.length).equals(more)).toBe(true);
    expect(await job.playable(CALL)).toBeNull();
    job.stop();
  },
);

test(
  '[REC17] the next part waits until the encoder of the one before has closed its file',
  { timeout: 30_000 },
  async () => {
    const folder = newFolder();
    const job = joining(folder, () => ended([START_MS, START_MS + 12_000]).slice(0, 2));
    const first = writing(folder, 1);
    first.say(440);
    await vi.waitFor(() => expect(size(recordingFile(folder, CALL))).toBeGreaterThan(5000), 10_000);
    await recordPart(folder, 2, 660, 0);
    const heard = async (): Promise<Float64Array> =>
      decodeChannel((await job.playable(CALL)) ?? expect.fail('nothing'), 0);
    const soon = new Date(Date.now() + 60_000);
    utimesSync(recordingFile(folder, CALL), soon, soon);
    expect((await heard()).length / 16).toBeLessThan(5100);
    first.say(440);
    first.end();
    await vi.waitFor(async () => expect((await heard()).length / 16).toBeGreaterThan(12_940), 10_000);
    const left = await heard();
    expect(levelAt(left, 440, 60, 9900)).toBeGreaterThan(0.15);
    expect(levelAt(left, 660, 12_060, 12_940)).toBeGreaterThan(0.15);
    job.stop();
  },
);

test('[REC16] a part that was written on after it seemed to be over is in the whole', async () => {
  const folder = newFolder();
  await recordPart(folder, 1, 440, 880);
  await recordPart(folder, 2, 660, 0);
  const first = recordingFile(folder, CALL);
  const bytes = readFileSync(first);
  writeFileSync(first, bytes.subarray(0, bytes.length / 2));
  let log: readonly CallEvent[] = ended(STARTS).slice(0, 2);
  const clock = createVirtualClock(Date.now());
  const onError = (_callId: CallId, error: unknown): void => expect.fail(String(error));
  const job = startJoining({ folder, clock, callEvents: () => Promise.resolve(log), onError });
  const old = (): void => {
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), 1, 1);
  };
  old();
  const left = decodeChannel((await job.playable(CALL)) ?? expect.fail('nothing'), 0);
  expect(levelAt(left, 440, 700, 940)).toBeLessThan(0.05);
  expect(levelAt(left, 660, 3060, 3940)).toBeGreaterThan(0.15);
  writeFileSync(first, bytes);
  log = ended(STARTS);
  old();
  job.callEnded(CALL);
  await clock.advanceAsync(4000);
  await vi.waitFor(() => expect(callsInParts(folder)).toEqual([]), 5000);
  const whole = decodeChannel(first, 0);
  expect(levelAt(whole, 440, 700, 940)).toBeGreaterThan(0.15);
  expect(levelAt(whole, 660, 3060, 3940)).toBeGreaterThan(0.15);
  job.stop();
});

test('[REC16] what was deleted while it lay in parts is not put together again', async () => {
  const folder = newFolder();
  await recordPart(folder, 1, 440, 880);
  await recordPart(folder, 2, 660, 0);
  eraseRecording(folder, CALL, START_MS);
  expect(readdirSync(folder)).toEqual(['call-1.json']);
  const job = joining(folder, () => ended(STARTS));
  expect([await job.playable(CALL), await job.shape(CALL)]).toEqual([null, null]);
  job.stop();
});

test('[REC16] packets of a stream are told apart by what they last, over all of Opus and any page', () => {
  const packet = (config: number, code: number, frames: number, length: number): Uint8Array =>
    Uint8Array.from({ length }, (_, at) => (at === 0 ? (config << 3) | code : at === 1 ? frames : at % 251));
  const lasts = (config: number): number =>
    config < 12
      ? ([10, 20, 40, 60][config % 4] ?? 0)
      : config < 16
        ? ([10, 20][config % 2] ?? 0)
        : ([2.5, 5, 10, 20][config % 4] ?? 0);
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.nat(31), fc.nat(3), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 1275 })),
        {
          minLength: 1,
          maxLength: 60,
        },
      ),
      fc.nat(20_000),
      (made, cut) => {
        const packets = made.map(([config, code, frames, length]) => packet(config, code, frames, length));
        const ms = made.map(
          ([config, code, frames]) => lasts(config) * (code === 0 ? 1 : code === 3 ? frames : 2),
        );
        expect(packets.map(one => samplesOf(one) / 48)).toEqual(ms);
        const writer = new OggWriter();
        const bytes = writer.packets(packets.map(one => ({ bytes: one, samples: samplesOf(one) })));
        // However much has been written by now, and then the rest.
        const first = readPages(bytes.subarray(0, cut), new Uint8Array());
        const then = readPages(Buffer.concat([first.rest, bytes.subarray(cut)]), first.begun);
        const read = [...first.pages, ...then.pages].flat();
        expect(read.map(one => Buffer.from(one).toString('hex'))).toEqual(
          packets.map(one => Buffer.from(one).toString('hex')),
        );
        expect([then.rest.length, then.isClosed, readPages(writer.end(), new Uint8Array()).isClosed]).toEqual(
          [0, false, true],
        );
      },
    ),
    { numRuns: 60 },
  );
});
