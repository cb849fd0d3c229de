import type { CallEvent } from '#shared/events/call-event.ts';

export interface MarkedSpan {
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
}

/** What the log says about the recording of its call. Times are wall clock, as those of the events. */
export interface RecordingMarks {
  /** The instant of the recording's first sample. */
  readonly startedAtMs: number;
  /** While a person had the floor, what the caller heard was theirs. */
  readonly human: readonly MarkedSpan[];
  /** Card data was said and is not in the recording. */
  readonly hushed: readonly MarkedSpan[];
  readonly joined: readonly { readonly atMs: number; readonly userName: string }[];
}

/** @returns null where nothing was recorded */
export function recordingMarks(events: readonly CallEvent[]): RecordingMarks | null {
  const startedAtMs = events.find(event => event.type === 'recording.started')?.atMs;
  if (startedAtMs === undefined) return null;
  const human: MarkedSpan[] = [];
  const hushed: MarkedSpan[] = [];
  const joined: { atMs: number; userName: string }[] = [];
  const open = (spans: MarkedSpan[], atMs: number): void => {
    if (spans.length === 0 || spans.at(-1)?.toMs !== null) spans.push({ fromMs: atMs, toMs: null });
  };
  const close = (spans: MarkedSpan[], atMs: number): void => {
    const last = spans.at(-1);
    if (last?.toMs === null) spans[spans.length - 1] = { ...last, toMs: atMs };
  };
  for (const event of events) {
    if (event.type === 'floor.changed') (event.holder === 'human' ? open : close)(human, event.atMs);
    else if (event.type === 'hush.started') open(hushed, event.atMs);
    else if (event.type === 'hush.ended') close(hushed, event.atMs);
    else if (event.type === 'listener.joined') joined.push({ atMs: event.atMs, userName: event.userName });
    else if (event.type === 'call.ended') for (const spans of [human, hushed]) close(spans, event.atMs);
  }
  return { startedAtMs, human, hushed, joined };
}
