import type { CallId, OrgId } from '../domain/ids.ts';
import type { CallerTraces } from '../domain/person-query.ts';
import type { RetentionProfile } from '../domain/retention.ts';
import type { EpochMs } from '../domain/units.ts';
import type { ErasureScope } from '../events/erase-event.ts';

/** A ticket in full, for the person it is about. */
export interface TicketOfPerson {
  readonly ticketId: string;
  readonly callId: CallId | null;
  readonly provider: string;
  readonly externalRef: string | null;
  readonly status: string;
  readonly subject: string;
  readonly description: string;
  readonly requester: { readonly name: string; readonly phone: string | null; readonly email: string | null };
  readonly notes: readonly string[];
  readonly createdAtMs: number;
}

/** How a call is kept. */
export interface CallKeeping {
  readonly legalHold: boolean;
  readonly erased: ErasureScope | null;
  readonly isOpen: boolean;
}

/** `busy`: the call is open, or a wish of its for the ticket system is. `held`: a legal hold is on it. */
export type ErasureOutcome = 'erased' | 'unknown' | 'held' | 'busy';

/** How long what was said is kept, and for whom it has to go. Rejects with `storage.*`. */
export interface PrivacyBook {
  /** The org's own choice; null where it made none. */
  retentionProfile(orgId: OrgId): Promise<RetentionProfile | null>;
  /** @returns false when there is no such org */
  setRetentionProfile(orgId: OrgId, profile: RetentionProfile): Promise<boolean>;
  callKeeping(orgId: OrgId, callId: CallId): Promise<CallKeeping | null>;
  /** Sets or lifts a legal hold on everything of a call. @returns false when the org has no such call */
  holdCall(orgId: OrgId, callId: CallId, held: boolean): Promise<boolean>;
  /** Calls that ended before, nobody holds and still have their words; oldest first. */
  callsToErase(orgId: OrgId, endedBeforeMs: EpochMs, limit: number): Promise<readonly CallId[]>;
  /**
   * Takes the words of a call, or also its caller, out of every row, in one transaction: events keep their place and shape, rows
   * of the audit their fact. Again it changes nothing.
   */
  eraseCall(orgId: OrgId, callId: CallId, scope: ErasureScope, atMs: EpochMs): Promise<ErasureOutcome>;
  /** Calls of whose callers nothing is left, wherever that was asked for. */
  personErasures(orgId: OrgId): Promise<readonly CallId[]>;
  /** By what the callers of all calls of the org are known. */
  callerTraces(orgId: OrgId): Promise<readonly CallerTraces[]>;
  ticketsOfCall(orgId: OrgId, callId: CallId): Promise<readonly TicketOfPerson[]>;
  /** Leaves nothing of what was erased in the files of an embedded database. */
  settleErasures(): Promise<void>;
}
