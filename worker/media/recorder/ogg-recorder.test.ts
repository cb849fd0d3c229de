import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { decodeChannel, levelAt } from '#tests/fixtures/recorded-audio.ts';
import { recordingOrder } from '#tests/fixtures/recording-order.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { OggRecorder, type EncoderProcess } from './ogg-recorder.ts';
import { readPeaks } from './peaks.ts';
import { recordingFile } from './recording-files.ts';
import { readNote } from './recording-note.ts';

const CALL = 'call-1' as CallId;
const SILENCE = new Int16Array(320);
const folder = (): string => mkdtempSync(join(tmpdir(), 'sidetone-recording-'));

/** The encoder closes its file in its own time. */
async function finished(file: string): Promise<void> {
  for (let before = -1, now = 0; now !== before || now === 0; now = size(file)) {
    before = size(file);
    await wait(300);
  }
}
const size = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

test('[REC2] both sides are where they belong: caller left, heard right, at their times, silence between', async () => {
  const data = folder();
  const recording = new OggRecorder(data).start(recordingOrder(CALL), fault => expect.fail(fault));
  for (let frame = 0; frame < 150; frame += 1) {
    const isFirst = frame < 50;
    const isLast = frame >= 100;
    recording.push(
      isFirst ? toneFrame(440, frame * 320) : SILENCE,
      isLast ? toneFrame(880, frame * 320) : SILENCE,
    );
  }
  recording.end();
  const file = recordingFile(data, CALL);
  await finished(file);
  const left = decodeChannel(file, 0);
  const right = decodeChannel(file, 1);
  expect(left.length / 16).toBeGreaterThan(2940);
  expect(left.length / 16).toBeLessThan(3060);
  expect(levelAt(left, 440, 60, 940)).toBeGreaterThan(0.15);
  expect(levelAt(right, 880, 2060, 2940)).toBeGreaterThan(0.15);
  for (const silent of [
    levelAt(left, 440, 1060, 1940),
    levelAt(right, 880, 60, 1940),
    levelAt(left, 880, 2060, 2940),
  ])
    expect(silent).toBeLessThan(0.01);
});

test('[REC6] a killed process leaves a recording that plays, up to the kill', async () => {
  const data = folder();
  const child = spawn(
    process.execPath,
    ['--no-warnings', join(import.meta.dirname, '../../../tests/fixtures/recording-child.ts'), data],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let frames = 0;
  child.stdout.on('data', (data: Buffer) => (frames = Number(data.toString().trim().split('\n').at(-1))));
  while (frames < 60) await wait(20);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const file = recordingFile(data, 'killed' as CallId);
  await finished(file);
  const left = decodeChannel(file, 0);
  expect(left.length / 320).toBeGreaterThan(frames - 5);
  expect(levelAt(left, 440, 100, (frames - 10) * 20)).toBeGreaterThan(0.15);
  // Of its shape at most the last second is missing.
  const peaks = await readPeaks(data, 'killed' as CallId, 4000);
  expect((peaks?.caller.length ?? 0) * 100).toBeGreaterThanOrEqual(Math.floor(frames / 50) * 1000 - 1000);
});

test('[REC5] a disk that is full ends the recording with a fault while the call goes on', async () => {
  const data = folder();
  // What the kernel answers on a full disk, without filling one.
  symlinkSync('/dev/full', recordingFile(data, CALL));
  const faults: string[] = [];
  const recording = new OggRecorder(data).start(recordingOrder(CALL), fault => faults.push(fault));
  for (let frame = 0; faults.length === 0; frame += 1) {
    recording.push(toneFrame(440, frame * 320), SILENCE);
    await wait(2);
  }
  recording.push(SILENCE, SILENCE);
  recording.end();
  expect(faults).toEqual(['storage-failed']);
});

test('[REC9] how long a recording is kept is written beside it before there is any audio', () => {
  const data = folder();
  let noteFirst: unknown = null;
  const recorder = new OggRecorder(data, () => {
    noteFirst = readNote(data, CALL);
    return new ScriptedEncoder();
  });
  recorder.start(recordingOrder(CALL), fault => expect.fail(fault));
  expect(noteFirst).toMatchObject({ profile: 'standard', keepDays: 30, legalHold: false, deletedAtMs: null });
  expect(readFileSync(join(data, `${CALL}.json`), 'utf8')).not.toContain('\n');
});

test('[REC5] a folder that cannot be made and an encoder that dies are faults, told once', async () => {
  const data = folder();
  writeFileSync(join(data, 'file'), '');
  const faults: string[] = [];
  const inFile = new OggRecorder(join(data, 'file')).start(recordingOrder(CALL), fault => faults.push(fault));
  inFile.push(SILENCE, SILENCE);
  await wait(0);
  expect(faults).toEqual(['storage-failed']);

  const encoder = new ScriptedEncoder();
  const dies = new OggRecorder(data, () => encoder).start(recordingOrder(CALL), fault => faults.push(fault));
  dies.push(SILENCE, SILENCE);
  encoder.emit('exit', 1);
  encoder.stdin.emit('error');
  dies.push(SILENCE, SILENCE);
  expect(faults).toEqual(['storage-failed', 'storage-failed']);
  expect(encoder.stdin.written).toBe(1);
});

test('[REC5] an encoder that falls 10 s behind is ended, and nothing waits for it', () => {
  const encoder = new ScriptedEncoder();
  const faults: string[] = [];
  const recording = new OggRecorder(folder(), () => encoder).start(recordingOrder(CALL), fault =>
    faults.push(fault),
  );
  encoder.stdin.writableLength = 640_001;
  recording.push(SILENCE, SILENCE);
  recording.push(SILENCE, SILENCE);
  expect(faults).toEqual(['too-slow']);
  expect(encoder.killed).toBe(true);
  expect(encoder.stdin.written).toBe(0);
});

class ScriptedInput extends EventEmitter {
  writableLength = 0;
  written = 0;
  write(): void {
    this.written += 1;
  }
  end(): void {}
}

class ScriptedEncoder extends EventEmitter implements EncoderProcess {
  readonly stdin = new ScriptedInput();
  killed = false;
  kill(): void {
    this.killed = true;
  }
}
