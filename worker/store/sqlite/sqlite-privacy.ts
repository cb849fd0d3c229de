import type {
  CallKeeping,
  ErasureOutcome,
  PrivacyBook,
  TicketOfPerson,
} from '#shared/adapters/privacy-book.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { CallerTraces } from '#shared/domain/person-query.ts';
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
import { parseEvent } from '../row-values.ts';
import { gatherTraces, type TraceRow } from '../gather-traces.ts';
import { ArchiveIndex } from '#shared/sqlite/archive-index.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import type { Synchronous } from './synchronous.ts';

type StoredKeeping = {
  readonly legalHold: number;
  readonly erased: ErasureScope | null;
  readonly isOpen: number;
};
type StoredTicket = Omit<TicketOfPerson, 'requester' | 'notes'> & {
  readonly requesterName: string;
  readonly requesterPhone: string | null;
  readonly requesterEmail: string | null;
};

/** Another part that has to do its share of an erasure, in its transaction. */
export interface ErasureWitness {
  callErased(orgId: OrgId, callId: CallId, atMs: EpochMs): void;
}

/**
 * The part of the worker's database that says how long words are kept, and takes them out. It alone writes in tables of other
 * parts: all that says anything of a caller goes in one transaction (PRIV5). Throws `storage.*`.
 */
export class SqlitePrivacy implements Synchronous<PrivacyBook> {
  readonly #tables: Database;
  readonly #witnesses: readonly ErasureWitness[];

  constructor(tables: Database, witnesses: readonly ErasureWitness[]) {
    this.#tables = tables;
    this.#witnesses = witnesses;
  }

  retentionProfile(orgId: OrgId): RetentionProfile | null {
    return guarded(
      () =>
        (this.#tables.prepare('SELECT retention_profile FROM orgs WHERE id = ?').pluck().get(orgId) as
          RetentionProfile | null | undefined) ?? null,
    );
  }

  setRetentionProfile(orgId: OrgId, profile: RetentionProfile): boolean {
    return guarded(
      () =>
        this.#tables.prepare('UPDATE orgs SET retention_profile = ? WHERE id = ?').run(profile, orgId)
          .changes === 1,
    );
  }

  callKeeping(orgId: OrgId, callId: CallId): CallKeeping | null {
    return guarded(() => {
      const row = this.#tables
        .prepare(
          'SELECT legal_hold AS legalHold, erased, ended_at IS NULL AS isOpen FROM conversations WHERE org_id = ? AND id = ?',
        )
        .get(orgId, callId) as StoredKeeping | undefined;
      return row ? { legalHold: row.legalHold === 1, erased: row.erased, isOpen: row.isOpen === 1 } : null;
    });
  }

  holdCall(orgId: OrgId, callId: CallId, held: boolean): boolean {
    return guarded(
      () =>
        this.#tables
          .prepare('UPDATE conversations SET legal_hold = ? WHERE org_id = ? AND id = ?')
          .run(held ? 1 : 0, orgId, callId).changes === 1,
    );
  }

  callsToErase(orgId: OrgId, endedBeforeMs: EpochMs, limit: number): readonly CallId[] {
    return guarded(
      () =>
        this.#tables
          .prepare(
            'SELECT id FROM conversations WHERE org_id = ? AND ended_at < ? AND legal_hold = 0 AND erased IS NULL ORDER BY ended_at, id LIMIT ?',
          )
          .pluck()
          .all(orgId, endedBeforeMs, limit) as CallId[],
    );
  }

  eraseCall(orgId: OrgId, callId: CallId, scope: ErasureScope, atMs: EpochMs): ErasureOutcome {
    return guarded(() =>
      this.#tables.transaction((): ErasureOutcome => {
        const keeping = this.callKeeping(orgId, callId);
        if (!keeping) return 'unknown';
        if (keeping.erased === scope || keeping.erased === 'person') return 'erased';
        if (keeping.legalHold) return 'held';
        if (keeping.isOpen || this.#hasOpenWish(callId)) return 'busy';
        this.#eraseRows(orgId, callId, scope);
        this.#tables
          .prepare('UPDATE conversations SET erased = ?, erased_at = ? WHERE org_id = ? AND id = ?')
          .run(scope, Math.round(atMs), orgId, callId);
        for (const witness of this.#witnesses) witness.callErased(orgId, callId, atMs);
        return 'erased';
      })(),
    );
  }

  personErasures(orgId: OrgId): readonly CallId[] {
    return guarded(
      () =>
        this.#tables
          .prepare(
            `SELECT id FROM conversations WHERE org_id = ? AND erased = 'person' ORDER BY erased_at, id`,
          )
          .pluck()
          .all(orgId) as CallId[],
    );
  }

  callerTraces(orgId: OrgId): readonly CallerTraces[] {
    return guarded(() =>
      gatherTraces(
        this.#tables
          .prepare(
            `SELECT c.id AS callId, c.display_name AS name, json_extract(e.payload_json, '$.from') AS phone, NULL AS email
             FROM conversations c LEFT JOIN call_events e ON e.conversation_id = c.id AND e.event_type = 'call.ringing' WHERE c.org_id = @orgId
             UNION ALL SELECT conversation_id, requester_name, requester_phone, requester_email FROM tickets WHERE org_id = @orgId AND conversation_id IS NOT NULL`,
          )
          .all({ orgId }) as TraceRow[],
      ),
    );
  }

  ticketsOfCall(orgId: OrgId, callId: CallId): readonly TicketOfPerson[] {
    return guarded(() =>
      (
        this.#tables
          .prepare(
            'SELECT id AS ticketId, conversation_id AS callId, provider, external_ref AS externalRef, status, subject, description, requester_name AS requesterName, requester_phone AS requesterPhone, requester_email AS requesterEmail, created_at AS createdAtMs FROM tickets WHERE org_id = ? AND conversation_id = ? ORDER BY created_at, id',
          )
          .all(orgId, callId) as StoredTicket[]
      ).map(({ requesterName, requesterPhone, requesterEmail, ...ticket }) => ({
        ...ticket,
        requester: { name: requesterName, phone: requesterPhone, email: requesterEmail },
        notes: this.#tables
          .prepare('SELECT body FROM ticket_notes WHERE org_id = ? AND ticket_id = ? ORDER BY created_at, id')
          .pluck()
          .all(orgId, ticket.ticketId) as string[],
      })),
    );
  }

  settleErasures(): void {
    // Freed space is overwritten by `secure_delete`; what the write-ahead log still has goes with its truncation (PRIV5).
    guarded(() => this.#tables.pragma('wal_checkpoint(TRUNCATE)'));
  }

  #hasOpenWish(callId: CallId): boolean {
    return (
      this.#tables
        .prepare(
          `SELECT 1 FROM ticket_requests WHERE conversation_id = ? AND state IN ('waiting', 'sending') LIMIT 1`,
        )
        .get(callId) !== undefined
    );
  }

  #eraseRows(orgId: OrgId, callId: CallId, scope: ErasureScope): void {
    const rooms = this.#roomsOf(callId);
    this.#rewrite('call_events', 'position', 'payload_json', callId, payload =>
      JSON.stringify(eraseEvent(parseEvent(payload), scope)),
    );
    const events = this.#tables
      .prepare('SELECT payload_json FROM call_events WHERE conversation_id = ? ORDER BY seq')
      .pluck()
      .all(callId) as string[];
    new ArchiveIndex(this.#tables).rewrite(callId, events.map(parseEvent));
    this.#rewrite('conversation_turns', 'id', 'transcript_text', callId, erasedText);
    this.#rewrite('ticket_requests', 'id', 'operation_json', callId, operation =>
      JSON.stringify(erasedOperation(JSON.parse(operation) as TicketOperation)),
    );
    const run = (sql: string, values: Record<string, string>): unknown =>
      this.#tables.prepare(sql).run(values);
    run(
      `UPDATE audit_tool_calls SET request_hash = @hash, response_hash = @hash, redacted_request_json = '{}', redacted_response_json = '{}' WHERE conversation_id = @callId`,
      { hash: ERASED_HASH, callId },
    );
    run(
      `UPDATE audit_policy SET reason = @name WHERE conversation_id = @callId AND policy_name = 'supervisor'`,
      { name: ERASED_NAME, callId },
    );
    run(
      'UPDATE video_consultations SET transcript = NULL, ai_summary = NULL, agent_notes = NULL WHERE org_id = @orgId AND id = @callId',
      { orgId, callId },
    );
    if (scope === 'words') return;
    run('UPDATE conversations SET display_name = @name WHERE org_id = @orgId AND id = @callId', {
      name: ERASED_NAME,
      orgId,
      callId,
    });
    run(
      'UPDATE ticket_notes SET body = @name WHERE org_id = @orgId AND ticket_id IN (SELECT id FROM tickets WHERE org_id = @orgId AND conversation_id = @callId)',
      { name: ERASED_NAME, orgId, callId },
    );
    run(
      `UPDATE tickets SET subject = @name, description = '', requester_name = @name, requester_phone = NULL, requester_email = NULL, tags_json = '[]', metadata_json = '{}' WHERE org_id = @orgId AND conversation_id = @callId`,
      { name: ERASED_NAME, orgId, callId },
    );
    run(
      'UPDATE video_consultations SET customer_id = NULL, recording_url = NULL, room_name = id WHERE org_id = @orgId AND id = @callId',
      { orgId, callId },
    );
    for (const room of rooms) run('DELETE FROM livekit_room_events WHERE room_name = @room', { room });
  }

  /** Rooms of the LiveKit server that carried the call. */
  #roomsOf(callId: CallId): readonly string[] {
    return this.#tables
      .prepare(
        `SELECT json_extract(payload_json, '$.room') FROM call_events WHERE conversation_id = @callId AND event_type IN ('call.ringing', 'call.resumed') AND json_extract(payload_json, '$.room') IS NOT NULL
         UNION SELECT room_name FROM video_consultations WHERE id = @callId`,
      )
      .pluck()
      .all({ callId }) as string[];
  }

  #rewrite(
    table: string,
    key: string,
    column: string,
    callId: CallId,
    change: (value: string) => string,
  ): void {
    const update = this.#tables.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`);
    const rows = this.#tables
      .prepare(`SELECT ${key} AS key, ${column} AS value FROM ${table} WHERE conversation_id = ?`)
      .all(callId) as { readonly key: string | number; readonly value: string }[];
    for (const row of rows) {
      const changed = change(row.value);
      if (changed !== row.value) update.run(changed, row.key);
    }
  }
}
