import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { takenOverCall } from '#tests/fixtures/rich-call.ts';
import { FIXTURE_START_MS } from '#tests/fixtures/call-script.ts';
import { appendToLanes, emptyLanes, type LaneTimeline } from './lane-timeline.ts';

const LOG = takenOverCall();
const fold = (events: readonly CallEvent[], from: LaneTimeline = emptyLanes): LaneTimeline =>
  events.reduce((before, event) => appendToLanes(before, event) ?? before, from);
const whole = fold(LOG);
const span = (chunkId: string) => whole.spans.find(one => one.chunkId === chunkId && one.lane !== 'C');

test('[TL1][TL2][TL3] prefixes, duplicates and gaps give the same lanes', () => {
  fc.assert(
    fc.property(fc.nat({ max: LOG.length }), fc.nat({ max: 10 }), (cut, again) => {
      const prefix = fold(LOG.slice(0, cut));
      const gap = LOG[cut + 1];
      if (gap) expect(appendToLanes(prefix, gap)).toBeNull();
      expect(fold(LOG.slice(Math.max(0, cut - again)), prefix)).toEqual(whole);
    }),
  );
});

test('[TL15] looks follow the states, and an interrupted chunk ends where it was cut', () => {
  expect(span('b-1')).toMatchObject({ look: 'spoken', lane: 'B' });
  expect(span('b-2')).toMatchObject({ look: 'interrupted', toMs: FIXTURE_START_MS + 153_500 });
  expect(span('b-4')).toMatchObject({ look: 'vetoed' });
  expect(span('b-5')).toMatchObject({ look: 'withheld' });
  expect(span('b-3')?.fromMs).toBe(FIXTURE_START_MS + 164_400);
});

test('[TL16] each verdict is one mark on lane C', () => {
  const marks = whole.spans.filter(one => one.lane === 'C');
  expect(marks.filter(mark => mark.look === 'verdict-veto').map(mark => mark.chunkId)).toEqual(['b-4']);
  expect(marks).toHaveLength(8);
});

test('[TL15] caller and human are spans from their first to their last word', () => {
  const caller = whole.spans.filter(one => one.lane === 'caller');
  expect(caller.map(one => (one.toMs ?? 0) - one.fromMs)).toEqual([9_000, 6_500, 6_500]);
  expect(whole.spans.find(one => one.lane === 'human')).toMatchObject({ look: 'speech' });
});
