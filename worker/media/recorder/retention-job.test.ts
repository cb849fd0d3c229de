import { existsSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { DAY_MS, retentionOf, type Retention } from '#shared/domain/retention.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { recordingOrder } from '#tests/fixtures/recording-order.ts';
import { noteOf, readNote, writeNote, type RecordingNote } from './recording-note.ts';
import { deleteExpired, startRetention } from './retention-job.ts';

const HOUR_MS = 3_600_000;

function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-retention-'));
  const clock = createVirtualClock();
  const rows: string[] = [];
  const errors: unknown[] = [];
  let failing = false;
  const deps = {
    folder,
    orgId: 'org-1',
    clock,
    record: ({ callId, profile }: RecordingNote) => {
      if (failing) return Promise.reject(new Error('the disk is full'));
      rows.push(`${callId} ${profile}`);
      return Promise.resolve();
    },
    onError: (error: unknown) => errors.push(error),
  };
  const recorded = (callId: string, retention: Retention): void => {
    writeNote(folder, noteOf(recordingOrder(callId, { startedAtMs: clock.now(), retention })));
    writeFileSync(join(folder, `${callId}.ogg`), 'OggS');
    writeFileSync(join(folder, `${callId}.peaks`), 'peaks');
  };
  const there = (callId: string): boolean[] =>
    ['ogg', 'peaks'].map(kind => existsSync(join(folder, `${callId}.${kind}`)));
  return { ...deps, deps, rows, errors, recorded, there, fail: (is: boolean) => (failing = is) };
}

test('[REC11] audio and shape go when their days are over, within an hour, and a row and the note say so', async () => {
  const { deps, clock, recorded, there, rows, folder } = bench();
  recorded('usual', retentionOf('standard'));
  recorded('brief', retentionOf('short'));
  const stop = startRetention(deps);
  await clock.advanceAsync(7 * DAY_MS - 1);
  expect([there('brief'), rows]).toEqual([[true, true], []]);
  await clock.advanceAsync(HOUR_MS);
  expect([there('brief'), there('usual'), rows]).toEqual([[false, false], [true, true], ['brief short']]);
  expect(readNote(folder, 'brief' as CallId)?.deletedAtMs).toBeGreaterThan(0);
  await clock.advanceAsync(23 * DAY_MS);
  expect([there('usual'), rows]).toEqual([
    [false, false],
    ['brief short', 'usual standard'],
  ]);
  stop();
  recorded('later', retentionOf('short'));
  await clock.advanceAsync(100 * DAY_MS);
  expect(there('later')).toEqual([true, true]);
});

test('[REC16][REC11] parts that were not joined go with the rest, and nobody else’s', async () => {
  const { deps, clock, recorded, folder } = bench();
  recorded('usual', retentionOf('short'));
  recorded('usual-2', retentionOf('standard'));
  for (const name of ['usual.2.ogg', 'usual.2.peaks', 'usual.joined.ogg.new'])
    writeFileSync(join(folder, name), 'OggS');
  clock.advance(7 * DAY_MS);
  expect(await deleteExpired(deps)).toEqual(['usual']);
  expect(readdirSync(folder).sort()).toEqual(['usual-2.json', 'usual-2.ogg', 'usual-2.peaks', 'usual.json']);
});

test('[REC12] what is held stays, however old, and goes when the hold is lifted', async () => {
  const { deps, clock, recorded, there, folder } = bench();
  recorded('held', { ...retentionOf('short'), legalHold: true });
  clock.advance(3000 * DAY_MS);
  expect(await deleteExpired(deps)).toEqual([]);
  expect(there('held')).toEqual([true, true]);
  const note = readNote(folder, 'held' as CallId);
  if (note) writeNote(folder, { ...note, legalHold: false });
  expect(await deleteExpired(deps)).toEqual(['held']);
});

test('[REC11] a row that could not be written is tried again: no deletion stays unknown', async () => {
  const { deps, clock, recorded, rows, errors, there, fail } = bench();
  recorded('brief', retentionOf('short'));
  clock.advance(8 * DAY_MS);
  fail(true);
  const stop = startRetention(deps);
  await clock.advanceAsync(1);
  expect([there('brief'), rows, errors.length]).toEqual([[false, false], [], 1]);
  fail(false);
  await clock.advanceAsync(2 * HOUR_MS);
  expect(rows).toEqual(['brief short']);
  stop();
});

test('[REC11] audio from before there were notes is kept as usual, from when it was written', async () => {
  const { deps, clock, there, folder, rows } = bench();
  writeFileSync(join(folder, 'old.ogg'), 'OggS');
  const writtenS = clock.now() / 1000;
  utimesSync(join(folder, 'old.ogg'), writtenS, writtenS);
  clock.advance(30 * DAY_MS - 1);
  expect(await deleteExpired(deps)).toEqual([]);
  clock.advance(1);
  expect(await deleteExpired(deps)).toEqual(['old']);
  expect([there('old'), rows]).toEqual([[false, false], ['old standard']]);
});
