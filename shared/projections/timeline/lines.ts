import type { CallEvent } from '#shared/events/call-event.ts';
import type { CallTimeline, TranscriptLine } from '../call-timeline.ts';
import { withSplice } from '../one-batch.ts';
import { eventWords } from '../words.ts';

/** The transcript. Lines are ordered by when they began; a line that arrives late takes its place among the others (TL5). */
export function foldLines(timeline: CallTimeline, event: CallEvent): CallTimeline {
  switch (event.type) {
    case 'transcript.final':
      return withLine(timeline, {
        kind: 'caller',
        key: event.id,
        atMs: event.startedAtMs,
        text: event.text,
      });
    case 'chunk.speaking':
      return withSpokenChunk(timeline, event);
    case 'chunk.vetoed':
      return withLine(timeline, { kind: 'veto', key: event.id, atMs: event.atMs, chunkId: event.chunkId });
    case 'whisper.noted':
      return withLine(timeline, { kind: 'note', key: event.id, atMs: event.atMs, noteId: event.noteId });
    case 'human-speech.finished':
      return withLine(timeline, {
        kind: 'human',
        key: event.id,
        atMs: event.startedAtMs,
        userName: event.userName,
        durationMs: event.durationMs,
        text: event.text,
      });
    default: {
      const detail = eventWords(event);
      return detail === null
        ? timeline
        : withLine(timeline, { kind: 'event', key: event.id, atMs: event.atMs, event: event.type, detail });
    }
  }
}

function withSpokenChunk(
  timeline: CallTimeline,
  event: Extract<CallEvent, { type: 'chunk.speaking' }>,
): CallTimeline {
  const { chunkId, atMs } = event;
  const last = timeline.lines.at(-1);
  const turnId = timeline.chunks[chunkId]?.turnId;
  if (last?.kind === 'ai') {
    const before = timeline.chunks[last.chunkIds.at(-1) ?? ''];
    if (last.chunkIds.includes(chunkId)) return timeline;
    if (before && before.turnId === turnId) {
      const grown = { ...last, chunkIds: [...last.chunkIds, chunkId] };
      return { ...timeline, lines: withSplice(timeline.lines, timeline.lines.length - 1, 1, grown) };
    }
  }
  return withLine(timeline, { kind: 'ai', key: event.id, atMs, chunkIds: [chunkId] });
}

function withLine(timeline: CallTimeline, line: TranscriptLine): CallTimeline {
  const { lines } = timeline;
  const after = lines.findLastIndex(other => other.atMs <= line.atMs);
  return { ...timeline, lines: withSplice(lines, after + 1, 0, line) };
}
