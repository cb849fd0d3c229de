import { expect, test } from 'vitest';
import { recordedCall, richCall } from '#tests/fixtures/rich-call.ts';
import { recordingMarks } from './recording-marks.ts';

test('[REC14] the log says who joined, when a person had the floor and what was left out', () => {
  const events = recordedCall();
  const marks = recordingMarks(events);
  const startedAtMs = events.find(event => event.type === 'recording.started')?.atMs ?? 0;
  const seconds = (atMs: number | null): number | null =>
    atMs === null ? null : Math.round((atMs - startedAtMs) / 100) / 10;
  expect(marks?.startedAtMs).toBe(startedAtMs);
  expect(marks?.human.map(({ fromMs, toMs }) => [seconds(fromMs), seconds(toMs)])).toEqual([[70.8, 99.8]]);
  expect(marks?.hushed.map(({ fromMs, toMs }) => [seconds(fromMs), seconds(toMs)])).toEqual([[107.8, 115.8]]);
  expect(marks?.joined.map(one => one.userName)).toEqual(['Maya Rossi', 'Jun Tanaka']);
});

test('[REC14] what still lasts ends with the call; without a recording there are no marks', () => {
  const events = recordedCall().filter(event => !(event.type === 'floor.changed' && event.holder === 'ai'));
  expect(recordingMarks(events)?.human[0]?.toMs).toBe(events.at(-1)?.atMs);
  expect(recordingMarks(events.slice(0, -1))?.human[0]?.toMs).toBeNull();
  expect(recordingMarks(richCall())).toBeNull();
});
