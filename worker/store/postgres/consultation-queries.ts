import { and, asc, desc, eq, lt, sql, type SQL } from 'drizzle-orm';
import type pg from 'pg';
import type { ConsultationBook, NewConsultation, RoomEventRow } from '#shared/adapters/consultation-book.ts';
import type { ConsultationQuery, ConsultationRow } from '#shared/domain/consultation.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { byBytes, queries } from './call-queries.ts';
import { inTransaction, type PostgresAccess } from './connection.ts';
import { text } from './insert-rows.ts';
import { conversations, livekitRoomEvents, videoConsultations } from './schema.ts';

/** Whoever writes of rooms takes turns (PG15). The number is ours alone; any but the one of `migrate.ts` would do. */
const LOCK = 7_353_202;

const ARCHIVED: Readonly<Record<ConsultationQuery['archived'], SQL | undefined>> = {
  no: eq(videoConsultations.archived, false),
  yes: eq(videoConsultations.archived, true),
  all: undefined,
};

/**
 * Consultations of the team and what the LiveKit server tells of their rooms. Events name a room and no org, so they are kept by
 * the workers themselves; an org sees what follows from them for its own consultations.
 */
export function consultationQueries({ inOrg, everywhere }: PostgresAccess): ConsultationBook {
  return {
    addConsultation: consultation =>
      everywhere(client => inTransaction(client, () => addConsultation(client, consultation))),
    consultations: (orgId, query) => inOrg(orgId, client => selectConsultations(client, orgId, query)),
    archiveConsultation: (orgId, ...rest) =>
      inOrg(orgId, client => archiveConsultation(client, orgId, ...rest)),
    recordRoomEvent: event =>
      everywhere(client => inTransaction(client, () => recordRoomEvent(client, event))),
    roomEvents: roomName =>
      everywhere(client =>
        queries(client)
          .select()
          .from(livekitRoomEvents)
          .where(eq(livekitRoomEvents.roomName, text(roomName)))
          .orderBy(
            asc(livekitRoomEvents.createdAtMs),
            asc(livekitRoomEvents.receivedAtMs),
            byBytes(livekitRoomEvents.id),
          ),
      ),
  };
}

/** Within a transaction that sees every org. The same one again changes nothing. */
export async function addConsultation(
  client: pg.ClientBase,
  { id, orgId, roomName, type, atMs }: NewConsultation,
): Promise<void> {
  await takeTurn(client);
  await client.query({
    name: 'add-consultation',
    text: 'INSERT INTO video_consultations (id, org_id, room_name, consultation_type, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id, org_id) DO NOTHING',
    values: [text(id), orgId, text(roomName), type, Math.round(atMs)],
  });
  // The room may have told of itself before its row was there.
  await fold(client, roomName);
}

/** @returns false when the org has no such consultation */
export async function archiveConsultation(
  client: pg.ClientBase,
  orgId: OrgId,
  id: CallId,
  archived: boolean,
): Promise<boolean> {
  const changed = await queries(client)
    .update(videoConsultations)
    .set({ archived })
    .where(and(eq(videoConsultations.orgId, orgId), eq(videoConsultations.id, text(id))));
  return changed.rowCount === 1;
}

/** Within a transaction that sees every org. @returns false when the event is there already, from whichever worker */
export async function recordRoomEvent(client: pg.ClientBase, event: RoomEventRow): Promise<boolean> {
  await takeTurn(client);
  const { rowCount } = await client.query({
    name: 'record-room-event',
    text: 'INSERT INTO livekit_room_events (id, event_name, room_name, created_at, received_at, room_created_at, recording_url, payload_json) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING',
    values: [
      text(event.id),
      text(event.name),
      text(event.roomName),
      event.createdAtMs,
      event.receivedAtMs,
      event.roomCreatedAtMs,
      event.recordingUrl === null ? null : text(event.recordingUrl),
      text(event.payloadJson),
    ],
  });
  if (rowCount !== 1) return false;
  await fold(client, event.roomName);
  return true;
}

/**
 * A room may be opened by one worker while another is told of it: without turns neither would see the other's row, and what
 * follows from both would follow from neither.
 */
async function takeTurn(client: pg.ClientBase): Promise<void> {
  await client.query({ name: 'room-turn', text: 'SELECT pg_advisory_xact_lock($1)', values: [LOCK] });
}

/** From everything that is known of the room, as `sqlite-consultations.ts` has it: the order of arrival does not matter. */
async function fold(client: pg.ClientBase, roomName: string): Promise<void> {
  await client.query({
    name: 'fold-room',
    text: `WITH told AS (
        SELECT min(CASE WHEN event_name = 'room_started' THEN coalesce(room_created_at, created_at) ELSE room_created_at END) AS started,
          max(CASE WHEN event_name = 'room_finished' THEN created_at END) AS ended,
          max(recording_url COLLATE "C") AS recording
        FROM livekit_room_events WHERE room_name = $1)
      UPDATE video_consultations SET
        started_at = told.started,
        ended_at = told.ended,
        duration_seconds = CASE WHEN told.started IS NOT NULL AND told.ended IS NOT NULL
          THEN greatest(0, round((told.ended - told.started) / 1000.0)) END,
        recording_url = told.recording
      FROM told WHERE room_name = $1`,
    values: [text(roomName)],
  });
}

async function selectConsultations(
  client: pg.ClientBase,
  orgId: OrgId,
  { limit, beforeMs, archived }: ConsultationQuery,
): Promise<readonly ConsultationRow[]> {
  const rows = await queries(client)
    .select({ row: videoConsultations, takenOver: conversations.takenOver })
    .from(videoConsultations)
    .leftJoin(
      conversations,
      and(eq(conversations.id, videoConsultations.id), eq(conversations.orgId, videoConsultations.orgId)),
    )
    .where(
      and(
        eq(videoConsultations.orgId, orgId),
        lt(videoConsultations.createdAtMs, beforeMs),
        ARCHIVED[archived],
      ),
    )
    .orderBy(desc(videoConsultations.createdAtMs), sql`${byBytes(videoConsultations.id)} DESC`)
    .limit(limit);
  return rows.map(({ row: { orgId: _orgId, ...row }, takenOver }) => ({
    ...row,
    id: row.id as CallId,
    type: row.type as ConsultationRow['type'],
    // A takeover is known from the call's log, which the consultation does not repeat.
    escalatedToHuman: row.escalatedToHuman || takenOver === true,
  }));
}
