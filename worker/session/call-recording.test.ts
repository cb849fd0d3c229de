import { expect, test } from 'vitest';
import type { RecordingFault } from '#shared/adapters/recorder.ts';
import type { CallId, ChunkId, OrgId } from '#shared/domain/ids.ts';
import { retentionOf } from '#shared/domain/retention.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { CallRecording } from './call-recording.ts';

const NOTICE = 'This call may be recorded.';
const SILENCE = new Int16Array(320);
const chunkId = 'chunk-1' as ChunkId;

function bench(notice = NOTICE, retention = retentionOf('standard')) {
  const log: CallEventDraft[] = [];
  const done: string[] = [];
  const parts: number[] = [];
  let fault: (reason: RecordingFault) => void = () => undefined;
  const recording = new CallRecording({
    callId: 'call-1' as CallId,
    notice,
    orgId: 'org-1' as OrgId,
    retention,
    now: () => 5 as EpochMs,
    append: draft => log.push(draft),
    recorder: {
      start: ({ part }, onFault) => {
        parts.push(part);
        fault = onFault;
        done.push('started');
        return { push: () => done.push('frame'), end: () => done.push('ended') };
      },
    },
  });
  return { recording, log, done, parts, fail: (reason: RecordingFault) => fault(reason) };
}

test('[REC1] nothing is recorded before the notice was heard; then everything is, once', () => {
  const { recording, log, done } = bench();
  recording.frame(SILENCE, SILENCE);
  recording.spoken(chunkId, 'Hello, this is the AI assistant.', 100);
  recording.frame(SILENCE, SILENCE);
  expect(done).toEqual([]);
  recording.spoken(chunkId, `Hello. ${NOTICE}`, 640);
  recording.spoken(chunkId, NOTICE, 960);
  recording.frame(SILENCE, SILENCE);
  expect(done).toEqual(['started', 'frame']);
  expect(log).toEqual([
    { type: 'consent.announced', chunkId },
    { type: 'recording.started', format: 'ogg-opus', sample: 640, retention: retentionOf('standard') },
  ]);
});

test('[REC9] a profile that keeps no audio records none, though the notice was heard', () => {
  const { recording, log, done } = bench(NOTICE, retentionOf('no-audio'));
  recording.spoken(chunkId, NOTICE, 0);
  recording.frame(SILENCE, SILENCE);
  recording.end();
  expect(done).toEqual([]);
  expect(log).toEqual([{ type: 'consent.announced', chunkId }]);
});

test('[REC1] where there is no notice there is no recording', () => {
  const { recording, done, log } = bench('');
  recording.spoken(chunkId, 'Anything at all.', 0);
  expect([...done, ...log]).toEqual([]);
});

test('[REC16] on a further host a further part begins, without another notice', () => {
  const { recording, log, parts } = bench();
  recording.goOn(0, 2, null);
  recording.spoken(chunkId, NOTICE, 640);
  expect(parts).toEqual([3]);
  expect(log.map(({ type }) => type)).toEqual(['recording.started']);
});

test('[REC9][PRIV9] on a further host it is kept as it began, whatever the org has chosen since', () => {
  const kept = bench(NOTICE, retentionOf('no-audio'));
  kept.recording.goOn(0, 1, retentionOf('seven-years'));
  expect(kept.log).toMatchObject([{ type: 'recording.started', retention: { profile: 'seven-years' } }]);
  // It began under a profile that keeps none.
  const none = bench();
  none.recording.goOn(0, 0, null);
  expect([none.log, none.parts]).toEqual([[], []]);
});

test('[REC4] the end of the call ends it, with its length', () => {
  const { recording, log, done } = bench();
  recording.spoken(chunkId, NOTICE, 0);
  for (let frame = 0; frame < 50; frame += 1) recording.frame(SILENCE, SILENCE);
  recording.end();
  recording.end();
  expect(done.at(-1)).toBe('ended');
  expect(log.at(-1)).toEqual({ type: 'recording.ended', reason: 'call-ended', durationMs: 1000 });
  expect(log.filter(event => event.type === 'recording.ended')).toHaveLength(1);
});

test('[REC5] a fault ends the recording once, and the call goes on', () => {
  const { recording, log, done, fail } = bench();
  recording.spoken(chunkId, NOTICE, 0);
  recording.frame(SILENCE, SILENCE);
  fail('storage-failed');
  recording.frame(SILENCE, SILENCE);
  recording.end();
  expect(done).toEqual(['started', 'frame']);
  expect(log.at(-1)).toEqual({ type: 'recording.ended', reason: 'storage-failed', durationMs: 20 });
});
