import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { decodeChannel, levelAt } from '#tests/fixtures/recorded-audio.ts';
import { recordingOrder } from '#tests/fixtures/recording-order.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { startJoining } from './join-job.ts';
import { callsInParts, joinParts, joinPeaks } from './join-parts.ts';
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
  await joinParts(folder, CALL, [START_MS, START_MS + 3000]);
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
  await joinParts(folder, CALL, [START_MS, START_MS + 3000]);
  const whole = size(recordingFile(folder, CALL));
  // As after a kill when the joined one has its name and the parts are not deleted yet.
  const rest = ['call-1.2.ogg', 'call-1.2.peaks', 'call-1.3.ogg.new'];
  copyFileSync(recordingFile(folder, CALL), join(folder, 'part'));
  renameSync(recordingFile(folder, CALL), join(folder, 'call-1.joined.ogg'));
  renameSync(join(folder, 'part'), recordingFile(folder, CALL));
  for (const name of rest) writeFileSync(join(folder, name), 'OggS');
  await joinParts(folder, CALL, [START_MS, START_MS + 3000]);
  expect(size(recordingFile(folder, CALL))).toBe(whole);
  expect(readdirSync(folder).sort()).toEqual(['call-1.json', 'call-1.ogg', 'call-1.peaks']);
});

test('[REC16] where the first part was never written the second is still at its time', async () => {
  const folder = newFolder();
  await recordPart(folder, 2, 660, 0);
  await joinParts(folder, CALL, [START_MS, START_MS + 3000]);
  const left = decodeChannel(recordingFile(folder, CALL), 0);
  expect(levelAt(left, 660, 3060, 3940)).toBeGreaterThan(0.15);
  expect(levelAt(left, 660, 0, 2940)).toBeLessThan(0.01);
});

test('[REC16] parts that cannot be read stay as they are, and the failure is told', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'call-1.ogg'), 'no audio');
  writeFileSync(join(folder, 'call-1.2.ogg'), 'none either');
  await expect(joinParts(folder, CALL, [START_MS, START_MS + 3000])).rejects.toMatchObject({
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
