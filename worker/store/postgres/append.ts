import type pg from 'pg';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { derivedRows, type DerivedRow } from '../derived-rows.ts';
import { parseEvent } from '../row-values.ts';
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
  const released = await releasedBefore(client, entries);
  const fresh = await insertEvents(client, logId, entries);
  const rows: { readonly event: CallEvent; readonly row: DerivedRow }[] = [];
  for (const { event } of entries) {
    if (fresh.delete(keyOf(event)))
      for (const row of derivedRows(event, chunkId => released.get(chunkKey(event, chunkId)) ?? null))
        rows.push({ event, row });
    if (event.type === 'chunk.released') released.set(chunkKey(event, event.chunkId), event.text);
  }
  await writeDerived(client, logId, rows);
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

/** Texts that were released in earlier groups, of the calls in which something was spoken now. */
async function releasedBefore(
  client: pg.ClientBase,
  entries: readonly JournalEntry[],
): Promise<Map<string, string>> {
  const spoken = entries.flatMap(({ event }) => (event.type === 'chunk.spoken' ? [event] : []));
  const texts = new Map<string, string>();
  if (spoken.length === 0) return texts;
  const { rows } = await client.query<{ payload_json: string }>({
    name: 'released-before',
    text: `SELECT payload_json FROM call_events WHERE event_type = 'chunk.released' AND conversation_id = ANY($1::text[]) ORDER BY conversation_id, seq`,
    values: [[...new Set(spoken.map(event => text(event.conversationId)))]],
  });
  for (const row of rows) {
    const event = parseEvent(row.payload_json);
    if (event.type === 'chunk.released') texts.set(chunkKey(event, event.chunkId), event.text);
  }
  return texts;
}

const keyOf = (event: CallEvent): string => `${text(event.orgId)}\n${text(event.id)}`;
const chunkKey = (event: CallEvent, chunkId: string): string => `${event.conversationId}\n${chunkId}`;
