import {
  archiveMarksIn,
  type ArchiveHit,
  type ArchiveKind,
  type ArchiveMark,
} from '#shared/domain/archive.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** What one event says to somebody who searches. */
export interface ArchiveLine {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: ArchiveKind;
  /** Name of one of us. */
  readonly person: string | null;
  readonly policy: string | null;
  readonly tool: string | null;
  readonly mark: ArchiveMark | null;
  readonly text: string;
}

/** The words of a chunk as it was drafted or released; `null` where they are not known. */
export type ChunkText = (chunkId: string, as: 'drafted' | 'released') => string | null;

/** The words of the chunks of one whole call. */
export function chunkTextsOf(events: readonly CallEvent[]): ChunkText {
  const texts = new Map<string, string>();
  for (const event of events)
    if (event.type === 'chunk.drafted' || event.type === 'chunk.released')
      texts.set(`${event.type} ${event.chunkId}`, event.text);
  return (chunkId, as) => texts.get(`chunk.${as} ${chunkId}`) ?? null;
}

/** @returns `null` for what nobody would look for. Pure; the same for every index (ARC1). */
export function archiveLine(event: CallEvent, textOf: ChunkText): ArchiveLine | null {
  const line = (kind: ArchiveKind, text: string, more: Partial<ArchiveLine> = {}): ArchiveLine | null =>
    text.trim() === '' ? null : { seq: event.seq, atMs: event.atMs, kind, person: null, policy: null, tool: null, mark: null, text, ...more }; // prettier-ignore
  switch (event.type) {
    case 'transcript.final':
      return line('caller', event.text, { atMs: event.startedAtMs });
    case 'chunk.spoken':
      return line('ai', textOf(event.chunkId, 'released') ?? '', { atMs: event.atMs - event.heardMs });
    case 'chunk.interrupted':
      return line('ai', event.heardText, { atMs: event.atMs - event.heardMs });
    case 'human-speech.finished':
      return line('person', event.text ?? '', { atMs: event.startedAtMs });
    case 'chunk.vetoed':
      return line('verdict', textOf(event.chunkId, 'drafted') ?? event.reason, {
        policy: event.policy,
        person: event.userName ?? null,
        mark: 'veto',
      });
    case 'chunk.redacted':
      return line('verdict', event.text, {
        policy: event.verdicts.find(({ decision }) => decision === 'redact')?.policy ?? null,
      });
    case 'chunk.overruled':
      return line('action', textOf(event.chunkId, 'drafted') ?? 'Released what was refused', {
        person: event.userName,
        policy: event.policies[0] ?? null,
        mark: 'release',
      });
    case 'tool.finished':
      return line(
        'tool',
        `${event.tool} ${event.status} ${event.redactedRequest} ${event.redactedResponse}`,
        {
          tool: event.tool,
        },
      );
    case 'whisper.noted':
      return line('action', event.text, { person: event.userName, mark: 'note' });
    case 'say-now.requested':
      return line('action', event.text, { person: event.userName, mark: 'say-now' });
    case 'moment.flagged':
      return line('action', event.note === '' ? 'Flagged' : event.note, {
        person: event.userName,
        mark: 'flag',
      });
    case 'floor.changed':
      if (event.cause !== 'take-over' && event.cause !== 'barge') return null;
      return line('action', event.cause === 'barge' ? 'Barged in' : 'Took over', {
        person: event.userName,
        mark: event.cause === 'barge' ? 'barge' : 'takeover',
      });
    case 'call.transfer-requested':
      return line('action', `Transfer to ${event.target}`, {
        person: event.userName ?? null,
        mark: 'transfer',
      });
    default:
      return null;
  }
}

/** Who or what a line is of, for the list of hits. */
export const lineOwner = ({
  person,
  policy,
  tool,
}: Pick<ArchiveLine, 'person' | 'policy' | 'tool'>): string | null => person ?? policy ?? tool;

export interface FoundCall {
  readonly callId: string;
  readonly hits: readonly ArchiveHit[];
}

export interface HitRow {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: ArchiveKind;
  readonly person: string | null;
  readonly policy: string | null;
  readonly tool: string | null;
  readonly text: string;
}

export const hitOf = (row: HitRow, words: readonly string[]): ArchiveHit => ({
  seq: row.seq,
  atMs: row.atMs,
  kind: row.kind,
  who: lineOwner(row),
  text: row.text,
  marks: archiveMarksIn(row.text, words),
});
