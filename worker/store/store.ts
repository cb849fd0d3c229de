import type { ArchiveBook } from '#shared/adapters/archive-book.ts';
import type { AuditBook } from '#shared/adapters/audit-book.ts';
import type { ConsultationBook } from '#shared/adapters/consultation-book.ts';
import type { KnowledgeBook } from '#shared/adapters/knowledge-book.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import type { Lease } from '#shared/adapters/lease-book.ts';
import type { EndedCallFigures, FigureQuery } from '#shared/domain/call-figures.ts';
import type { CallQuery } from '#shared/domain/call-list.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

export interface ConversationRow {
  readonly id: CallId;
  readonly orgId: OrgId;
  readonly channel: string;
  readonly displayName: string;
  readonly line: string;
  readonly startedAtMs: number;
  readonly connectedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly status: string;
  readonly endReason: string | null;
  readonly intent: string | null;
  readonly vetoCount: number;
  readonly takenOver: boolean;
  readonly recorded: boolean;
}

export interface TurnRow {
  readonly id: string;
  readonly speaker: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly text: string;
}

export interface PolicyRow {
  readonly id: string;
  readonly turnId: string | null;
  readonly policy: string;
  readonly decision: string;
  readonly reason: string;
  readonly atMs: number;
  /** Policy documents the verdict was given by; null where none decides. */
  readonly documentVersion: string | null;
}

export interface AccessRow {
  readonly id: string;
  readonly orgId: string;
  readonly userId: string;
  readonly action: string;
  readonly outcome: string;
  readonly atMs: number;
  readonly payload: unknown;
}

/**
 * Where everything is kept. Two implementations: SQLite here, PostgreSQL for teams; one contract suite. All methods reject with
 * `storage.*`. An `append` is one transaction: all of its entries and the rows that follow from them, or none; it resolves when
 * they are synced to disk. Appending an entry that is there already changes nothing (AUD2).
 */
export interface Store extends TicketBook, ConsultationBook, KnowledgeBook, AuditBook, ArchiveBook {
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** Position of the newest entry; -1 when there is none. */
  head(): Promise<number>;
  callEvents(callId: CallId, afterSeq: number): Promise<readonly CallEvent[]>;
  entries(after: number, limit: number): Promise<readonly JournalEntry[]>;
  /** Last event of every call that has begun and not ended. */
  openCalls(): Promise<
    readonly {
      readonly callId: CallId;
      readonly orgId: OrgId;
      readonly lastSeq: number;
      readonly startedAtMs: number;
    }[]
  >;
  /** Newest first. */
  conversations(orgId: OrgId, query: CallQuery): Promise<readonly ConversationRow[]>;
  conversation(orgId: OrgId, callId: CallId): Promise<ConversationRow | null>;
  turns(callId: CallId): Promise<readonly TurnRow[]>;
  policyRows(callId: CallId): Promise<readonly PolicyRow[]>;
  /** Of the calls that ended in the window, oldest first (MET7). */
  figures(orgId: OrgId, window: FigureQuery): Promise<readonly EndedCallFigures[]>;
  recordAccess(row: AccessRow): Promise<void>;
  /** The first answer of a command; `null` when it was never answered. */
  commandAnswer(userId: UserId, commandId: string): Promise<string | null>;
  saveCommandAnswer(userId: UserId, commandId: string, answerJson: string, atMs: EpochMs): Promise<void>;
  /** Compare-and-set: succeeds when nobody holds the call, the lease has expired, or `holder` has it. */
  acquireLease(
    callId: CallId,
    holder: UserId,
    nowMs: EpochMs,
    expiresAtMs: EpochMs,
  ): Promise<Lease | { readonly holder: UserId }>;
  renewLease(lease: Lease, nowMs: EpochMs, expiresAtMs: EpochMs): Promise<Lease | null>;
  releaseLease(lease: Lease): Promise<void>;
  close(): Promise<void>;
}
