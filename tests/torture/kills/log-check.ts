import type { CallEvent } from '#shared/events/call-event.ts';
import type { KilledRun } from './killed-worker.ts';

/** Speech beyond the length of a chunk that would be a repetition. */
const REPEAT_MS = 1000;

export interface CheckedRun {
  readonly failures: readonly string[];
  /** Events of which the run had shown that they are on disk. */
  readonly durableEvents: number;
  readonly crashedCalls: number;
  readonly spokenChunks: number;
}

/**
 * Holds what a killed worker printed against what its log kept. A released chunk shows that its verdict, and so everything
 * before it, had been reported durable (GATE42, AUD7). `log` is in the order of positions and holds every run so far.
 */
export function checkRun(
  run: KilledRun,
  log: readonly CallEvent[],
  callsBefore: ReadonlySet<string>,
): CheckedRun {
  const failures: string[] = [];
  const say = (what: string): void => void failures.push(what);
  if (run.fellBy !== null) say(`the worker ended by itself: ${run.fellBy}`);

  const byId = Map.groupBy(log, event => event.id);
  for (const [id, copies] of byId) if (copies.length > 1) say(`event ${id} is there ${copies.length} times`);

  const durable = run.printed.slice(0, shownDurable(run.printed));
  for (const event of durable) {
    const kept = byId.get(event.id)?.[0];
    if (!kept) say(`${event.type} ${event.id} was durable and is lost`);
    else if (JSON.stringify(kept) !== JSON.stringify(event)) say(`${event.type} ${event.id} was changed`);
  }

  let crashedCalls = 0;
  let spokenChunks = 0;
  for (const [callId, events] of Map.groupBy(log, event => event.conversationId)) {
    if (events.some((event, index) => event.seq !== index)) say(`call ${callId} has a gap in its sequence`);
    const ends = events.filter(event => event.type === 'call.ended');
    const last = events.at(-1);
    if (ends.length > 1) say(`call ${callId} ended ${ends.length} times`);
    if (ends.length === 1 && last?.type !== 'call.ended') say(`call ${callId} goes on after its end`);
    if (last?.type === 'call.ended' && last.reason === 'worker-crashed') crashedCalls += 1;
    if (run.wasReady && callsBefore.has(callId) && ends.length === 0)
      say(`call ${callId} was open at a kill and was not ended by the next worker`);
    spokenChunks += checkSpeech(events, say);
  }
  for (const callId of new Set(run.printed.map(event => event.conversationId)))
    if (callsBefore.has(callId)) say(`call ${callId} was taken up again by another worker`);
  return { failures, durableEvents: durable.length, crashedCalls, spokenChunks };
}

/** How many printed events the run has shown to be on disk. */
function shownDurable(printed: readonly CallEvent[]): number {
  const verdictAt = new Map<string, number>();
  let shown = 0;
  for (const [index, event] of printed.entries()) {
    if (event.type === 'chunk.allowed' || event.type === 'chunk.redacted')
      verdictAt.set(event.chunkId, index);
    if (event.type === 'chunk.released') shown = Math.max(shown, (verdictAt.get(event.chunkId) ?? -1) + 1);
  }
  return shown;
}

/** No chunk sounds twice, and none for longer than it is. @returns chunks that sounded */
function checkSpeech(events: readonly CallEvent[], say: (what: string) => void): number {
  const started = new Map<string, number>();
  const heardMs = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'chunk.speaking') {
      if (started.has(event.chunkId)) say(`chunk ${event.chunkId} began to sound twice`);
      started.set(event.chunkId, event.durationMs);
    }
    if (event.type === 'chunk.spoken' || event.type === 'chunk.interrupted') {
      if (heardMs.has(event.chunkId)) say(`chunk ${event.chunkId} was heard twice`);
      heardMs.set(event.chunkId, event.heardMs);
    }
  }
  for (const [chunkId, heard] of heardMs) {
    const durationMs = started.get(chunkId);
    if (durationMs !== undefined && heard > durationMs + REPEAT_MS)
      say(`chunk ${chunkId} sounded ${Math.round(heard - durationMs)} ms longer than it is`);
  }
  return started.size;
}
