import { ATTENTION_REASONS } from '#shared/domain/call.ts';
import type { CallEvent, CallEventOf } from '#shared/events/call-event.ts';
import type { CallSummary } from '#shared/domain/call-summary.ts';

const LAST_LINES = 3;
const RECENT_SPANS = 40;
/** Drafts older than this many are no longer waited for; a call has a handful at a time. */
const PENDING_DRAFTS = 24;

type Row = CallSummary;

export function newSummary(event: CallEventOf<'call.ringing'>): CallSummary {
  return {
    callId: event.conversationId,
    lastSeq: event.seq,
    displayName: event.displayName,
    from: event.from,
    line: event.line,
    phase: 'ringing',
    endReason: null,
    ringingAtMs: event.atMs,
    connectedAtMs: null,
    endedAtMs: null,
    turn: 'IDLE',
    floor: 'ai',
    floorUserId: null,
    floorUserName: null,
    takenOverBy: null,
    heldByName: null,
    listeners: [],
    lastLines: [],
    attention: [],
    vetoCount: 0,
    interruptionCount: 0,
    recent: [],
  };
}

/** One event into one row. Summaries never see a gap as an error: a row shows what is known. */
export function stepSummary(before: CallSummary, event: CallEvent): CallSummary {
  const call: Row = { ...before, lastSeq: event.seq };
  const { atMs } = event;
  switch (event.type) {
    case 'call.connected':
      return { ...call, phase: 'connected', connectedAtMs: atMs };
    case 'call.ended':
      return {
        ...call,
        phase: 'ended',
        endReason: event.reason,
        ...(event.code === undefined ? {} : { endCode: event.code }),
        endedAtMs: atMs,
        takenOverBy: null,
        ...(call.parked ? { parked: null } : {}),
        heldByName: null,
        listeners: [],
        attention: [],
        recent: call.recent.map(span => (span.toMs === null ? { ...span, toMs: atMs } : span)),
      };
    case 'turn.changed':
      return { ...call, turn: event.to };
    case 'floor.changed': {
      const human = event.holder === 'human';
      return {
        ...call,
        floor: event.holder,
        floorUserId: human ? event.userId : null,
        floorUserName: human ? event.userName : null,
        takenOverBy: human && event.cause === 'take-over' ? event.userId : null,
      };
    }
    case 'takeover.ended':
      return { ...call, takenOverBy: null };
    case 'call.parked':
      return { ...call, parked: { with: event.with, target: event.target } };
    case 'call.unparked':
      return { ...call, parked: null };
    case 'speech.held':
      return { ...call, heldByName: event.userName };
    case 'speech.resumed':
      return { ...call, heldByName: null };
    case 'listener.joined': {
      const others = call.listeners.filter(one => one.userId !== event.userId);
      return { ...call, listeners: [...others, { userId: event.userId, name: event.userName }] };
    }
    case 'listener.left':
      return { ...call, listeners: call.listeners.filter(one => one.userId !== event.userId) };
    case 'attention.raised': {
      const others = call.attention.filter(open => open.reason !== event.reason);
      const worst = (reason: (typeof others)[number]['reason']): number => ATTENTION_REASONS.indexOf(reason);
      const all = [...others, { reason: event.reason, atMs }];
      return { ...call, attention: all.toSorted((a, b) => worst(b.reason) - worst(a.reason)) };
    }
    case 'attention.cleared':
      return { ...call, attention: call.attention.filter(open => open.reason !== event.reason) };
    case 'interruption.confirmed':
      return { ...call, interruptionCount: call.interruptionCount + 1 };
    case 'caller-speech.started':
      return withSpan(call, { lane: 'caller', fromMs: atMs, toMs: null, vetoed: false });
    case 'caller-speech.ended':
      return closeSpan(call, 'caller', atMs);
    case 'transcript.final':
      return withWords(call, 'caller', event.text, event.startedAtMs);
    case 'human-speech.finished': {
      const toMs = event.startedAtMs + event.durationMs;
      const spoke = withSpan(call, { lane: 'human', fromMs: event.startedAtMs, toMs, vetoed: false });
      return event.text === null ? spoke : withWords(spoke, 'human', event.text, event.startedAtMs);
    }
    case 'chunk.drafted': {
      const { chunkId, lane, text } = event;
      const { turnId = null, hypothesisId = null } = event;
      const draft = { chunkId, lane, text, turnId, hypothesisId, vetoedAtMs: null };
      return withDrafts(call, [...drafts(call), draft].slice(-PENDING_DRAFTS));
    }
    case 'chunk.redacted':
    case 'chunk.released':
      return withDrafts(
        call,
        drafts(call).map(draft => (draft.chunkId === event.chunkId ? { ...draft, text: event.text } : draft)),
      );
    case 'chunk.vetoed': {
      const draft = draftOf(call, event.chunkId);
      // A guess that was vetoed counts only if it turns out to be the answer.
      if (draft && draft.hypothesisId !== null)
        return withDrafts(
          call,
          drafts(call).map(other => (other === draft ? { ...draft, vetoedAtMs: atMs } : other)),
        );
      return vetoed(call, event.chunkId, atMs);
    }
    case 'speculation.ended': {
      const mine = drafts(call).filter(draft => draft.hypothesisId === event.hypothesisId);
      if (event.outcome === 'discarded')
        return mine.reduce((row: Row, draft) => without(row, draft.chunkId), call);
      const adopted = withDrafts(
        call,
        drafts(call).map(draft => (mine.includes(draft) ? { ...draft, hypothesisId: null } : draft)),
      );
      return mine.reduce(
        (row, draft) => (draft.vetoedAtMs === null ? row : vetoed(row, draft.chunkId, draft.vetoedAtMs)),
        adopted,
      );
    }
    case 'chunk.speaking': {
      const draft = draftOf(call, event.chunkId);
      const lane = draft?.lane ?? 'B';
      const toMs = atMs + event.durationMs;
      const sounding = withSpan(call, { lane, fromMs: atMs, toMs, vetoed: false });
      return draft && lane === 'B' ? withWords(sounding, 'ai', draft.text, atMs) : sounding;
    }
    case 'chunk.spoken':
    case 'chunk.interrupted': {
      const lane = draftOf(call, event.chunkId)?.lane ?? 'B';
      return without(closeSpan(call, lane, atMs), event.chunkId);
    }
    case 'chunk.withheld':
      return without(call, event.chunkId);
    default:
      return call;
  }
}

type Draft = NonNullable<CallSummary['drafts']>[number];
type Span = CallSummary['recent'][number];

const drafts = (call: Row): readonly Draft[] => call.drafts ?? [];
const draftOf = (call: Row, chunkId: string): Draft | undefined =>
  drafts(call).find(draft => draft.chunkId === chunkId);
const withDrafts = (call: Row, next: readonly Draft[]): Row => ({ ...call, drafts: next });
const without = (call: Row, chunkId: string): Row =>
  withDrafts(
    call,
    drafts(call).filter(draft => draft.chunkId !== chunkId),
  );

const withSpan = (call: Row, span: Span): Row => ({
  ...call,
  recent: [...call.recent, span].slice(-RECENT_SPANS),
});

function vetoed(call: Row, chunkId: string, atMs: number): Row {
  const lane = draftOf(call, chunkId)?.lane ?? 'B';
  const marked = withSpan(call, { lane, fromMs: atMs, toMs: atMs + 2000, vetoed: true });
  return { ...without(marked, chunkId), vetoCount: call.vetoCount + 1 };
}

function closeSpan(call: Row, lane: Span['lane'], toMs: number): Row {
  const at = call.recent.findLastIndex(span => span.lane === lane && !span.vetoed);
  const span = call.recent[at];
  return span ? { ...call, recent: call.recent.with(at, { ...span, toMs }) } : call;
}

/** Pieces of one speaker in a row are one entry: a row shows sentences, not chunks. */
function withWords(call: Row, speaker: 'caller' | 'ai' | 'human', text: string, atMs: number): Row {
  const last = call.lastLines.at(-1);
  const joins = last?.speaker === speaker;
  const line = { speaker, text: joins ? `${last.text} ${text}` : text, atMs: joins ? last.atMs : atMs };
  const others = joins ? call.lastLines.slice(0, -1) : call.lastLines;
  return { ...call, lastLines: [...others, line].slice(-LAST_LINES) };
}
