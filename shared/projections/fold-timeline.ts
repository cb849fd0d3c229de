import type { CallEvent } from '#shared/events/call-event.ts';
import type { CallTimeline } from './call-timeline.ts';
import { foldChunks } from './timeline/chunks.ts';
import { foldFacts } from './timeline/facts.ts';
import { foldLines } from './timeline/lines.ts';
import { foldPeople } from './timeline/people.ts';
import { foldTools } from './timeline/tools.ts';
import { inOneBatch } from './one-batch.ts';

export const emptyTimeline: CallTimeline = {
  callId: null,
  lastSeq: -1,
  displayName: '',
  from: null,
  line: '',
  brain: '',
  voice: '',
  ringingAtMs: null,
  connectedAtMs: null,
  endedAtMs: null,
  endReason: null,
  recording: false,
  turn: 'IDLE',
  turnNumber: 0,
  floor: 'ai',
  floorUserId: null,
  floorSinceMs: null,
  held: null,
  slowSafe: null,
  hush: null,
  transfer: null,
  parked: null,
  people: [],
  edges: [],
  attention: [],
  lines: [],
  chunks: {},
  chunkOrder: [],
  notes: {},
  takeover: null,
  suggestions: [],
  ownTexts: [],
  lastMeasure: null,
  measures: {},
  quality: {},
  intents: [],
  approvals: [],
  tickets: [],
  tools: [],
};

/**
 * Folds one event in; parts that it does not touch stay the same objects. An event seen before changes nothing, so
 * delivery at least once is safe (TL2).
 * @returns null when `event` leaves a gap: read the log again from `lastSeq + 1` (TL3)
 */
export function appendToTimeline(timeline: CallTimeline, event: CallEvent): CallTimeline | null {
  if (event.seq <= timeline.lastSeq) return timeline;
  if (event.seq > timeline.lastSeq + 1) return null;
  let next: CallTimeline = { ...timeline, lastSeq: event.seq };
  // Lines come after chunks: the line of a chunk is placed by what has become of it.
  for (const fold of [foldFacts, foldTools, foldPeople, foldChunks, foldLines]) next = fold(next, event);
  return next;
}

/** The whole log of one call, from `seq` 0. Stops at the first gap. */
export function foldTimeline(events: Iterable<CallEvent>): CallTimeline {
  return inOneBatch(() => {
    let timeline = emptyTimeline;
    for (const event of events) timeline = appendToTimeline(timeline, event) ?? timeline;
    return timeline;
  });
}
