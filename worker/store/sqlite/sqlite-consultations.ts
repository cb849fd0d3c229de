import type { ConsultationBook, NewConsultation, RoomEventRow } from '#shared/adapters/consultation-book.ts';
import type { ConsultationQuery, ConsultationRow } from '#shared/domain/consultation.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import type { Synchronous } from './synchronous.ts';

/** A takeover is known from the call's log, which the consultation does not repeat. */
const CONSULTATION_COLUMNS = `c.id, c.room_name AS roomName, c.consultation_type AS type, c.customer_id AS customerId, c.agent_id AS agentId, c.partner_id AS partnerId, c.quote_id AS quoteId, c.claim_id AS claimId, c.ai_handled AS aiHandled, (c.escalated_to_human OR coalesce(v.taken_over, 0)) AS escalatedToHuman, c.started_at AS startedAtMs, c.ended_at AS endedAtMs, c.duration_seconds AS durationSeconds, c.recording_url AS recordingUrl, c.transcript, c.ai_summary AS aiSummary, c.agent_notes AS agentNotes, c.customer_rating AS customerRating, c.created_at AS createdAtMs, c.archived`;

const EVENT_COLUMNS =
  'id, event_name AS name, room_name AS roomName, created_at AS createdAtMs, received_at AS receivedAtMs, room_created_at AS roomCreatedAtMs, recording_url AS recordingUrl, payload_json AS payloadJson';

const ARCHIVED: Readonly<Record<ConsultationQuery['archived'], string>> = {
  no: 'c.archived = 0',
  yes: 'c.archived = 1',
  all: '1',
};

type Flags = 'aiHandled' | 'escalatedToHuman' | 'archived';
type StoredConsultation = Omit<ConsultationRow, Flags> & Readonly<Record<Flags, number>>;

const consultationOf = (row: StoredConsultation): ConsultationRow => ({
  ...row,
  aiHandled: row.aiHandled === 1,
  escalatedToHuman: row.escalatedToHuman === 1,
  archived: row.archived === 1,
});

/** The part of the worker's database that holds consultations and the events of their rooms. Throws `storage.*`. */
export class SqliteConsultations implements Synchronous<ConsultationBook> {
  readonly #tables: Database;

  constructor(tables: Database) {
    this.#tables = tables;
  }

  addConsultation({ id, orgId, roomName, type, atMs }: NewConsultation): void {
    guarded(() => {
      this.#tables
        .prepare(
          'INSERT INTO video_consultations (id, org_id, room_name, consultation_type, created_at) VALUES (?, ?, ?, ?, ?)',
        )
        .run(id, orgId, roomName, type, Math.round(atMs));
      // The room may have told of itself before its row was there.
      this.#fold(roomName);
    });
  }

  consultations(orgId: OrgId, { limit, beforeMs, archived }: ConsultationQuery): readonly ConsultationRow[] {
    return guarded(() =>
      (
        this.#tables
          .prepare(
            `SELECT ${CONSULTATION_COLUMNS} FROM video_consultations c LEFT JOIN conversations v ON v.id = c.id AND v.org_id = c.org_id WHERE c.org_id = ? AND c.created_at < ? AND ${ARCHIVED[archived]} ORDER BY c.created_at DESC, c.id DESC LIMIT ?`,
          )
          .all(orgId, beforeMs, limit) as StoredConsultation[]
      ).map(consultationOf),
    );
  }

  archiveConsultation(orgId: OrgId, id: CallId, archived: boolean): boolean {
    return guarded(
      () =>
        this.#tables
          .prepare('UPDATE video_consultations SET archived = ? WHERE org_id = ? AND id = ?')
          .run(archived ? 1 : 0, orgId, id).changes === 1,
    );
  }

  recordRoomEvent(event: RoomEventRow): boolean {
    return guarded(() =>
      this.#tables.transaction(() => {
        const { changes } = this.#tables
          .prepare(
            'INSERT INTO livekit_room_events (id, event_name, room_name, created_at, received_at, room_created_at, recording_url, payload_json) VALUES (@id, @name, @roomName, @createdAtMs, @receivedAtMs, @roomCreatedAtMs, @recordingUrl, @payloadJson) ON CONFLICT (id) DO NOTHING',
          )
          .run(event);
        if (changes === 1) this.#fold(event.roomName);
        return changes === 1;
      })(),
    );
  }

  roomEvents(roomName: string): readonly RoomEventRow[] {
    return guarded(
      () =>
        this.#tables
          .prepare(
            `SELECT ${EVENT_COLUMNS} FROM livekit_room_events WHERE room_name = ? ORDER BY created_at, received_at, id`,
          )
          .all(roomName) as RoomEventRow[],
    );
  }

  /** From everything that is known of the room, so that the order of arrival does not matter. */
  #fold(roomName: string): void {
    this.#tables
      .prepare(
        `WITH told AS (
           SELECT min(CASE WHEN event_name = 'room_started' THEN coalesce(room_created_at, created_at) ELSE room_created_at END) AS started,
             max(CASE WHEN event_name = 'room_finished' THEN created_at END) AS ended,
             max(recording_url) AS recording
           FROM livekit_room_events WHERE room_name = @roomName)
         UPDATE video_consultations SET
           started_at = told.started,
           ended_at = told.ended,
           duration_seconds = max(0, round((told.ended - told.started) / 1000.0)),
           recording_url = told.recording
         FROM told WHERE room_name = @roomName`,
      )
      .run({ roomName });
  }
}
