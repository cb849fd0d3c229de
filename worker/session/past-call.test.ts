import { expect, test } from 'vitest';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { OrgRules } from '#worker/rulebook/org-rules.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { CallGuards } from './call-guards.ts';
import { endOfTransfer, foldPast } from './past-call.ts';

const log = (drafts: readonly object[]): readonly CallEvent[] =>
  drafts.map((draft, seq) => ({ seq, atMs: 1000 + seq, ...draft }) as unknown as CallEvent);
const maya = { userId: 'maya', userName: 'Maya' };

test('[HOST32][HOST34] what is open in the log is what a host goes on with', () => {
  const past = foldPast(
    log([
      { type: 'call.ringing' },
      { type: 'call.connected' },
      { type: 'consent.announced' },
      { type: 'recording.started' },
      { type: 'chunk.drafted', chunkId: 'a' },
      { type: 'chunk.drafted', chunkId: 'b' },
      { type: 'chunk.drafted', chunkId: 'c' },
      { type: 'chunk.speaking', chunkId: 'a' },
      { type: 'chunk.spoken', chunkId: 'a' },
      { type: 'chunk.speaking', chunkId: 'b' },
      { type: 'whisper.noted', noteId: 'n1', text: 'one', ...maya },
      { type: 'whisper.noted', noteId: 'n2', text: 'two', ...maya },
      { type: 'whisper.used', noteId: 'n1' },
      { type: 'turn.committed' },
      { type: 'speech.held' },
      { type: 'hold-back.set', holdBackMs: 900 },
      { type: 'hush.started' },
      { type: 'hush.ended' },
      { type: 'listener.joined', ...maya },
      { type: 'mic.changed', from: 'monitor', to: 'live', ...maya },
      { type: 'takeover.noted', text: 'of another takeover', ...maya },
      { type: 'takeover.ended', notes: 'of another takeover', ...maya },
      { type: 'floor.changed', holder: 'human', cause: 'take-over', ...maya },
      { type: 'takeover.noted', text: 'wants a callback', ...maya },
    ]),
  );
  expect(past).toMatchObject({
    lastSeq: 23,
    recordings: 1,
    startedAtMs: 1000,
    lastAtMs: 1023,
    connected: true,
    announced: true,
    turns: 1,
    held: true,
    holdBackMs: 900,
    hushed: false,
    floor: { userId: 'maya', mode: 'live', sinceMs: 1022 },
    takeoverNotes: ['wants a callback'],
  });
  expect([...past.openChunks]).toEqual([
    ['b', 'speaking'],
    ['c', 'pending'],
  ]);
  expect([...past.notes]).toEqual([['n2', 'two']]);
  expect([...past.people.values()]).toEqual([{ userId: 'maya', listening: true, mic: 'live' }]);
});

test('[HOST35] nothing of the past is said, raised or ended again, and what was still to come comes at its time', async () => {
  const clock = createVirtualClock();
  const told: string[] = [];
  const rules = {
    statements: [],
    limits: { warnAfterMs: 1000, wrapUpAfterMs: 5000, wrapUpText: 'We have to end soon.' },
  } as unknown as Pick<OrgRules, 'statements' | 'limits'>;
  const guards = new CallGuards({
    clock,
    rules,
    say: text => told.push(text),
    attention: reason => told.push(reason),
    hangUp: () => told.push('hang up'),
  });
  const startMs = clock.now();
  const at = (afterMs: number, draft: Partial<CallEventDraft>): object => ({
    ...draft,
    atMs: startMs + afterMs,
  });
  await clock.advanceAsync(3000);
  guards.replay(
    log([at(0, { type: 'call.connected' }), at(2000, { type: 'call.early-media' })]),
    clock.now(),
  );
  await clock.advanceAsync(1900);
  expect(told).toEqual([]);
  await clock.advanceAsync(200);
  expect(told).toEqual(['We have to end soon.']);
});

test('[SUP78] a transfer that its host did not live to see is uncertain, and nobody is on hold any more', () => {
  const asked = {
    type: 'call.transfer-requested',
    target: '+4930',
    by: 'supervisor',
    userId: 'u1',
    userName: 'Morgan',
  } as const;
  const parked = eventOf('c', 2, { type: 'call.parked', with: 'briefing', target: '+4930' });
  const open = [eventOf('c', 0, RINGING), eventOf('c', 1, { ...asked, outcome: null }), parked];
  expect(endOfTransfer(foldPast(open))).toEqual([
    { ...asked, outcome: 'uncertain' },
    { type: 'call.unparked', cause: 'host-lost' },
  ]);
  const settled = [...open, eventOf('c', 3, { ...asked, outcome: 'accepted' })];
  expect(endOfTransfer(foldPast(settled))).toEqual([{ type: 'call.unparked', cause: 'host-lost' }]);
  const over = [...settled, eventOf('c', 4, { type: 'call.unparked', cause: 'colleague-left' })];
  expect(endOfTransfer(foldPast(over))).toEqual([]);
});
