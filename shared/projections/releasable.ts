import type { CallTimeline, ChunkView } from './call-timeline.ts';

/**
 * The refused sentence that a supervisor may still release, or `null`. What the console offers; the worker decides again and knows
 * more, such as a cut that left no line (GATE71).
 */
export function releasableChunk(timeline: CallTimeline): ChunkView | null {
  const { chunks, chunkOrder, floor, endedAtMs, lines } = timeline;
  if (floor !== 'ai' || endedAtMs !== null) return null;
  const after: ChunkView[] = [];
  for (const chunkId of chunkOrder.toReversed()) {
    const chunk = chunks[chunkId];
    if (!chunk || chunk.lane === 'A') continue;
    const { veto } = chunk;
    if (veto) {
      const { endedAtMs: refusedAtMs } = chunk;
      const may = veto.by === 'policy' && veto.overridable && veto.released === null;
      const movedOn = lines.some(line => line.kind === 'caller' && line.atMs > (refusedAtMs ?? 0));
      return may && !movedOn && after.every(one => one.speakingAtMs === null) ? chunk : null;
    }
    after.push(chunk);
  }
  return null;
}
