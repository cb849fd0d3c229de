import { expect, test } from 'vitest';
import { appError } from '#shared/errors/app-error.ts';
import { CapsuleShelf } from '#electron/core/capsule-shelf.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import { peaksAnswer, recordingAnswer } from './recordings.ts';

const deskThat = (recording: DeskCore['recording']): DeskCore =>
  ({ recording, capsules: new CapsuleShelf() }) as DeskCore;

test('[REC8] the page gets what the worker sends, without the worker’s own headers', async () => {
  const asked: unknown[] = [];
  const desk = deskThat((callId, range) => {
    asked.push([callId, range]);
    const headers = { 'content-type': 'audio/ogg', 'content-range': 'bytes 0-3/9', 'set-cookie': 'worker=1' };
    return Promise.resolve(new Response('OggS', { status: 206, headers }));
  });
  const answer = await recordingAnswer(desk, 'call-1', 'bytes=0-3');
  expect(asked).toEqual([['call-1', 'bytes=0-3']]);
  expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
    206,
    'bytes 0-3/9',
    'OggS',
  ]);
  expect(answer.headers.get('set-cookie')).toBeNull();
});

test('[REC8] while the worker is away the page gets the code', async () => {
  const desk = deskThat(() => Promise.reject(appError('worker.unreachable', 'The worker is not running.')));
  const answer = await recordingAnswer(desk, 'call-1', null);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { code: 'worker.unreachable' } });
});

test('[REC8][REC14] what a recording looks like comes the same way, and a refusal keeps its status', async () => {
  const peaks = { stretchMs: 100, caller: [0.5], heard: [0] };
  const capsules = new CapsuleShelf();
  const desk = {
    capsules,
    recordingPeaks: () => Promise.resolve(Response.json(peaks)),
  } as unknown as DeskCore;
  expect(await (await peaksAnswer(desk, 'call-1')).json()).toEqual(peaks);
  const denied = {
    capsules,
    recordingPeaks: () => Promise.resolve(new Response('{}', { status: 403 })),
  } as never;
  expect((await peaksAnswer(denied, 'call-1')).status).toBe(403);
});
