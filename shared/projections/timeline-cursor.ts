import type { CallEvent } from '#shared/events/call-event.ts';
import type { CallTimeline } from './call-timeline.ts';
import { appendToTimeline, emptyTimeline } from './fold-timeline.ts';
import { inOneBatch } from './one-batch.ts';
import { appendToLanes, emptyLanes, type LaneTimeline } from './lane-timeline.ts';

/** A call as it was at one instant. */
export interface CallView {
  readonly timeline: CallTimeline;
  readonly lanes: LaneTimeline;
}

/** Folds between kept views: a look anywhere folds at most this many events. */
const KEEP_EVERY = 200;

/** The view before anything happened. */
const NOTHING: CallView = { timeline: emptyTimeline, lanes: emptyLanes };

/**
 * Looks at one call's log at any instant: the fold of everything that had been logged by then (HIS4). Views are kept now
 * and then, so that dragging through a long call stays cheap. `events` is the log from `seq` 0, without gaps.
 */
export class TimelineCursor {
  readonly #events: readonly CallEvent[];
  /** Latest instant among the first n + 1 events: an event may tell of something earlier than the one before it. */
  readonly #reachedMs: readonly number[];
  readonly #kept: CallView[] = [NOTHING];

  constructor(events: readonly CallEvent[]) {
    this.#events = events;
    let reachedMs = -Infinity;
    this.#reachedMs = events.map(({ atMs }) => (reachedMs = Math.max(reachedMs, atMs)));
  }

  /** First and last instant of the log; null for an empty one. */
  get range(): { readonly fromMs: number; readonly toMs: number } | null {
    const first = this.#events[0];
    return first ? { fromMs: first.atMs, toMs: this.#reachedMs.at(-1) ?? first.atMs } : null;
  }

  at(atMs: number): CallView {
    return this.#fold(this.#countUntil(atMs));
  }

  /** Number of leading events that had happened by then. */
  #countUntil(atMs: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#reachedMs[middle] ?? Infinity) <= atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #fold(count: number): CallView {
    const step = Math.min(Math.floor(count / KEEP_EVERY), this.#kept.length - 1);
    let view = this.#kept[step] ?? NOTHING;
    for (let from = step * KEEP_EVERY; from < count; from += KEEP_EVERY) {
      const to = Math.min(from + KEEP_EVERY, count);
      view = foldBetween(view, this.#events.slice(from, to));
      if (to % KEEP_EVERY === 0) this.#kept[to / KEEP_EVERY] ??= view;
    }
    return view;
  }
}

function foldBetween(before: CallView, events: readonly CallEvent[]): CallView {
  return inOneBatch(() =>
    events.reduce<CallView>(
      ({ timeline, lanes }, event) => ({
        timeline: appendToTimeline(timeline, event) ?? timeline,
        lanes: appendToLanes(lanes, event) ?? lanes,
      }),
      before,
    ),
  );
}
