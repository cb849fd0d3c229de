import {
  and,
  asc,
  desc,
  eq,
  exists,
  gt,
  gte,
  ilike,
  inArray,
  isNotNull,
  lt,
  or,
  sql,
  type SQL,
} from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { CallFigures, EndedCallFigures } from '#shared/domain/call-figures.ts';
import type { CallFilter, CallQuery } from '#shared/domain/call-list.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { ConversationRow, Store, TurnRow } from '../store.ts';
import { parseEvent } from '../row-values.ts';
import type { PostgresAccess } from './connection.ts';
import { text } from './insert-rows.ts';
import { noteField } from './note-queries.ts';
import { auditPolicy, auditToolCalls, conversations, conversationTurns } from './schema.ts';

/** Cold queries are written with Drizzle on a connection that has its org already. */
export const queries = (client: pg.ClientBase): NodePgDatabase => drizzle(client as pg.Client);

/** The order of bytes, as SQLite has it, whatever the database's language. */
export const byBytes = (column: PgColumn): SQL => sql`${column} COLLATE "C"`;

/** A search in which no letter has a meaning (HIS2). */
export const anywhere = (words: string): string => `%${text(words).replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;

/** What a filter of the history means. */
const FILTERS: Readonly<Record<CallFilter, SQL | undefined>> = {
  all: undefined,
  stopped: gt(conversations.vetoCount, 0),
  'taken-over': eq(conversations.takenOver, true),
  'cut-off': inArray(conversations.endReason, ['line-failed', 'worker-crashed', 'worker-stopped']),
  flagged: sql`(${conversations.orgId}, ${conversations.id}) IN (SELECT org_id, ${sql.raw(noteField('callId'))} FROM knowledge_docs WHERE NOT deleted AND ${sql.raw(noteField('flag'))} IS NOT NULL)`,
};

const CONVERSATION = {
  id: sql<CallId>`${conversations.id}`,
  orgId: sql<OrgId>`${conversations.orgId}`,
  channel: conversations.channel,
  displayName: conversations.displayName,
  line: conversations.line,
  startedAtMs: conversations.startedAtMs,
  connectedAtMs: conversations.connectedAtMs,
  endedAtMs: conversations.endedAtMs,
  status: conversations.status,
  endReason: conversations.endReason,
  intent: conversations.intent,
  vetoCount: conversations.vetoCount,
  takenOver: conversations.takenOver,
  recorded: conversations.recorded,
};

type CallReads = Pick<
  Store,
  | 'head'
  | 'callEvents'
  | 'entries'
  | 'openCalls'
  | 'conversations'
  | 'conversation'
  | 'turns'
  | 'policyRows'
  | 'figures'
  | 'toolCalls'
>;

/** Calls as they are read. What belongs to a log (`head`, `entries`, `openCalls`) is of this worker's log; the rest is the team's. */
export function callQueries({ inOrg, everywhere }: PostgresAccess, logId: string): CallReads {
  return {
    head: () =>
      everywhere(async client => {
        const { rows } = await client.query<{ head: number | null }>({
          name: 'head',
          text: 'SELECT max(position) AS head FROM call_events WHERE log_id = $1',
          values: [logId],
        });
        return rows[0]?.head ?? -1;
      }),
    callEvents: (callId, afterSeq) =>
      everywhere(async client => {
        const { rows } = await client.query<{ payload_json: string }>({
          name: 'call-events',
          text: 'SELECT payload_json FROM call_events WHERE conversation_id = $1 AND seq > $2 ORDER BY seq',
          values: [text(callId), afterSeq],
        });
        return rows.map(row => parseEvent(row.payload_json));
      }),
    entries: (after, limit) =>
      everywhere(async client => {
        const { rows } = await client.query<{ position: number; payload_json: string }>({
          name: 'entries',
          text: 'SELECT position, payload_json FROM call_events WHERE log_id = $1 AND position > $2 ORDER BY position LIMIT $3',
          values: [logId, after, limit],
        });
        return rows.map(row => ({ position: row.position, event: parseEvent(row.payload_json) }));
      }),
    openCalls: () =>
      everywhere(async client => {
        const { rows } = await client.query<OpenCall>({
          name: 'open-calls',
          text: `SELECT c.id AS "callId", c.org_id AS "orgId", c.started_at AS "startedAtMs", (SELECT max(seq) FROM call_events e WHERE e.conversation_id = c.id AND e.org_id = c.org_id) AS "lastSeq" FROM conversations c WHERE c.ended_at IS NULL AND c.log_id = $1`,
          values: [logId],
        });
        return rows;
      }),
    conversations: (orgId, query) => inOrg(orgId, client => listCalls(client, orgId, query)),
    conversation: (orgId, callId) =>
      inOrg(orgId, async client => {
        const rows: ConversationRow[] = await queries(client)
          .select(CONVERSATION)
          .from(conversations)
          .where(and(eq(conversations.orgId, orgId), eq(conversations.id, text(callId))));
        return rows[0] ?? null;
      }),
    turns: callId =>
      everywhere((client): Promise<TurnRow[]> =>
        queries(client)
          .select({
            id: conversationTurns.id,
            speaker: conversationTurns.speaker,
            startedAtMs: conversationTurns.startedAtMs,
            endedAtMs: conversationTurns.endedAtMs,
            text: conversationTurns.text,
          })
          .from(conversationTurns)
          .where(eq(conversationTurns.conversationId, text(callId)))
          .orderBy(asc(conversationTurns.startedAtMs), byBytes(conversationTurns.id)),
      ),
    policyRows: callId =>
      everywhere(async client => {
        const rows = await queries(client)
          .select({
            id: auditPolicy.id,
            turnId: auditPolicy.turnId,
            policy: auditPolicy.policy,
            decision: auditPolicy.decision,
            reason: auditPolicy.reason,
            atMs: auditPolicy.atMs,
            payload: auditPolicy.payload,
          })
          .from(auditPolicy)
          .where(eq(auditPolicy.conversationId, text(callId)))
          .orderBy(asc(auditPolicy.atMs), byBytes(auditPolicy.id));
        return rows.map(({ payload, ...row }) => ({ ...row, documentVersion: documentVersionOf(payload) }));
      }),
    figures: (orgId, { fromMs, toMs }) =>
      inOrg(orgId, async client => {
        const rows = await queries(client)
          .select({
            endedAtMs: sql<number>`${conversations.endedAtMs}`,
            figures: sql<string>`${conversations.figures}`,
          })
          .from(conversations)
          .where(
            and(
              eq(conversations.orgId, orgId),
              gte(conversations.endedAtMs, fromMs),
              lt(conversations.endedAtMs, toMs),
              isNotNull(conversations.figures),
            ),
          )
          .orderBy(asc(conversations.endedAtMs));
        return rows.map((row): EndedCallFigures => ({
          endedAtMs: Number(row.endedAtMs),
          figures: JSON.parse(row.figures) as CallFigures,
        }));
      }),
    toolCalls: callId =>
      everywhere(async client => {
        const rows = await queries(client)
          .select()
          .from(auditToolCalls)
          .where(eq(auditToolCalls.conversationId, text(callId)))
          .orderBy(asc(auditToolCalls.atMs), byBytes(auditToolCalls.id));
        return rows.map(row => ({
          ...row,
          orgId: row.orgId as OrgId,
          conversationId: row.conversationId as CallId,
        }));
      }),
  };
}

/** Calls by their ids, on a connection of the org. */
export async function conversationsById(
  client: pg.ClientBase,
  orgId: OrgId,
  callIds: readonly string[],
): Promise<ReadonlyMap<string, ConversationRow>> {
  const rows: ConversationRow[] = await queries(client)
    .select(CONVERSATION)
    .from(conversations)
    .where(and(eq(conversations.orgId, orgId), inArray(conversations.id, callIds.map(text))));
  return new Map(rows.map(row => [row.id, row]));
}

type OpenCall = Awaited<ReturnType<Store['openCalls']>>[number];

async function listCalls(
  client: pg.ClientBase,
  orgId: OrgId,
  { limit, beforeMs, query, filter }: CallQuery,
): Promise<ConversationRow[]> {
  const words = anywhere(query);
  const spoken = queries(client)
    .select({ one: sql`1` })
    .from(conversationTurns)
    .where(and(eq(conversationTurns.conversationId, conversations.id), ilike(conversationTurns.text, words)));
  const matches =
    query === ''
      ? undefined
      : or(ilike(conversations.displayName, words), ilike(conversations.line, words), exists(spoken));
  return queries(client)
    .select(CONVERSATION)
    .from(conversations)
    .where(
      and(eq(conversations.orgId, orgId), lt(conversations.startedAtMs, beforeMs), FILTERS[filter], matches),
    )
    .orderBy(desc(conversations.startedAtMs))
    .limit(limit);
}

function documentVersionOf(payload: string): string | null {
  return (JSON.parse(payload) as { readonly documentVersion?: string }).documentVersion ?? null;
}
