import type pg from 'pg';
import type {
  CallKeeping,
  ErasureOutcome,
  PrivacyBook,
  TicketOfPerson,
} from '#shared/adapters/privacy-book.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import type { TicketOperation } from '#shared/domain/ticket.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import {
  ERASED_HASH,
  ERASED_NAME,
  erasedOperation,
  erasedText,
  eraseEvent,
  type ErasureScope,
} from '#shared/events/erase-event.ts';
import { gatherTraces, type TraceRow } from '../gather-traces.ts';
import { parseEvent } from '../row-values.ts';
import { rewriteArchive } from './archive-queries.ts';
import { inTransaction, type PostgresAccess } from './connection.ts';
import { eraseNotes } from './erase-notes.ts';
import { text } from './insert-rows.ts';

type StoredTicket = Omit<TicketOfPerson, 'requester'> & {
  readonly requesterName: string;
  readonly requesterPhone: string | null;
  readonly requesterEmail: string | null;
};

/** How long the team's words are kept, and their erasure. */
export function privacyQueries({ inOrg, everywhere }: PostgresAccess): PrivacyBook {
  return {
    retentionProfile: orgId =>
      everywhere(async client => {
        const { rows } = await client.query<{ profile: RetentionProfile | null }>({
          name: 'retention-profile',
          text: 'SELECT retention_profile AS profile FROM orgs WHERE id = $1',
          values: [orgId],
        });
        return rows[0]?.profile ?? null;
      }),
    setRetentionProfile: (orgId, profile) =>
      everywhere(async client => {
        const { rowCount } = await client.query({
          name: 'set-retention-profile',
          text: 'UPDATE orgs SET retention_profile = $2 WHERE id = $1',
          values: [orgId, profile],
        });
        return rowCount === 1;
      }),
    callKeeping: (orgId, callId) => inOrg(orgId, client => callKeeping(client, orgId, callId)),
    holdCall: (orgId, callId, held) => inOrg(orgId, client => holdCall(client, orgId, callId, held)),
    callsToErase: (orgId, endedBeforeMs, limit) =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<{ id: CallId }>({
          name: 'calls-to-erase',
          text: 'SELECT id FROM conversations WHERE org_id = $1 AND ended_at < $2 AND NOT legal_hold AND erased IS NULL ORDER BY ended_at, id COLLATE "C" LIMIT $3',
          values: [orgId, Math.round(endedBeforeMs), limit],
        });
        return rows.map(row => row.id);
      }),
    eraseCall: (orgId, ...rest) =>
      everywhere(client => inTransaction(client, () => eraseCall(client, orgId, ...rest))),
    personErasures: orgId =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<{ id: CallId }>({
          name: 'person-erasures',
          text: `SELECT id FROM conversations WHERE org_id = $1 AND erased = 'person' ORDER BY erased_at, id COLLATE "C"`,
          values: [orgId],
        });
        return rows.map(row => row.id);
      }),
    callerTraces: orgId =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<TraceRow>({
          name: 'caller-traces',
          text: `SELECT c.id AS "callId", c.display_name AS name, e.payload_json::json ->> 'from' AS phone, NULL AS email
                 FROM conversations c LEFT JOIN call_events e ON e.conversation_id = c.id AND e.org_id = c.org_id AND e.event_type = 'call.ringing' WHERE c.org_id = $1
                 UNION ALL SELECT conversation_id, requester_name, requester_phone, requester_email FROM tickets WHERE org_id = $1 AND conversation_id IS NOT NULL`,
          values: [orgId],
        });
        return gatherTraces(rows);
      }),
    ticketsOfCall: (orgId, callId) =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<StoredTicket>({
          name: 'tickets-of-call',
          text: `SELECT id AS "ticketId", conversation_id AS "callId", provider, external_ref AS "externalRef", status, subject, description, requester_name AS "requesterName", requester_phone AS "requesterPhone", requester_email AS "requesterEmail", created_at AS "createdAtMs",
                   ARRAY(SELECT n.body FROM ticket_notes n WHERE n.org_id = t.org_id AND n.ticket_id = t.id ORDER BY n.created_at, n.id COLLATE "C") AS notes
                 FROM tickets t WHERE org_id = $1 AND conversation_id = $2 ORDER BY created_at, id COLLATE "C"`,
          values: [orgId, text(callId)],
        });
        return rows.map(({ requesterName, requesterPhone, requesterEmail, ...ticket }) => ({
          ...ticket,
          requester: { name: requesterName, phone: requesterPhone, email: requesterEmail },
        }));
      }),
    // Old versions of rows go with the server's own vacuum; see how-to/privacy.md.
    settleErasures: () => Promise.resolve(),
  };
}

/** @returns false when the org has no such call */
export async function holdCall(
  client: pg.ClientBase,
  orgId: OrgId,
  callId: CallId,
  held: boolean,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'hold-call',
    text: 'UPDATE conversations SET legal_hold = $3 WHERE org_id = $1 AND id = $2',
    values: [orgId, text(callId), held],
  });
  return rowCount === 1;
}

async function callKeeping(client: pg.ClientBase, orgId: OrgId, callId: CallId): Promise<CallKeeping | null> {
  const { rows } = await client.query<CallKeeping>({
    name: 'call-keeping',
    text: 'SELECT legal_hold AS "legalHold", erased, ended_at IS NULL AS "isOpen" FROM conversations WHERE org_id = $1 AND id = $2',
    values: [orgId, text(callId)],
  });
  return rows[0] ?? null;
}

/** Within a transaction that sees every org. What it erases is what `sqlite-privacy.ts` erases. */
export async function eraseCall(
  client: pg.ClientBase,
  orgId: OrgId,
  callId: CallId,
  scope: ErasureScope,
  atMs: EpochMs,
): Promise<ErasureOutcome> {
  await client.query('SELECT 1 FROM conversations WHERE org_id = $1 AND id = $2 FOR UPDATE', [
    orgId,
    text(callId),
  ]);
  const keeping = await callKeeping(client, orgId, callId);
  if (!keeping) return 'unknown';
  if (keeping.erased === scope || keeping.erased === 'person') return 'erased';
  if (keeping.legalHold) return 'held';
  const { rowCount: openWishes } = await client.query(
    `SELECT 1 FROM ticket_requests WHERE org_id = $1 AND conversation_id = $2 AND state IN ('waiting', 'sending') LIMIT 1`,
    [orgId, text(callId)],
  );
  if (keeping.isOpen || (openWishes ?? 0) > 0) return 'busy';
  await eraseRows(client, [orgId, text(callId)], scope);
  await client.query('UPDATE conversations SET erased = $3, erased_at = $4 WHERE org_id = $1 AND id = $2', [
    orgId,
    text(callId),
    scope,
    Math.round(atMs),
  ]);
  await eraseNotes(client, orgId, callId, atMs);
  return 'erased';
}

type CallKey = readonly [orgId: string, callId: string];

async function eraseRows(client: pg.ClientBase, call: CallKey, scope: ErasureScope): Promise<void> {
  const rooms = await roomsOf(client, call);
  await rewrite(client, 'call_events', 'payload_json', call, payload =>
    JSON.stringify(eraseEvent(parseEvent(payload), scope)),
  );
  const { rows: events } = await client.query<{ payload: string }>(
    'SELECT payload_json AS payload FROM call_events WHERE org_id = $1 AND conversation_id = $2 ORDER BY seq',
    [...call],
  );
  await rewriteArchive(
    client,
    call,
    events.map(({ payload }) => parseEvent(payload)),
  );
  await rewrite(client, 'conversation_turns', 'transcript_text', call, erasedText);
  await rewrite(client, 'ticket_requests', 'operation_json', call, operation =>
    JSON.stringify(erasedOperation(JSON.parse(operation) as TicketOperation)),
  );
  const run = (sql: string, ...more: readonly unknown[]): Promise<unknown> =>
    client.query(sql, [...call, ...more]);
  await run(
    `UPDATE audit_tool_calls SET request_hash = $3, response_hash = $3, redacted_request_json = '{}', redacted_response_json = '{}' WHERE org_id = $1 AND conversation_id = $2`,
    ERASED_HASH,
  );
  await run(
    `UPDATE audit_entries SET payload = NULL, salt = NULL WHERE org_id = $1 AND kind = 'tool' AND payload::json ->> 'conversationId' = $2`,
  );
  await run(
    `UPDATE audit_policy SET reason = $3 WHERE org_id = $1 AND conversation_id = $2 AND policy_name = 'supervisor'`,
    ERASED_NAME,
  );
  await run(
    'UPDATE video_consultations SET transcript = NULL, ai_summary = NULL, agent_notes = NULL WHERE org_id = $1 AND id = $2',
  );
  if (scope === 'words') return;
  await run('UPDATE conversations SET display_name = $3 WHERE org_id = $1 AND id = $2', ERASED_NAME);
  await run(
    'UPDATE ticket_notes SET body = $3 WHERE org_id = $1 AND ticket_id IN (SELECT id FROM tickets WHERE org_id = $1 AND conversation_id = $2)',
    ERASED_NAME,
  );
  await run(
    `UPDATE tickets SET subject = $3, description = '', requester_name = $3, requester_phone = NULL, requester_email = NULL, tags_json = '[]', metadata_json = '{}' WHERE org_id = $1 AND conversation_id = $2`,
    ERASED_NAME,
  );
  await run(
    'UPDATE video_consultations SET customer_id = NULL, recording_url = NULL, room_name = id WHERE org_id = $1 AND id = $2',
  );
  await client.query('DELETE FROM livekit_room_events WHERE room_name = ANY($1)', [rooms]);
}

/** Rooms of the LiveKit server that carried the call. */
async function roomsOf(client: pg.ClientBase, call: CallKey): Promise<readonly string[]> {
  const { rows } = await client.query<{ room: string | null }>(
    `SELECT payload_json::json ->> 'room' AS room FROM call_events WHERE org_id = $1 AND conversation_id = $2 AND event_type IN ('call.ringing', 'call.resumed')
     UNION SELECT room_name FROM video_consultations WHERE org_id = $1 AND id = $2`,
    [...call],
  );
  return rows.flatMap(({ room }) => (room === null ? [] : [room]));
}

async function rewrite(
  client: pg.ClientBase,
  table: string,
  column: string,
  call: CallKey,
  change: (value: string) => string,
): Promise<void> {
  const { rows } = await client.query<{ id: string; value: string }>(
    `SELECT id, ${column} AS value FROM ${table} WHERE org_id = $1 AND conversation_id = $2`,
    [...call],
  );
  const changed = rows
    .map(({ id, value }) => ({ id, before: value, after: change(value) }))
    .filter(({ before, after }) => before !== after);
  if (changed.length === 0) return;
  await client.query(
    `UPDATE ${table} SET ${column} = given.value FROM unnest($2::text[], $3::text[]) AS given (id, value) WHERE ${table}.org_id = $1 AND ${table}.id = given.id`,
    [call[0], changed.map(({ id }) => id), changed.map(({ after }) => after)],
  );
}
