import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { longCall } from '#tests/fixtures/long-call.ts';
import { richCall } from '#tests/fixtures/rich-call.ts';
import { foldTimeline } from './fold-timeline.ts';
import { TimelineCursor } from './timeline-cursor.ts';

/** The slow truth: everything logged before the first event that lies after the instant. */
function foldedBy(events: readonly CallEvent[], atMs: number) {
  const after = events.findIndex(event => event.atMs > atMs);
  return foldTimeline(after < 0 ? events : events.slice(0, after));
}

test('[HIS4] at any instant, in any order of looking, the view is the fold of what had been logged by then', () => {
  const events = longCall(1500);
  const cursor = new TimelineCursor(events);
  const { fromMs, toMs } = cursor.range ?? { fromMs: 0, toMs: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: fromMs - 1000, max: toMs + 1000 }), { maxLength: 5 }),
      instants => {
        for (const atMs of instants) expect(cursor.at(atMs).timeline).toEqual(foldedBy(events, atMs));
      },
    ),
    { numRuns: 40 },
  );
});

test('[HIS4] before the call nothing is there, at its end everything is', () => {
  const events = richCall();
  const cursor = new TimelineCursor(events);
  const { fromMs, toMs } = cursor.range ?? { fromMs: 0, toMs: 0 };
  expect(cursor.at(fromMs - 1).timeline.lastSeq).toBe(-1);
  expect(cursor.at(toMs).timeline).toEqual(foldTimeline(events));
  expect(new TimelineCursor([]).range).toBeNull();
});
