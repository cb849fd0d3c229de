import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { JUN, MAYA, richCall, takenOverCall } from '#tests/fixtures/rich-call.ts';
import { CallScript } from '#tests/fixtures/call-script.ts';
import type { CallTimeline } from './call-timeline.ts';
import { appendToTimeline, emptyTimeline, foldTimeline } from './fold-timeline.ts';
import { catchUp } from './catch-up.ts';
import { callerHearsCoach, whoCanBeCoached, whoHearsWhom } from './who-hears-whom.ts';

const LOG = takenOverCall();
const whole = foldTimeline(LOG);

const deliver = (timeline: CallTimeline, events: readonly CallEvent[]): CallTimeline =>
  events.reduce((before, event) => appendToTimeline(before, event) ?? before, timeline);

test('[TL1][TL2] any cut of the log, with any part of the past delivered again, gives the same timeline', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: LOG.length }), { maxLength: 6 }),
      fc.nat({ max: 20 }),
      (cuts, again) => {
        let timeline = emptyTimeline;
        for (const cut of [...cuts, LOG.length].toSorted((a, b) => a - b)) {
          const from = Math.max(0, timeline.lastSeq + 1 - again);
          timeline = deliver(timeline, LOG.slice(from, cut));
        }
        expect(timeline).toEqual(whole);
      },
    ),
  );
});

test('[TL2] an event of the past gives back the very same object', () => {
  fc.assert(
    fc.property(fc.nat({ max: LOG.length - 1 }), at => {
      expect(appendToTimeline(whole, LOG[at] as CallEvent)).toBe(whole);
    }),
  );
});

test('[TL3] an event beyond the next one is refused from every state', () => {
  fc.assert(
    fc.property(fc.nat({ max: LOG.length - 2 }), fc.nat({ max: 5 }), (length, skip) => {
      const timeline = foldTimeline(LOG.slice(0, length));
      const later = LOG[length + 1 + skip];
      if (later) expect(appendToTimeline(timeline, later)).toBeNull();
    }),
  );
});

test('[TL4] a note leaves chunks, people and earlier lines as they are', () => {
  const at = LOG.findIndex(event => event.type === 'whisper.noted');
  const before = foldTimeline(LOG.slice(0, at));
  const after = appendToTimeline(before, LOG[at] as CallEvent);
  expect(after?.chunks).toBe(before.chunks);
  expect(after?.people).toBe(before.people);
  expect(after?.lines.slice(0, -1).every((line, index) => line === before.lines[index])).toBe(true);
});

test('[TL5] words that become final late stand where they were spoken', () => {
  const call = new CallScript('call-late')
    .at(0, {
      type: 'call.ringing',
      from: null,
      displayName: 'A',
      line: 'B',
      provider: 'stub',
      simulated: true,
    })
    .draft(3, { chunkId: 'one', text: 'Yes.' })
    .speak(4, 'one', 900);
  call.at(5, {
    type: 'transcript.final',
    speaker: 'caller',
    text: 'Hello?',
    startedAtMs: call.ms(2),
    endedAtMs: call.ms(3),
    redactionCount: 0,
  });
  expect(foldTimeline(call.events).lines.map(line => line.kind)).toEqual(['caller', 'ai']);
});

test('[TL6] the chunks of one turn are one line, and an interruption keeps what was heard', () => {
  const lines = whole.lines.filter(line => line.kind === 'ai');
  expect(lines.map(line => line.chunkIds)).toEqual([['a-1', 'b-1', 'b-2'], ['a-2', 'b-3'], ['a-3']]);
  expect(whole.chunks['b-2']).toMatchObject({
    state: 'interrupted',
    heardText: ' and it should reach you by',
  });
});

test('[TL7] veto, note, takeover and human speech are lines in the order they happened', () => {
  expect(whole.lines.slice(-4).map(line => line.kind)).toEqual(['veto', 'note', 'event', 'human']);
  expect(whole.lines.at(-2)).toMatchObject({ detail: 'Maya Rossi took over' });
  expect(whole.notes['note-1']?.receipt).toMatchObject({ name: 'used', turnNumber: 3 });
});

test('[TL8] the catch-up is short and says why the call needs somebody', () => {
  const lines = catchUp(whole);
  expect(lines.length).toBeLessThanOrEqual(4);
  expect(lines).toContain('Promise vetoed, since 3:00');
  expect(lines[0]).toContain('Hello, my parcel 4711');
  expect(catchUp(emptyTimeline)).toEqual([]);
});

test('[TL10] a takeover begins with the floor and ends with its end', () => {
  expect(whole.takeover).toMatchObject({ userId: MAYA.userId, liveMs: 12 });
  const ended = appendToTimeline(whole, {
    ...(LOG.at(-1) as CallEvent),
    seq: whole.lastSeq + 1,
    type: 'takeover.ended',
    ...MAYA,
    cause: 'hand-back',
    durationMs: 2000,
    notes: '',
  });
  expect(ended?.takeover).toBeNull();
});

test('[TL10] a barge holds the floor and is no takeover', () => {
  const call = new CallScript('call-barge')
    .at(0, {
      type: 'call.ringing',
      from: null,
      displayName: 'A',
      line: 'B',
      provider: 'stub',
      simulated: true,
    })
    .at(1, { type: 'mic.changed', ...JUN, from: 'monitor', to: 'barge' })
    .at(1, { type: 'floor.changed', holder: 'human', cause: 'barge', ...JUN })
    .at(1, { type: 'takeover.live', ...JUN, firstHumanSample: 16_000, liveMs: 9 });
  const timeline = foldTimeline(call.events);
  expect(timeline.floorUserId).toBe(JUN.userId);
  expect(timeline.takeover).toBeNull();
});

test('[TL11] who hears whom, in words, before and after a takeover', () => {
  expect(whoHearsWhom(foldTimeline(richCall()), MAYA.userId)).toEqual({
    youHear: 'caller and AI',
    hearsYou: 'Nobody hears you',
    coached: null,
    coaches: null,
    callerHearsYou: false,
    callerHearsAi: true,
  });
  expect(whoHearsWhom(whole, MAYA.userId)).toEqual({
    youHear: 'the caller',
    hearsYou: 'The caller and Jun Tanaka hear you',
    callerHearsYou: true,
    callerHearsAi: false,
    coached: null,
    coaches: null,
  });
  expect(whoHearsWhom(whole, 'somebody-else').youHear).toBe('nobody');
});

test('[TL11] who whispers to whom is read off the same edges, and so is that the caller cannot hear it', () => {
  const people = [
    { userId: 'maya', name: 'Maya Okafor', listening: true, mic: 'live' },
    { userId: 'jun', name: 'Jun Tanaka', listening: true, mic: 'armed' },
  ] as const;
  const line = [
    ['caller', 'ai'],
    ['human:maya', 'caller'],
    ['caller', 'human:maya'],
  ] as const;
  const whisper = ['coach:jun', 'human:maya'] as const;
  expect(whoCanBeCoached({ people, edges: line }, 'jun')).toBe('Maya Okafor');
  expect(whoCanBeCoached({ people, edges: line }, 'maya')).toBeNull();
  expect(whoCanBeCoached({ people, edges: [['ai', 'caller']] }, 'jun')).toBeNull();
  const whispered = { people, edges: [...line, whisper] };
  expect(whoHearsWhom(whispered, 'jun')).toMatchObject({
    coached: 'Maya Okafor',
    coaches: null,
    hearsYou: 'Maya Okafor hears you',
    callerHearsYou: false,
  });
  expect(whoHearsWhom(whispered, 'maya')).toMatchObject({
    coaches: 'Jun Tanaka',
    coached: null,
    youHear: 'the caller and Jun Tanaka',
  });
  expect(callerHearsCoach(whispered)).toBe(false);
  // Were the matrix ever to let the caller hear it, the console would say so.
  const leaking = { people, edges: [...line, whisper, ['coach:jun', 'caller'] as const] };
  expect(callerHearsCoach(leaking)).toBe(true);
  expect(whoHearsWhom(leaking, 'jun').callerHearsYou).toBe(true);
});
