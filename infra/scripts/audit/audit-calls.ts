import { callEventSchema, type CallEvent } from '#shared/events/call-event.ts';
import { verifySpoken, type SpokenProof } from '#worker/audit/verify-spoken.ts';

export interface AuditReport {
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1 | 2;
}

/** Reads events as `GET /api/calls/:id/events` gives them (`{"events":[...]}`), as one array, or one per line. */
export function readEvents(text: string): readonly CallEvent[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return parse(JSON.parse(trimmed));
  if (trimmed.startsWith('{')) {
    const [first = ''] = trimmed.split('\n');
    try {
      const whole: unknown = JSON.parse(trimmed);
      return parse(holdsEvents(whole) ? whole.events : [whole]);
    } catch (error) {
      if (first === trimmed) throw error;
    }
  }
  return parse(
    trimmed
      .split('\n')
      .filter(line => line.trim() !== '')
      .map(line => JSON.parse(line) as unknown),
  );
}

/** One line per call, then one per fault (MED47). */
export function auditCalls(events: readonly CallEvent[]): AuditReport {
  const calls = Map.groupBy(events, event => event.conversationId);
  if (calls.size === 0) return { lines: ['There is no event to read.'], exitCode: 2 };
  const proofs = [...calls.values()].map(ofCall =>
    verifySpoken(ofCall.toSorted((one, other) => one.seq - other.seq)),
  );
  return {
    lines: proofs.flatMap(linesOf),
    exitCode: proofs.every(proof => proof.verdict === 'pass') ? 0 : 1,
  };
}

function linesOf(proof: SpokenProof): readonly string[] {
  const { callId, verdict, chunksHeard, pieces, audibleSamples, audibleChars, faults, unfinishedChunks } =
    proof;
  const seconds = (audibleSamples / 16_000).toFixed(2);
  return [
    `${verdict.toUpperCase()} ${callId}: ${chunksHeard} chunks, ${audibleChars} characters, ${seconds} s in ${pieces} pieces`,
    ...unfinishedChunks.map(chunkId => `  unfinished: the worker died while chunk ${chunkId} sounded`),
    ...faults.map(({ rule, seq, says }) => `  ${rule} at event ${seq}: ${says}`),
  ];
}

const holdsEvents = (value: unknown): value is { events: unknown } =>
  typeof value === 'object' && value !== null && 'events' in value;

const parse = (value: unknown): readonly CallEvent[] => callEventSchema.array().parse(value);
