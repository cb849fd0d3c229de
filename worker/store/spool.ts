import type { OwnChains } from '#shared/adapters/audit-book.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Store } from './store.ts';

/** What a worker does to its record and the team's record has to hear of, in the order in which it happened. */
export const SPOOLED_METHODS = [
  'append',
  'recordAccess',
  'saveTicket',
  'updateTicket',
  'addTicketNote',
  'saveTicketRequest',
  'recordToolCall',
  'addConsultation',
  'archiveConsultation',
  'recordRoomEvent',
] as const satisfies readonly (keyof Store)[];
export type SpooledMethod = (typeof SPOOLED_METHODS)[number];

export type SpooledWork = {
  readonly [Method in SpooledMethod]: { readonly method: Method; readonly args: Parameters<Store[Method]> };
}[SpooledMethod];

/** One piece of work that waits. Numbers rise; the token tells two pieces with the same number apart after a folder was restored. */
export type SpooledItem = SpooledWork & { readonly number: number; readonly token: string };

/** How far a spool has come. */
export interface SpoolMark {
  readonly number: number;
  readonly token: string;
}

/** A store on this machine that remembers, in the transaction of the work itself, what the team's store has not heard yet. */
export interface SpoolingStore extends Store, OwnChains {
  /** The log's name in the team's store, and what was taken over last. */
  spoolState(): Promise<{
    readonly logId: string;
    readonly taken: SpoolMark | null;
    readonly waiting: number;
  }>;
  /** The oldest that wait, in order: at most so many, and no more once they hold so many entries of the log. */
  spooledItems(limit: number, limitEntries: number): Promise<readonly SpooledItem[]>;
  /** Everything up to this piece is in the team's store. @returns false when no such piece waits: the mark is not of this record */
  spoolTaken(mark: SpoolMark): Promise<boolean>;
  /** Begins a new log: all entries of this record wait again, before what waits now. @returns its name */
  restartSpool(): Promise<string>;
  /** Whether this record has events of the call. */
  ownsCall(callId: CallId): Promise<boolean>;
}

/** The team's store, as a spool sees it. */
export interface TeamStore extends Store {
  /** The last piece of work that was taken over from this log; in the same transaction as its effect. */
  spoolMark(): Promise<SpoolMark | null>;
  /** Takes over pieces of work, all or none. Those that were taken over before are passed by. */
  takeOver(items: readonly SpooledItem[]): Promise<void>;
}
