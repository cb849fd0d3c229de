import type pg from 'pg';
import type { ToolCallRow } from '#shared/adapters/ticket-book.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { figuresOf } from '#shared/projections/fold-figures.ts';
import type { DerivedRow } from '../derived-rows.ts';
import { parseEvent, policyValues, toolCallValues, turnValues } from '../row-values.ts';
import { insertRows, text } from './insert-rows.ts';

interface EventRow {
  readonly event: CallEvent;
  readonly row: DerivedRow;
}

/** Rows that follow from events, in the events' transaction: those that are only added in groups, calls one change at a time. */
export async function writeDerived(
  client: pg.ClientBase,
  logId: string,
  rows: readonly EventRow[],
): Promise<void> {
  for (const { event, row } of rows)
    if (row.table === 'conversations') await changeConversation(client, logId, event, row);
  await addTurns(client, rows);
  await addVerdicts(client, rows);
  await addToolCalls(
    client,
    rows.flatMap(({ event, row }) => (row.table === 'audit_tool_calls' ? [toolCallValues(event, row)] : [])),
  );
  await addTicketRequests(client, logId, rows);
}

type ConversationChange = Extract<DerivedRow, { table: 'conversations' }>;

const MARKS = {
  vetoed: 'veto_count = veto_count + 1',
  'taken-over': 'taken_over = true',
  recorded: 'recorded = true',
} as const;

async function changeConversation(
  client: pg.ClientBase,
  logId: string,
  event: CallEvent,
  row: ConversationChange,
): Promise<void> {
  const key = [text(event.conversationId), text(event.orgId)];
  const atMs = Math.round(event.atMs);
  const set = (name: string, assignments: string, values: readonly unknown[] = []): Promise<unknown> =>
    client.query({
      name: `call ${name}`,
      text: `UPDATE conversations SET ${assignments} WHERE id = $1 AND org_id = $2`,
      values: [...key, ...values],
    });
  switch (row.change) {
    case 'begin':
      await client.query({
        name: 'call begin',
        text: `INSERT INTO conversations (id, org_id, log_id, channel, display_name, line, started_at, status) VALUES ($1, $2, $3, $4, $5, $6, $7, 'ringing') ON CONFLICT DO NOTHING`,
        values: [...key, logId, text(row.channel), text(row.displayName), text(row.line), atMs],
      });
      return;
    case 'connect':
      await set('connect', `connected_at = $3, status = 'connected'`, [atMs]);
      return;
    case 'intent':
      await set('intent', 'intent = $3', [text(row.intent)]);
      return;
    case 'end':
      await set('end', `ended_at = $3, status = 'ended', end_reason = $4, figures_json = $5`, [
        atMs,
        row.reason,
        JSON.stringify(figuresOf(await eventsOf(client, event.conversationId))),
      ]);
      return;
    default:
      await set(row.change, MARKS[row.change]);
  }
}

async function eventsOf(client: pg.ClientBase, callId: string): Promise<readonly CallEvent[]> {
  const { rows } = await client.query<{ payload_json: string }>({
    name: 'events of call',
    text: 'SELECT payload_json FROM call_events WHERE conversation_id = $1 ORDER BY seq',
    values: [text(callId)],
  });
  return rows.map(row => parseEvent(row.payload_json));
}

async function addTurns(client: pg.ClientBase, rows: readonly EventRow[]): Promise<void> {
  const turns = rows.flatMap(({ event, row }) =>
    row.table === 'conversation_turns' ? [turnValues(event, row)] : [],
  );
  if (turns.length === 0) return;
  await insertRows(client, {
    table: 'conversation_turns',
    columns: {
      id: 'text',
      org_id: 'text',
      conversation_id: 'text',
      speaker: 'text',
      started_at: 'bigint',
      ended_at: 'bigint',
      transcript_text: 'text',
      metadata_json: 'text',
    },
    rows: turns.map(turn => [
      turn.id,
      turn.orgId,
      turn.conversationId,
      turn.speaker,
      turn.startedAtMs,
      turn.endedAtMs,
      turn.text,
      turn.metadata,
    ]),
  });
}

async function addVerdicts(client: pg.ClientBase, rows: readonly EventRow[]): Promise<void> {
  const verdicts = rows.flatMap(({ event, row }) =>
    row.table === 'audit_policy' ? [policyValues(event, row)] : [],
  );
  if (verdicts.length === 0) return;
  await insertRows(client, {
    table: 'audit_policy',
    columns: {
      id: 'text',
      org_id: 'text',
      conversation_id: 'text',
      turn_id: 'text',
      policy_name: 'text',
      decision: 'text',
      reason: 'text',
      ts: 'bigint',
      payload_json: 'text',
    },
    rows: verdicts.map(verdict => [
      verdict.id,
      verdict.orgId,
      verdict.conversationId,
      verdict.turnId,
      verdict.policy,
      verdict.decision,
      verdict.reason,
      verdict.atMs,
      verdict.payload,
    ]),
  });
}

/** The audit of tool calls; a row that is there already stays as it is. */
export async function addToolCalls(client: pg.ClientBase, calls: readonly ToolCallRow[]): Promise<void> {
  if (calls.length === 0) return;
  await insertRows(client, {
    table: 'audit_tool_calls',
    columns: {
      id: 'text',
      org_id: 'text',
      conversation_id: 'text',
      turn_id: 'text',
      tool_name: 'text',
      request_hash: 'text',
      response_hash: 'text',
      status: 'text',
      latency_ms: 'float8',
      ts: 'bigint',
      redacted_request_json: 'text',
      redacted_response_json: 'text',
    },
    rows: calls.map(call => [
      call.id,
      call.orgId,
      call.conversationId,
      call.turnId,
      call.tool,
      call.requestHash,
      call.responseHash,
      call.status,
      call.latencyMs,
      Math.round(call.atMs),
      call.redactedRequest,
      call.redactedResponse,
    ]),
  });
}

async function addTicketRequests(
  client: pg.ClientBase,
  logId: string,
  rows: readonly EventRow[],
): Promise<void> {
  const requests = rows.flatMap(({ row }) => (row.table === 'ticket_requests' ? [row.event] : []));
  if (requests.length === 0) return;
  await insertRows(client, {
    table: 'ticket_requests',
    columns: {
      id: 'text',
      org_id: 'text',
      log_id: 'text',
      conversation_id: 'text',
      turn_id: 'text',
      operation_json: 'text',
      state: 'text',
      attempts: 'integer',
      next_attempt_at: 'bigint',
      created_at: 'bigint',
      updated_at: 'bigint',
    },
    rows: requests.map(event => {
      const atMs = Math.round(event.atMs);
      return [
        event.requestId,
        event.orgId,
        logId,
        event.conversationId,
        event.turnId ?? null,
        JSON.stringify(event.operation),
        'waiting',
        0,
        atMs,
        atMs,
        atMs,
      ];
    }),
  });
}
