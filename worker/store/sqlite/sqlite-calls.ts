import type { ArchiveBook, ArchivedCall } from '#shared/adapters/archive-book.ts';
import type { ArchiveFacets, ArchiveQuery } from '#shared/domain/archive.ts';
import type { CallFigures, EndedCallFigures, FigureQuery } from '#shared/domain/call-figures.ts';
import type { CallFilter, CallQuery } from '#shared/domain/call-list.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { figuresOf } from '#shared/projections/fold-figures.ts';
import { ArchiveIndex } from '#shared/sqlite/archive-index.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import type { DerivedRow } from '../derived-rows.ts';
import { policyValues, turnValues } from '../row-values.ts';
import type { ConversationRow, PolicyRow, Store, TurnRow } from '../store.ts';
import { FLAGGED_CALLS } from './sqlite-notes.ts';
import type { CALL_METHODS } from './store-methods.ts';
import type { Synchronous } from './synchronous.ts';

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

/** Rows that follow from the log and are kept here. */
export type CallRow = Extract<DerivedRow, { table: 'conversations' | 'conversation_turns' | 'audit_policy' }>;

/** The part of the worker's database that holds what follows from the log of each call, and how calls are found. Throws `storage.*`. */
export class SqliteCalls implements Synchronous<Pick<Store, (typeof CALL_METHODS)[number]> & ArchiveBook> {
  readonly #tables: Database;
  readonly #archive: ArchiveIndex;

  constructor(tables: Database) {
    this.#tables = tables;
    this.#archive = new ArchiveIndex(tables);
  }

  openCalls(): readonly { callId: CallId; orgId: OrgId; lastSeq: number; startedAtMs: number }[] {
    return guarded(
      () =>
        this.#tables
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
    return guarded(() =>
      (
        this.#tables
          .prepare(
            `SELECT ${CONVERSATION_COLUMNS} FROM conversations WHERE org_id = @orgId AND started_at < @beforeMs AND ${FILTERS[filter]} ${matches} ORDER BY started_at DESC LIMIT @limit`,
          )
          .all({ orgId, beforeMs, limit, ...(query === '' ? {} : { words }) }) as StoredConversation[]
      ).map(conversationOf),
    );
  }

  conversation(orgId: OrgId, callId: CallId): ConversationRow | null {
    return guarded(() => {
      const row = this.#tables
        .prepare(`SELECT ${CONVERSATION_COLUMNS} FROM conversations WHERE org_id = ? AND id = ?`)
        .get(orgId, callId) as StoredConversation | undefined;
      return row ? conversationOf(row) : null;
    });
  }

  turns(callId: CallId): readonly TurnRow[] {
    return guarded(
      () =>
        this.#tables
          .prepare(
            'SELECT id, speaker, started_at AS startedAtMs, ended_at AS endedAtMs, transcript_text AS text FROM conversation_turns WHERE conversation_id = ? ORDER BY started_at, id',
          )
          .all(callId) as TurnRow[],
    );
  }

  figures(orgId: OrgId, { fromMs, toMs }: FigureQuery): readonly EndedCallFigures[] {
    return guarded(() =>
      (
        this.#tables
          .prepare(
            'SELECT ended_at AS endedAtMs, figures_json AS figures FROM conversations WHERE org_id = ? AND ended_at >= ? AND ended_at < ? AND figures_json IS NOT NULL ORDER BY ended_at',
          )
          .all(orgId, fromMs, toMs) as { endedAtMs: number; figures: string }[]
      ).map(({ endedAtMs, figures }) => ({ endedAtMs, figures: JSON.parse(figures) as CallFigures })),
    );
  }

  policyRows(callId: CallId): readonly PolicyRow[] {
    return guarded(
      () =>
        this.#tables
          .prepare(
            `SELECT id, turn_id AS turnId, policy_name AS policy, decision, reason, ts AS atMs, json_extract(payload_json, '$.documentVersion') AS documentVersion FROM audit_policy WHERE conversation_id = ? ORDER BY ts, id`,
          )
          .all(callId) as PolicyRow[],
    );
  }

  searchArchive(orgId: OrgId, query: ArchiveQuery): readonly ArchivedCall[] {
    return guarded(() =>
      this.#archive.search(orgId, query).flatMap(({ callId, hits }) => {
        const call = this.conversation(orgId, callId as CallId);
        return call ? [{ call, hits }] : [];
      }),
    );
  }

  archiveFacets(orgId: OrgId): ArchiveFacets {
    return guarded(() => this.#archive.facets(orgId));
  }

  /** Part of an append. @param eventsOf all that the log has of a call, this event included */
  follow(event: CallEvent, row: CallRow, eventsOf: (callId: CallId) => readonly CallEvent[]): void {
    const { orgId, conversationId } = event;
    const ts = Math.round(event.atMs);
    switch (row.table) {
      case 'conversations':
        if (row.change === 'begin') {
          this.#tables
            .prepare(
              `INSERT INTO conversations (id, org_id, channel, display_name, line, started_at, status) VALUES (?, ?, ?, ?, ?, ?, 'ringing') ON CONFLICT DO NOTHING`,
            )
            .run(conversationId, orgId, row.channel, row.displayName, row.line, ts);
        } else if (row.change === 'connect') {
          this.#tables
            .prepare(`UPDATE conversations SET connected_at = ?, status = 'connected' WHERE id = ?`)
            .run(ts, conversationId);
        } else if (row.change === 'intent') {
          this.#tables
            .prepare('UPDATE conversations SET intent = ? WHERE id = ?')
            .run(row.intent, conversationId);
        } else if (row.change !== 'end') {
          this.#tables.prepare(MARKS[row.change]).run(conversationId);
        } else {
          this.#tables
            .prepare(
              `UPDATE conversations SET ended_at = ?, status = 'ended', end_reason = ?, figures_json = ? WHERE id = ?`,
            )
            .run(ts, row.reason, JSON.stringify(figuresOf(eventsOf(conversationId))), conversationId);
        }
        return;
      case 'conversation_turns':
        this.#tables
          .prepare(
            'INSERT INTO conversation_turns (id, org_id, conversation_id, speaker, started_at, ended_at, transcript_text, metadata_json) VALUES (@id, @orgId, @conversationId, @speaker, @startedAtMs, @endedAtMs, @text, @metadata)',
          )
          .run(turnValues(event, row));
        return;
      case 'audit_policy':
        this.#tables
          .prepare(
            'INSERT INTO audit_policy (id, org_id, conversation_id, turn_id, policy_name, decision, reason, ts, payload_json) VALUES (@id, @orgId, @conversationId, @turnId, @policy, @decision, @reason, @atMs, @payload) ON CONFLICT DO NOTHING',
          )
          .run(policyValues(event, row));
        return;
    }
  }
}

const MARKS = {
  vetoed: 'UPDATE conversations SET veto_count = veto_count + 1 WHERE id = ?',
  'taken-over': 'UPDATE conversations SET taken_over = 1 WHERE id = ?',
  recorded: 'UPDATE conversations SET recorded = 1 WHERE id = ?',
} as const;
