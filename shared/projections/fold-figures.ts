import type { CallFigures, CallOutcome } from '#shared/domain/call-figures.ts';
import type { CallEndReason } from '#shared/domain/call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

export const NO_FIGURES: CallFigures = {
  outcome: null,
  escalated: false,
  takenOver: false,
  firstAudioMs: [],
  turnLatencyMs: [],
  bargeInStopMs: [],
  toolMs: {},
  toolFailures: 0,
  judgedChunks: 0,
  vetoedChunks: 0,
  searches: 0,
  searchHits: 0,
};

/** Figures of one call from its whole log, in order (MET1). */
export function figuresOf(events: Iterable<CallEvent>): CallFigures {
  let figures = NO_FIGURES;
  let answered = false;
  for (const event of events) {
    if (event.type === 'call.connected') answered = true;
    figures =
      event.type === 'call.ended'
        ? { ...figures, outcome: outcomeOf(event.reason, answered) }
        : foldFigures(figures, event);
  }
  return figures;
}

function foldFigures(figures: CallFigures, event: CallEvent): CallFigures {
  switch (event.type) {
    case 'turn.measured': {
      const sounds = [event.reflexAudioMs, event.firstAudioMs].filter(value => value !== null);
      return {
        ...figures,
        firstAudioMs:
          sounds.length === 0 ? figures.firstAudioMs : [...figures.firstAudioMs, Math.min(...sounds)],
        turnLatencyMs:
          event.firstAudioMs === null
            ? figures.turnLatencyMs
            : [...figures.turnLatencyMs, event.firstAudioMs],
      };
    }
    case 'interruption.confirmed':
      return { ...figures, bargeInStopMs: [...figures.bargeInStopMs, event.onsetToSilenceMs] };
    case 'tool.finished':
      return {
        ...figures,
        toolMs: { ...figures.toolMs, [event.tool]: [...(figures.toolMs[event.tool] ?? []), event.latencyMs] },
        toolFailures: figures.toolFailures + (event.status === 'ok' ? 0 : 1),
      };
    case 'chunk.allowed':
    case 'chunk.redacted':
      return { ...figures, judgedChunks: figures.judgedChunks + 1 };
    case 'chunk.vetoed':
      // What a person stopped says nothing about the policies.
      return event.by === 'policy'
        ? {
            ...figures,
            judgedChunks: figures.judgedChunks + 1,
            vetoedChunks: figures.vetoedChunks + 1,
          }
        : figures;
    case 'retrieval.finished':
      return {
        ...figures,
        searches: figures.searches + 1,
        searchHits: figures.searchHits + (event.hits.length > 0 ? 1 : 0),
      };
    case 'attention.raised':
      return event.reason === 'asked-for-person' ? { ...figures, escalated: true } : figures;
    case 'floor.changed':
      return event.holder === 'human'
        ? { ...figures, escalated: true, takenOver: figures.takenOver || event.cause === 'take-over' }
        : figures;
    default:
      return figures;
  }
}

const CUT_OFF: ReadonlySet<CallEndReason> = new Set(['line-failed', 'worker-crashed', 'worker-stopped']);

/** What became of a call, from the reason of its end and whether it was ever answered (MET2). */
export function outcomeOf(reason: CallEndReason, answered: boolean): CallOutcome {
  if (!answered) return CUT_OFF.has(reason) ? 'not-set-up' : 'given-up';
  return CUT_OFF.has(reason) ? 'cut-off' : 'succeeded';
}
