import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import { CallScript, FIXTURE_START_MS } from '#tests/fixtures/call-script.ts';
import { busyFloor, FLOOR_NOW_MS } from '#tests/fixtures/busy-floor.ts';
import { RICH_CALL_ID } from '#tests/fixtures/rich-call.ts';
import type { LiveBoard } from './live-board.ts';
import { appendToBoard, emptyBoard, ENDED_STAYS_MS, needsYou, prune, rank } from './fold-board.ts';

const FLOOR = busyFloor(12);
const fold = (entries: readonly JournalEntry[], from: LiveBoard = emptyBoard): LiveBoard =>
  entries.reduce(appendToBoard, from);
const whole = fold(FLOOR);

test('[TL1][TL2] any cut and any repetition of the journal gives the same board', () => {
  fc.assert(
    fc.property(fc.nat({ max: FLOOR.length }), fc.nat({ max: 30 }), (cut, again) => {
      const prefix = fold(FLOOR.slice(0, cut));
      expect(fold(FLOOR.slice(Math.max(0, cut - again)), prefix)).toEqual(whole);
    }),
    { numRuns: 40 },
  );
});

test('[TL4] an event of one call leaves the rows of all others as they are', () => {
  const last = FLOOR.at(-1) as JournalEntry;
  const before = fold(FLOOR.slice(0, -1));
  const after = appendToBoard(before, last);
  const others = Object.keys(after.calls).filter(id => id !== last.event.conversationId);
  expect(others.every(id => after.calls[id] === before.calls[id])).toBe(true);
});

test('[TL20] who asked for a person comes before a veto, a veto before interruptions, then the quiet ones', () => {
  const names = rank(whole, FLOOR_NOW_MS).map(call => call.displayName);
  expect(names.slice(0, 3)).toEqual(['Marek Horvat', 'Elena Fischer', '+33 1 5550 734']);
  expect(rank(whole, FLOOR_NOW_MS).filter(needsYou)).toHaveLength(3);
});

test('[TL21] an ended call is last and leaves after ten seconds', () => {
  const call = new CallScript('call-over', FIXTURE_START_MS)
    .at(0, {
      type: 'call.ringing',
      from: null,
      displayName: 'Z',
      line: 'B',
      provider: 'stub',
      simulated: true,
    })
    .at(1, { type: 'call.ended', reason: 'caller-hung-up', durationMs: 1000 });
  const position = FLOOR.length;
  const board = fold(
    call.events.map((event, at) => ({ position: position + at, event })),
    whole,
  );
  expect(rank(board, FLOOR_NOW_MS).at(-1)?.displayName).toBe('Z');
  const endedAtMs = FIXTURE_START_MS + 1000;
  expect(prune(board, endedAtMs + ENDED_STAYS_MS - 1)).toBe(board);
  expect(prune(board, endedAtMs + ENDED_STAYS_MS).calls['call-over']).toBeUndefined();
});

test('[TL22] a vetoed or waiting sentence never becomes last words', () => {
  const call = whole.calls[RICH_CALL_ID];
  expect(call?.lastLines.map(line => line.speaker)).toEqual(['caller', 'ai', 'caller']);
  expect(JSON.stringify(call?.lastLines)).not.toContain('full refund');
});
