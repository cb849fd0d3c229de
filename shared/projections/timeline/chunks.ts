import type { CallEvent } from '#shared/events/call-event.ts';
import type { CallTimeline, ChunkView } from '../call-timeline.ts';
import { withKey, withSplice } from '../one-batch.ts';

/** Every piece of AI speech with all that happened to it. */
export function foldChunks(timeline: CallTimeline, event: CallEvent): CallTimeline {
  if (event.type === 'chunk.drafted') {
    const chunk = drafted(event);
    return {
      ...timeline,
      chunks: withKey(timeline.chunks, chunk.chunkId, chunk),
      chunkOrder: withSplice(timeline.chunkOrder, timeline.chunkOrder.length, 0, chunk.chunkId),
    };
  }
  if (event.type === 'speculation.ended' && event.outcome === 'discarded')
    return withoutGuess(timeline, event.hypothesisId);
  if (!('chunkId' in event)) return timeline;
  const before = timeline.chunks[event.chunkId];
  const after = before && stepChunk(before, event);
  return after && after !== before
    ? { ...timeline, chunks: withKey(timeline.chunks, event.chunkId, after) }
    : timeline;
}

/** A guess that came to nothing is no part of the conversation; the log keeps it. */
function withoutGuess(timeline: CallTimeline, hypothesisId: string): CallTimeline {
  const kept = timeline.chunkOrder.filter(id => timeline.chunks[id]?.hypothesisId !== hypothesisId);
  if (kept.length === timeline.chunkOrder.length) return timeline;
  const chunks = Object.fromEntries(
    Object.entries(timeline.chunks).filter(([, chunk]) => chunk.hypothesisId !== hypothesisId),
  );
  return { ...timeline, chunks, chunkOrder: kept };
}

function drafted(event: Extract<CallEvent, { type: 'chunk.drafted' }>): ChunkView {
  return {
    chunkId: event.chunkId,
    turnId: event.turnId ?? null,
    hypothesisId: event.hypothesisId ?? null,
    lane: event.lane,
    origin: event.origin,
    state: 'drafted',
    draftText: event.text,
    text: event.text,
    citations: event.citations,
    noteIds: event.noteIds,
    verdicts: [],
    judgeMs: null,
    veto: null,
    overrules: event.overrules ?? null,
    cause: null,
    draftedAtMs: event.atMs,
    judgedAtMs: null,
    speakingAtMs: null,
    durationMs: null,
    endedAtMs: null,
    heardText: '',
  };
}

function stepChunk(chunk: ChunkView, event: CallEvent): ChunkView {
  const { atMs } = event;
  switch (event.type) {
    case 'chunk.allowed':
      return { ...chunk, ...judged(event), state: 'allowed' };
    case 'chunk.redacted':
      return { ...chunk, ...judged(event), state: 'redacted', text: event.text };
    case 'chunk.vetoed': {
      const { by, policy, reason } = event;
      const veto = {
        by,
        policy,
        reason,
        userName: event.userName ?? null,
        overridable: event.overridable ?? false,
        released: null,
      };
      // A supervisor's veto comes after the policies spoke and brings no verdicts of its own.
      const verdicts = event.verdicts.length > 0 ? event.verdicts : chunk.verdicts;
      return { ...chunk, ...judged(event), verdicts, state: 'vetoed', veto, endedAtMs: atMs };
    }
    case 'chunk.overruled':
    case 'chunk.release-reasoned': {
      const { userId, userName } = event;
      const reason = event.type === 'chunk.release-reasoned' ? event.reason : null;
      return chunk.veto
        ? { ...chunk, veto: { ...chunk.veto, released: { userId, userName, reason } } }
        : chunk;
    }
    case 'chunk.held':
      return { ...chunk, state: 'held' };
    case 'chunk.released':
      return { ...chunk, state: 'released', text: event.text };
    case 'chunk.queued':
      return { ...chunk, state: 'queued', durationMs: event.durationMs };
    case 'chunk.speaking':
      return { ...chunk, state: 'speaking', speakingAtMs: atMs, durationMs: event.durationMs };
    case 'chunk.spoken':
      return {
        ...chunk,
        state: 'spoken',
        endedAtMs: atMs,
        durationMs: event.heardMs,
        heardText: chunk.text,
      };
    case 'chunk.interrupted':
      return {
        ...chunk,
        state: 'interrupted',
        endedAtMs: atMs,
        heardText: event.heardText,
        cause: event.cause,
      };
    case 'chunk.withheld':
      // What was vetoed stays vetoed: that it was then withheld is the same fact again.
      return chunk.state === 'vetoed'
        ? chunk
        : { ...chunk, state: 'withheld', endedAtMs: atMs, cause: event.cause };
    default:
      return chunk;
  }
}

function judged(
  event: Extract<CallEvent, { verdicts: unknown; chunkId: unknown }>,
): Pick<ChunkView, 'verdicts' | 'judgeMs' | 'judgedAtMs'> {
  return { verdicts: event.verdicts, judgeMs: event.judgeMs, judgedAtMs: event.atMs };
}
