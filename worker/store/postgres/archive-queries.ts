import type pg from 'pg';
import {
  archiveWords,
  asksForLines,
  marksAsked,
  type ArchiveFacets,
  type ArchiveQuery,
} from '#shared/domain/archive.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import {
  archiveLine,
  chunkTextsOf,
  hitOf,
  type ChunkText,
  type FoundCall,
  type HitRow,
} from '#shared/projections/archive-line.ts';
import { parseEvent } from '../row-values.ts';
import { insertRows, text } from './insert-rows.ts';

const HITS_SHOWN = 5;

/** Lines of events that were just written, in their transaction. What is there already stays. */
export async function addArchiveLines(
  client: pg.ClientBase,
  events: readonly CallEvent[],
  textOf: (event: CallEvent) => ChunkText,
): Promise<void> {
  const begun = events.filter(event => event.type === 'call.ringing');
  if (begun.length > 0)
    await insertRows(client, {
      table: 'archive_calls',
      columns: { call_id: 'text', org_id: 'text', started_at: 'bigint', title: 'text' },
      rows: begun.map(event => [
        event.conversationId,
        event.orgId,
        Math.round(event.atMs),
        archiveWords(`${event.displayName} ${event.line}`).join(' '),
      ]),
    });
  for (const event of events)
    if (event.type === 'call.ended')
      await client.query({
        name: 'archive-ended',
        text: 'UPDATE archive_calls SET outcome = $3 WHERE call_id = $1 AND org_id = $2',
        values: [text(event.conversationId), text(event.orgId), event.reason],
      });
  const lines = events.flatMap(event => {
    const line = archiveLine(event, textOf(event));
    return line ? [{ event, line }] : [];
  });
  if (lines.length === 0) return;
  await insertRows(client, {
    table: 'archive_lines',
    columns: {
      org_id: 'text',
      call_id: 'text',
      seq: 'integer',
      ts: 'bigint',
      kind: 'text',
      person: 'text',
      policy: 'text',
      tool: 'text',
      mark: 'text',
      line_text: 'text',
      folded: 'text',
    },
    rows: lines.map(({ event, line }) => [
      event.orgId,
      event.conversationId,
      line.seq,
      Math.round(line.atMs),
      line.kind,
      line.person,
      line.policy,
      line.tool,
      line.mark,
      line.text,
      foldedOf(line.text),
    ]),
  });
}

/** What is found of a call is what its events say now, and nothing that they said before (PRIV5). */
export async function rewriteArchive(
  client: pg.ClientBase,
  [orgId, callId]: readonly [orgId: string, callId: string],
  events: readonly CallEvent[],
): Promise<void> {
  for (const table of ['archive_lines', 'archive_calls'])
    await client.query(`DELETE FROM ${table} WHERE org_id = $1 AND call_id = $2`, [orgId, callId]);
  const textOf = chunkTextsOf(events);
  await addArchiveLines(client, events, () => textOf);
}

/** Longer words than an index of PostgreSQL takes nobody looks for. */
const foldedOf = (said: string): string =>
  archiveWords(said)
    .filter(word => word.length <= 500)
    .join(' ');

/** Calls that match, newest first, with lines that say why. On a connection of the org. */
export async function searchArchive(
  client: pg.ClientBase,
  orgId: string,
  query: ArchiveQuery,
): Promise<readonly FoundCall[]> {
  const words = archiveWords(query.text);
  const match = words.map(word => `'${word}':*`).join(' & ');
  const values: unknown[] = [orgId, query.fromMs, query.toMs, query.beforeMs, query.limit];
  const where: string[] = [];
  const bind = (value: unknown): string => `$${String(values.push(value))}`;
  const has = (column: string, value: string): void => {
    if (value !== '')
      where.push(`EXISTS (SELECT 1 FROM archive_lines l WHERE l.call_id = c.call_id AND l.org_id = c.org_id AND l.${column} = ${bind(text(value))})`); // prettier-ignore
  };
  if (query.outcome !== '') where.push(`c.outcome = ${bind(text(query.outcome))}`);
  has('person', query.person);
  has('policy', query.policy);
  has('tool', query.tool);
  for (const mark of marksAsked(query)) has('mark', mark);
  if (match !== '') {
    const said = `c.call_id IN (SELECT l.call_id FROM archive_lines l WHERE l.org_id = $1 AND l.words @@ ${bind(match)}::tsquery)`;
    const titles = words.map(word => `(' ' || c.title) LIKE ${bind(`% ${word}%`)}`).join(' AND ');
    where.push(`(${said} OR (${titles}))`);
  }
  const { rows } = await client.query<{ callId: string }>(
    `SELECT c.call_id AS "callId" FROM archive_calls c WHERE c.org_id = $1 AND c.started_at >= $2 AND c.started_at <= $3 AND c.started_at < $4 ${where
      .map(sql => `AND ${sql}`)
      .join(' ')} ORDER BY c.started_at DESC, c.call_id COLLATE "C" DESC LIMIT $5`,
    values,
  );
  const found: FoundCall[] = [];
  for (const { callId } of rows)
    found.push({
      callId,
      hits: asksForLines(query)
        ? (await readHits(client, orgId, callId, query, match)).map(row => hitOf(row, words))
        : [],
    });
  return found;
}

async function readHits(
  client: pg.ClientBase,
  orgId: string,
  callId: string,
  query: ArchiveQuery,
  match: string,
): Promise<readonly HitRow[]> {
  const values: unknown[] = [orgId, callId, HITS_SHOWN];
  const bind = (value: unknown): string => `$${String(values.push(value))}`;
  const marks = marksAsked(query);
  const which =
    match === ''
      ? [
          ...(['person', 'policy', 'tool'] as const).flatMap(name =>
            query[name] === '' ? [] : [`${name} = ${bind(text(query[name]))}`],
          ),
          ...(marks.length === 0 ? [] : [`mark = ANY(${bind(marks)}::text[])`]),
        ].join(' OR ')
      : `words @@ ${bind(match)}::tsquery`;
  if (which === '') return [];
  const { rows } = await client.query<HitRow>(
    `SELECT seq, ts AS "atMs", kind, person, policy, tool, line_text AS text FROM archive_lines WHERE org_id = $1 AND call_id = $2 AND (${which}) ORDER BY seq LIMIT $3`,
    values,
  );
  return rows;
}

export async function readFacets(client: pg.ClientBase, orgId: string): Promise<ArchiveFacets> {
  const of = async (column: string, table: string): Promise<string[]> => {
    const { rows } = await client.query<{ found: string }>(
      `SELECT DISTINCT ${column} COLLATE "C" AS found FROM ${table} WHERE org_id = $1 AND ${column} IS NOT NULL ORDER BY 1 LIMIT 200`,
      [orgId],
    );
    return rows.map(({ found }) => found);
  };
  return {
    people: await of('person', 'archive_lines'),
    policies: await of('policy', 'archive_lines'),
    tools: await of('tool', 'archive_lines'),
    outcomes: await of('outcome', 'archive_calls'),
  };
}

const BACKFILL_ENTRIES = 2_000;

/** Indexes a log that was written before there was an index; once. */
export async function indexLog(client: pg.ClientBase, logId: string): Promise<void> {
  const { rows } = await client.query<{ archived: boolean }>('SELECT archived FROM logs WHERE id = $1', [
    logId,
  ]);
  if (rows[0]?.archived !== false) return;
  const texts = new Map<string, string>();
  for (let after = -1; ;) {
    const page = await client.query<{ position: number; payload_json: string }>(
      'SELECT position, payload_json FROM call_events WHERE log_id = $1 AND position > $2 ORDER BY position LIMIT $3',
      [logId, after, BACKFILL_ENTRIES],
    );
    const events = page.rows.map(row => parseEvent(row.payload_json));
    for (const event of events) keepText(texts, event);
    await addArchiveLines(client, events, textsOf(texts));
    const last = page.rows.at(-1);
    if (!last || page.rows.length < BACKFILL_ENTRIES) break;
    after = last.position;
  }
  await client.query('UPDATE logs SET archived = true WHERE id = $1', [logId]);
}

/** Words of chunks by call, for lines that speak of a chunk. */
export function keepText(texts: Map<string, string>, event: CallEvent): void {
  if (event.type === 'chunk.drafted' || event.type === 'chunk.released')
    texts.set(
      textKey(event, event.chunkId, event.type === 'chunk.drafted' ? 'drafted' : 'released'),
      event.text,
    );
}
export const textsOf =
  (texts: ReadonlyMap<string, string>) =>
  (event: CallEvent): ChunkText =>
  (chunkId, as) =>
    texts.get(textKey(event, chunkId, as)) ?? null;
const textKey = (event: CallEvent, chunkId: string, as: string): string =>
  `${event.conversationId}\n${chunkId}\n${as}`;
