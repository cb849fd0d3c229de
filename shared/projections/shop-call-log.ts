import type { CallLog } from '#shared/domain/shop.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** One row of the log that a shop keeps of its calls (req:K6): each judged wish, what was looked up, and what came of it. */
export function shopCallLog(events: Iterable<CallEvent>, shopId: string): readonly CallLog[] {
  const rows: CallLog[] = [];
  const last = (change: (row: CallLog) => Partial<CallLog>, turnId?: string): void => {
    const named = turnId === undefined ? -1 : rows.findLastIndex(row => turns.get(row.id) === turnId);
    const at = named === -1 ? rows.length - 1 : named;
    const row = rows[at];
    if (row) rows[at] = { ...row, ...change(row) };
  };
  const turns = new Map<string, string | undefined>();
  /** An acknowledgement is no answer. */
  const reflexes = new Set<string>();
  for (const event of events) {
    switch (event.type) {
      case 'intent.judged':
        turns.set(event.id, event.turnId);
        rows.push({
          id: event.id,
          shopId,
          timestampMs: event.atMs,
          intent: event.intent,
          toolCalled: null,
          result: null,
          confidenceRatio: event.confidenceRatio,
          durationMs: 0,
          outcome: 'not-answered',
        });
        break;
      case 'tool.finished':
        last(() => ({ toolCalled: event.tool, result: event.status }), event.turnId);
        break;
      case 'chunk.drafted':
        if (event.lane === 'A') reflexes.add(event.chunkId);
        break;
      case 'chunk.vetoed':
        last(({ outcome }) => ({ outcome: outcome === 'answered' ? outcome : 'stopped' }), event.turnId);
        break;
      case 'chunk.spoken':
        if (reflexes.has(event.chunkId)) break;
        last(({ timestampMs, outcome }) => ({
          durationMs: Math.max(0, event.atMs - timestampMs),
          outcome: outcome === 'taken-over' ? outcome : 'answered',
        }));
        break;
      case 'floor.changed':
        if (event.holder === 'human') last(() => ({ outcome: 'taken-over' }));
        break;
      default:
        break;
    }
  }
  return rows;
}
