import { readCallEvent } from '#shared/events/read-call-event.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { appendToBoard, emptyBoard, prune, rank } from '#shared/projections/fold-board.ts';
import { appendToTimeline, emptyTimeline } from '#shared/projections/fold-timeline.ts';
import { appendToLanes, emptyLanes } from '#shared/projections/lane-timeline.ts';
import { richCall } from '#tests/fixtures/rich-call.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { valueOf } from '../inputs.ts';

/** Call events, and every fold over them: each event is tried as the next one of a rich call. */
export const callEventTarget: FuzzTarget = {
  name: 'call-events',
  seeds: richCall(),
  open() {
    const events = richCall();
    const prefixes = [0, 1, 20, events.length].map(length => foldAll(events.slice(0, length)));
    return Promise.resolve({
      feed(input) {
        const event = readCallEvent(valueOf(input));
        if (!event) return 'ignored';
        for (const before of prefixes) foldOn(before, { ...event, seq: before.timeline.lastSeq + 1 });
        return event.type === 'event.unreadable' ? 'protocol.unknown' : 'ok';
      },
      good() {
        const { timeline, board } = foldAll(events);
        if (timeline.lines.length === 0 || Object.keys(board.calls).length !== 1)
          throw new Error('the call is not folded any more');
      },
      close: () => undefined,
    });
  },
};

const EMPTY = { timeline: emptyTimeline, lanes: emptyLanes, board: emptyBoard };

function foldAll(events: readonly CallEvent[]): typeof EMPTY {
  return events.reduce(foldOn, EMPTY);
}

function foldOn(before: typeof EMPTY, event: CallEvent): typeof EMPTY {
  const timeline = appendToTimeline(before.timeline, event) ?? before.timeline;
  const lanes = appendToLanes(before.lanes, event) ?? before.lanes;
  const board = appendToBoard(before.board, { position: before.board.position + 1, event });
  rank(prune(board, event.atMs), event.atMs);
  return { timeline, lanes, board };
}
