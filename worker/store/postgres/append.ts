import type pg from 'pg';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { derivedRows, type DerivedRow } from '../derived-rows.ts';
import { parseEvent } from '../row-values.ts';
import { addArchiveLines, keepText, textsOf } from './archive-queries.ts';
import { insertRows, text } from './insert-rows.ts';
import { writeDerived } from './write-derived.ts';

/** Told to whoever listens that something was written; never what. */
export const WAKE_CHANNEL = 'sidetone_written';

/**
 * Entries and the rows that follow from them, inside the caller's transaction, which holds the log's row: so entries of one log
 * become visible in their order. What is there already changes nothing (PG2).
 */
export async function appendEntries(
  client: pg.ClientBase,
  logId: string,
  entries: readonly JournalEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const texts = await textsBefore(client, entries);
  const chunkText = textsOf(texts);
  const fresh = await insertEvents(client, logId, entries);
  const rows: { readonly event: CallEvent; readonly row: DerivedRow }[] = [];
  const archived: CallEvent[] = [];
  for (const { event } of entries) {
    if (fresh.delete(keyOf(event))) {
      archived.push(event);
      for (const row of derivedRows(event, chunkId => chunkText(event)(chunkId, 'released')))
        rows.push({ event, row });
    }
    keepText(texts, event);
  }
  await writeDerived(client, logId, rows);
  await addArchiveLines(client, archived, chunkText);
  await client.query({ name: 'wake', text: `SELECT pg_notify('${WAKE_CHANNEL}', '')` });
}

/** @returns the keys of those that were not there before */
async function insertEvents(
  client: pg.ClientBase,
  logId: string,
  entries: readonly JournalEntry[],
): Promise<Set<string>> {
  const { rows } = await insertRows<{ id: string; org_id: string }>(client, {
    table: 'call_events',
    columns: EVENT_COLUMNS,
    rows: entries.map(({ position, event }) => [
      logId,
      position,
      event.id,
      event.orgId,
      event.conversationId,
      event.seq,
      event.type,
      Math.round(event.atMs),
      event.v,
      JSON.stringify(event),
    ]),
    rest: 'ON CONFLICT (id, org_id) DO NOTHING RETURNING id, org_id',
  });
  return new Set(rows.map(row => `${row.org_id}\n${row.id}`));
}

const EVENT_COLUMNS = {
  log_id: 'text',
  position: 'bigint',
  id: 'text',
  org_id: 'text',
  conversation_id: 'text',
  seq: 'integer',
  event_type: 'text',
  ts: 'bigint',
  schema_version: 'integer',
  payload_json: 'text',
} as const;

/** Events that need the words of a chunk, and which words. */
const NEEDS_WORDS: Readonly<Record<string, string>> = {
  'chunk.spoken': 'chunk.released',
  'chunk.vetoed': 'chunk.drafted',
  'chunk.overruled': 'chunk.drafted',
};

/** Words of chunks of earlier groups, of the calls in which something speaks of a chunk now. */
async function textsBefore(
  client: pg.ClientBase,
  entries: readonly JournalEntry[],
): Promise<Map<string, string>> {
  const asking = entries.flatMap(({ event }) => (event.type in NEEDS_WORDS ? [event] : []));
  const texts = new Map<string, string>();
  if (asking.length === 0) return texts;
  const { rows } = await client.query<{ payload_json: string }>({
    name: 'words-before',
    text: `SELECT payload_json FROM call_events WHERE event_type = ANY($2::text[]) AND conversation_id = ANY($1::text[]) ORDER BY conversation_id, seq`,
    values: [
      [...new Set(asking.map(event => text(event.conversationId)))],
      [...new Set(asking.map(({ type }) => NEEDS_WORDS[type]))],
    ],
  });
  for (const row of rows) keepText(texts, parseEvent(row.payload_json));
  return texts;
}

const keyOf = (event: CallEvent): string => `${text(event.orgId)}\n${text(event.id)}`;
