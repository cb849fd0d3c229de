import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { Lease } from '#shared/adapters/lease-book.ts';
import type { CallFigures, EndedCallFigures, FigureQuery } from '#shared/domain/call-figures.ts';
import type { CallFilter, CallQuery } from '#shared/domain/call-list.ts';
import type { ArchiveFacets, ArchiveQuery } from '#shared/domain/archive.ts';
import type { ArchivedCall } from '#shared/adapters/archive-book.ts';
import { ArchiveIndex } from '#shared/sqlite/archive-index.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { figuresOf } from '#shared/projections/fold-figures.ts';
import { holdFile, openDatabase, toStorageError, type Database } from '#shared/sqlite/open-database.ts';
import type { AccessRow, ConversationRow, TurnRow } from '../store.ts';
import { derivedRows, type DerivedRow } from '../derived-rows.ts';
import { parseEvent, policyValues, toolCallValues, turnValues } from '../row-values.ts';
import { WORKER_MIGRATIONS } from './migrations.ts';
import { chainedEvent, type ChainedEvent } from '#worker/audit/own-chains.ts';
import { FLAGGED_CALLS } from './sqlite-notes.ts';
import { SqliteTickets } from './sqlite-tickets.ts';

const CONVERSATION_COLUMNS =
  'id, org_id AS orgId, channel, display_name AS displayName, line, started_at AS startedAtMs, connected_at AS connectedAtMs, ended_at AS endedAtMs, status, end_reason AS endReason, intent, veto_count AS vetoCount, taken_over AS takenOver, recorded';

/** What a filter of the history means. */
const FILTERS: Readonly<Record<CallFilter, string>> = {
  all: '1',
  stopped: 'veto_count > 0',
  'taken-over': 'taken_over = 1',
  'cut-off': "end_reason IN ('line-failed', 'worker-crashed', 'worker-stopped')",
  flagged: FLAGGED_CALLS,
};

type StoredConversation = Omit<ConversationRow, 'takenOver' | 'recorded'> & {
  readonly takenOver: number;
  readonly recorded: number;
};

const conversationOf = ({ takenOver, recorded, ...row }: StoredConversation): ConversationRow => ({
  ...row,
  takenOver: takenOver === 1,
  recorded: recorded === 1,
});

/** The worker's SQLite database, synchronous; lives on the store's thread. Every method throws `storage.*`. */
export class SqliteDatabase extends SqliteTickets {
  readonly #database: Database;
  /** Held while this process lives: two writers would each end the calls of the other. */
  readonly #lock: Database | null;
  readonly #archive: ArchiveIndex;

  /** @param role `beside` a running worker whoever writes neither calls nor their log may open it too */
  constructor(file: string, role: 'writer' | 'beside' = 'writer') {
    const lock = role === 'writer' ? holdFile(`${file}.lock`) : null;
    try {
      const database = openDatabase(file, WORKER_MIGRATIONS);
      super(database);
      this.#database = database;
      this.#lock = lock;
      this.#archive = new ArchiveIndex(database);
      this.#indexOld();
    } catch (error) {
      lock?.close();
      throw error;
    }
  }

  append(entries: readonly JournalEntry[]): void {
    this.#guard(() => {
      const insert = this.#database.prepare(
        'INSERT INTO call_events (position, id, org_id, conversation_id, seq, event_type, ts, schema_version, payload_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
      );
      const chained: ChainedEvent[] = [];
      this.#database.transaction(() => {
        for (const { position, event } of entries) {
          const text = JSON.stringify(event);
          const written = insert.run(
            position,
            event.id,
            event.orgId,
            event.conversationId,
            event.seq,
            event.type,
            Math.round(event.atMs),
            event.v,
            text,
          );
          if (written.changes === 0) continue;
          chained.push(chainedEvent(event, text));
          for (const row of derivedRows(event, chunkId => this.#chunkText(event, chunkId, 'released')))
            this.#write(event, row);
          this.#archive.add(event, (chunkId, as) => this.#chunkText(event, chunkId, as));
        }
        this.chainEvents(chained, entries.at(-1)?.event.atMs ?? 0);
      })();
    });
  }

  head(): number {
    return this.#guard(() => {
      const row = this.#database.prepare('SELECT max(position) AS head FROM call_events').get() as {
        head: number | null;
      };
      return row.head ?? -1;
    });
  }

  callEvents(callId: CallId, afterSeq: number): readonly CallEvent[] {
    return this.#guard(() =>
      this.#database
        .prepare('SELECT payload_json FROM call_events WHERE conversation_id = ? AND seq > ? ORDER BY seq')
        .pluck()
        .all(callId, afterSeq)
        .map(parseEvent),
    );
  }

  entries(after: number, limit: number): readonly JournalEntry[] {
    return this.#guard(() => {
      const rows = this.#database
        .prepare(
          'SELECT position, payload_json AS payload FROM call_events WHERE position > ? ORDER BY position LIMIT ?',
        )
        .all(after, limit) as { position: number; payload: string }[];
      return rows.map(({ position, payload }) => ({ position, event: parseEvent(payload) }));
    });
  }

  openCalls(): readonly { callId: CallId; orgId: OrgId; lastSeq: number; startedAtMs: number }[] {
    return this.#guard(
      () =>
        this.#database
          .prepare(
            `SELECT c.id AS callId, c.org_id AS orgId, c.started_at AS startedAtMs, (SELECT max(seq) FROM call_events e WHERE e.conversation_id = c.id) AS lastSeq FROM conversations c WHERE c.ended_at IS NULL`,
          )
          .all() as { callId: CallId; orgId: OrgId; lastSeq: number; startedAtMs: number }[],
    );
  }

  conversations(orgId: OrgId, { limit, beforeMs, query, filter }: CallQuery): readonly ConversationRow[] {
    const words = `%${query.replaceAll(/[\\%_]/gu, '\\$&')}%`;
    const matches =
      query === ''
        ? ''
        : String.raw`AND (display_name LIKE @words ESCAPE '\' OR line LIKE @words ESCAPE '\' OR EXISTS (SELECT 1 FROM conversation_turns t WHERE t.conversation_id = conversations.id AND t.transcript_text LIKE @words ESCAPE '\'))`;
    return this.#guard(() =>
      (
        this.#database
          .prepare(
            `SELECT ${CONVERSATION_COLUMNS} FROM conversations WHERE org_id = @orgId AND started_at < @beforeMs AND ${FILTERS[filter]} ${matches} ORDER BY started_at DESC LIMIT @limit`,
          )
          .all({ orgId, beforeMs, limit, ...(query === '' ? {} : { words }) }) as StoredConversation[]
      ).map(conversationOf),
    );
  }

  conversation(orgId: OrgId, callId: CallId): ConversationRow | null {
    return this.#guard(() => {
      const row = this.#database
        .prepare(`SELECT ${CONVERSATION_COLUMNS} FROM conversations WHERE org_id = ? AND id = ?`)
        .get(orgId, callId) as StoredConversation | undefined;
      return row ? conversationOf(row) : null;
    });
  }

  turns(callId: CallId): readonly TurnRow[] {
    return this.#guard(
      () =>
        this.#database
          .prepare(
            'SELECT id, speaker, started_at AS startedAtMs, ended_at AS endedAtMs, transcript_text AS text FROM conversation_turns WHERE conversation_id = ? ORDER BY started_at, id',
          )
          .all(callId) as TurnRow[],
    );
  }

  figures(orgId: OrgId, { fromMs, toMs }: FigureQuery): readonly EndedCallFigures[] {
    return this.#guard(() =>
      (
        this.#database
          .prepare(
            'SELECT ended_at AS endedAtMs, figures_json AS figures FROM conversations WHERE org_id = ? AND ended_at >= ? AND ended_at < ? AND figures_json IS NOT NULL ORDER BY ended_at',
          )
          .all(orgId, fromMs, toMs) as { endedAtMs: number; figures: string }[]
      ).map(({ endedAtMs, figures }) => ({ endedAtMs, figures: JSON.parse(figures) as CallFigures })),
    );
  }

  recordAccess(row: AccessRow): void {
    this.#guard(() =>
      this.#database.transaction(() => {
        this.#database
          .prepare(
            'INSERT INTO audit_access (id, org_id, user_id, action, outcome, ts, payload_json) VALUES (?, ?, ?, ?, ?, ?, ?)',
          )
          .run(
            row.id,
            row.orgId,
            row.userId,
            row.action,
            row.outcome,
            Math.round(row.atMs),
            JSON.stringify(row.payload),
          );
        this.chainAccess(row);
      })(),
    );
  }

  commandAnswer(userId: UserId, commandId: string): string | null {
    return this.#guard(
      () =>
        (this.#database
          .prepare('SELECT answer_json FROM command_answers WHERE user_id = ? AND command_id = ?')
          .pluck()
          .get(userId, commandId) as string | undefined) ?? null,
    );
  }

  saveCommandAnswer(userId: UserId, commandId: string, answerJson: string, atMs: EpochMs): void {
    this.#guard(() =>
      this.#database
        .prepare(
          'INSERT INTO command_answers (user_id, command_id, answer_json, ts) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        )
        .run(userId, commandId, answerJson, Math.round(atMs)),
    );
  }

  acquireLease(
    callId: CallId,
    holder: UserId,
    nowMs: EpochMs,
    expiresAtMs: EpochMs,
  ): Lease | { readonly holder: UserId } {
    return this.#guard(() => {
      const won = this.#database
        .prepare(
          `INSERT INTO leases (call_id, holder, generation, expires_at) VALUES (?, ?, 1, ?)
           ON CONFLICT (call_id) DO UPDATE SET holder = excluded.holder, generation = generation + 1, expires_at = excluded.expires_at
           WHERE leases.expires_at <= ? OR leases.holder = excluded.holder RETURNING generation`,
        )
        .pluck()
        .get(callId, holder, expiresAtMs, nowMs) as number | undefined;
      if (won !== undefined) return { callId, holder, generation: won, expiresAtMs };
      const other = this.#database
        .prepare('SELECT holder FROM leases WHERE call_id = ?')
        .pluck()
        .get(callId) as UserId;
      return { holder: other };
    });
  }

  renewLease(lease: Lease, nowMs: EpochMs, expiresAtMs: EpochMs): Lease | null {
    return this.#guard(() => {
      const { changes } = this.#database
        .prepare(
          'UPDATE leases SET expires_at = ? WHERE call_id = ? AND holder = ? AND generation = ? AND expires_at > ?',
        )
        .run(expiresAtMs, lease.callId, lease.holder, lease.generation, nowMs);
      return changes === 1 ? { ...lease, expiresAtMs } : null;
    });
  }

  releaseLease(lease: Lease): void {
    this.#guard(() =>
      this.#database
        .prepare('DELETE FROM leases WHERE call_id = ? AND holder = ? AND generation = ?')
        .run(lease.callId, lease.holder, lease.generation),
    );
  }

  close(): void {
    this.#database.close();
    this.#lock?.close();
  }

  searchArchive(orgId: OrgId, query: ArchiveQuery): readonly ArchivedCall[] {
    return this.#guard(() =>
      this.#archive.search(orgId, query).flatMap(({ callId, hits }) => {
        const call = this.conversation(orgId, callId as CallId);
        return call ? [{ call, hits }] : [];
      }),
    );
  }

  archiveFacets(orgId: OrgId): ArchiveFacets {
    return this.#guard(() => this.#archive.facets(orgId));
  }

  /** A record that was written before there was an index is indexed once. */
  #indexOld(): void {
    const isOld = this.#database
      .prepare('SELECT EXISTS (SELECT 1 FROM call_events) AND NOT EXISTS (SELECT 1 FROM archive_calls)')
      .pluck()
      .get();
    if (isOld !== 1) return;
    const calls = this.#database.prepare('SELECT id FROM conversations').pluck().all() as CallId[];
    this.#database.transaction(() => {
      for (const callId of calls)
        for (const event of this.callEvents(callId, -1))
          this.#archive.add(event, (chunkId, as) => this.#chunkText(event, chunkId, as));
    })();
  }

  #chunkText({ conversationId }: CallEvent, chunkId: string, as: 'drafted' | 'released'): string | null {
    const text = this.#database
      .prepare(
        `SELECT json_extract(payload_json, '$.text') FROM call_events WHERE conversation_id = ? AND event_type = ? AND json_extract(payload_json, '$.chunkId') = ?`,
      )
      .pluck()
      .get(conversationId, `chunk.${as}`, chunkId) as string | undefined;
    return text ?? null;
  }

  #write(event: CallEvent, row: DerivedRow): void {
    const { orgId, conversationId } = event;
    const ts = Math.round(event.atMs);
    switch (row.table) {
      case 'conversations':
        if (row.change === 'begin') {
          this.#database
            .prepare(
              `INSERT INTO conversations (id, org_id, channel, display_name, line, started_at, status) VALUES (?, ?, ?, ?, ?, ?, 'ringing') ON CONFLICT DO NOTHING`,
            )
            .run(conversationId, orgId, row.channel, row.displayName, row.line, ts);
        } else if (row.change === 'connect') {
          this.#database
            .prepare(`UPDATE conversations SET connected_at = ?, status = 'connected' WHERE id = ?`)
            .run(ts, conversationId);
        } else if (row.change === 'intent') {
          this.#database
            .prepare('UPDATE conversations SET intent = ? WHERE id = ?')
            .run(row.intent, conversationId);
        } else if (row.change !== 'end') {
          this.#database.prepare(MARKS[row.change]).run(conversationId);
        } else {
          this.#database
            .prepare(
              `UPDATE conversations SET ended_at = ?, status = 'ended', end_reason = ?, figures_json = ? WHERE id = ?`,
            )
            .run(
              ts,
              row.reason,
              JSON.stringify(figuresOf(this.callEvents(conversationId, -1))),
              conversationId,
            );
        }
        return;
      case 'conversation_turns':
        this.#database
          .prepare(
            'INSERT INTO conversation_turns (id, org_id, conversation_id, speaker, started_at, ended_at, transcript_text, metadata_json) VALUES (@id, @orgId, @conversationId, @speaker, @startedAtMs, @endedAtMs, @text, @metadata)',
          )
          .run(turnValues(event, row));
        return;
      case 'audit_policy':
        this.#database
          .prepare(
            'INSERT INTO audit_policy (id, org_id, conversation_id, turn_id, policy_name, decision, reason, ts, payload_json) VALUES (@id, @orgId, @conversationId, @turnId, @policy, @decision, @reason, @atMs, @payload) ON CONFLICT DO NOTHING',
          )
          .run(policyValues(event, row));
        return;
      case 'audit_tool_calls':
        this.addToolCall(toolCallValues(event, row));
        return;
      case 'ticket_requests':
        this.addTicketRequest(row.event);
        return;
    }
  }

  #guard<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      throw toStorageError(error);
    }
  }
}

const MARKS = {
  vetoed: 'UPDATE conversations SET veto_count = veto_count + 1 WHERE id = ?',
  'taken-over': 'UPDATE conversations SET taken_over = 1 WHERE id = ?',
  recorded: 'UPDATE conversations SET recorded = 1 WHERE id = ?',
} as const;
