import type { CallEvent } from '#shared/events/call-event.ts';
import { withSplice } from './one-batch.ts';

/** What one span on the lane timeline shows; shape and pattern follow `look`. */
export interface LaneSpan {
  readonly key: string;
  readonly lane: 'caller' | 'A' | 'B' | 'C' | 'human';
  readonly fromMs: number;
  /** `null` while it is still going on: draw to the now-line. */
  readonly toMs: number | null;
  readonly look:
    | 'speech'
    | 'drafted'
    | 'allowed'
    | 'redacted'
    | 'vetoed'
    | 'held'
    | 'speaking'
    | 'spoken'
    | 'interrupted'
    | 'withheld'
    | 'verdict-allow'
    | 'verdict-redact'
    | 'verdict-veto';
  readonly text: string;
  readonly chunkId: string | null;
}

/** Caller, A, B, C and human on one axis of epoch milliseconds, each lane in order of `fromMs`. */
export interface LaneTimeline {
  readonly lastSeq: number;
  readonly spans: readonly LaneSpan[];
}

export const emptyLanes: LaneTimeline = { lastSeq: -1, spans: [] };

/**
 * Folds one event in; spans that it does not touch stay the same objects. Duplicates change nothing.
 * @returns null when `event` leaves a gap
 */
export function appendToLanes(lanes: LaneTimeline, event: CallEvent): LaneTimeline | null {
  if (event.seq <= lanes.lastSeq) return lanes;
  if (event.seq > lanes.lastSeq + 1) return null;
  return { lastSeq: event.seq, spans: stepSpans(lanes.spans, event) };
}

type Spans = readonly LaneSpan[];

/** Expected length of a draft until its audio exists: about fifteen characters per second of speech. */
const DRAFT_MS_PER_CHAR = 66;

function stepSpans(spans: Spans, event: CallEvent): Spans {
  const { atMs } = event;
  switch (event.type) {
    case 'caller-speech.started':
      return push(spans, speech('caller', event.id, atMs, null, ''));
    case 'caller-speech.ended':
      return closeLast(spans, 'caller', Math.max(0, atMs));
    case 'transcript.final':
      return captionLast(spans, event.text);
    case 'human-speech.finished': {
      const { startedAtMs, durationMs } = event;
      return push(spans, speech('human', event.id, startedAtMs, startedAtMs + durationMs, event.text ?? ''));
    }
    case 'chunk.drafted': {
      const { chunkId, lane, text } = event;
      const toMs = atMs + text.length * DRAFT_MS_PER_CHAR;
      return push(spans, { key: chunkId, lane, fromMs: atMs, toMs, look: 'drafted', text, chunkId });
    }
    case 'chunk.allowed':
      return push(change(spans, event.chunkId, { look: 'allowed' }), verdict(event, 'verdict-allow'));
    case 'chunk.redacted':
      return push(
        change(spans, event.chunkId, { look: 'redacted', text: event.text }),
        verdict(event, 'verdict-redact'),
      );
    case 'chunk.vetoed':
      return push(change(spans, event.chunkId, { look: 'vetoed' }), verdict(event, 'verdict-veto'));
    case 'chunk.held':
      return change(spans, event.chunkId, { look: 'held' });
    case 'chunk.speaking':
      return change(spans, event.chunkId, {
        look: 'speaking',
        fromMs: atMs,
        toMs: atMs + event.durationMs,
      });
    case 'chunk.spoken':
      return change(spans, event.chunkId, { look: 'spoken', toMs: atMs });
    case 'chunk.interrupted':
      return change(spans, event.chunkId, { look: 'interrupted', toMs: atMs });
    case 'chunk.withheld':
      return change(spans, event.chunkId, { look: 'withheld' }, span => span.look !== 'vetoed');
    case 'call.ended':
      return spans.map(span => (span.toMs === null ? { ...span, toMs: atMs } : span));
    default:
      return spans;
  }
}

const push = (spans: Spans, span: LaneSpan): Spans => withSplice(spans, spans.length, 0, span);

function speech(
  lane: 'caller' | 'human',
  key: string,
  fromMs: number,
  toMs: number | null,
  text: string,
): LaneSpan {
  return { key, lane, fromMs, toMs, look: 'speech', text, chunkId: null };
}

function verdict(
  event: { readonly id: string; readonly atMs: number; readonly chunkId: string },
  look: LaneSpan['look'],
): LaneSpan {
  const { atMs, chunkId } = event;
  return { key: event.id, lane: 'C', fromMs: atMs, toMs: atMs, look, text: '', chunkId };
}

/** A veto may come after the chunk was drawn in the future: the span itself never moves back. */
function change(
  spans: Spans,
  chunkId: string,
  to: Partial<LaneSpan>,
  only: (span: LaneSpan) => boolean = () => true,
): Spans {
  const at = spans.findLastIndex(span => span.chunkId === chunkId && span.lane !== 'C');
  const span = spans[at];
  return span && only(span) ? withSplice(spans, at, 1, { ...span, ...to }) : spans;
}

function closeLast(spans: Spans, lane: LaneSpan['lane'], toMs: number): Spans {
  const at = spans.findLastIndex(span => span.lane === lane && span.toMs === null);
  const span = spans[at];
  return span ? withSplice(spans, at, 1, { ...span, toMs }) : spans;
}

function captionLast(spans: Spans, text: string): Spans {
  const at = spans.findLastIndex(span => span.lane === 'caller');
  const span = spans[at];
  return span
    ? withSplice(spans, at, 1, { ...span, text: span.text === '' ? text : `${span.text} ${text}` })
    : spans;
}
