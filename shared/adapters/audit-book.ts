import type { AuditEntry, ChainHead } from '#shared/domain/audit-chain.ts';
import type { AuditFrame, EpochOrigin, FrameAnswer } from '#shared/domain/audit-upload.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';

/** How far one epoch of one device has come. */
export interface DeviceHead {
  readonly orgId: OrgId;
  readonly deviceId: string;
  readonly epoch: number;
  readonly origin: EpochOrigin | null;
  readonly head: ChainHead;
}

/** An entry with its place, as it came here. */
export interface AuditChange {
  readonly deviceId: string;
  readonly epoch: number;
  readonly receivedAtMs: number;
  readonly entry: AuditEntry;
}

/** What a page of changes is, and where the next one goes on. */
export interface AuditChanges {
  readonly changes: readonly AuditChange[];
  /** Opaque; the same again when nothing came. */
  readonly cursor: string;
}

/** What an entry said that no database keeps as it is. The chain goes on without it (SYN14). */
export interface ParkedEntry {
  readonly deviceId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly reason: 'too-long' | 'not-text';
  /** The entry as JSON, so that nothing of it is lost. */
  readonly raw: string;
}

/** Heads of chains at a moment, signed, and kept also outside of the database (SYN18). */
export interface AuditAnchor {
  readonly orgId: OrgId;
  /** 1, 2, 3... in its org. */
  readonly number: number;
  readonly atMs: number;
  /** Compact JWS over number, org, time, the hash of the anchor before it and the heads. */
  readonly jws: string;
}

/** One part of a chain. */
export interface ChainQuery {
  readonly orgId: OrgId;
  readonly deviceId: string;
  readonly epoch: number;
  readonly afterSeq: number;
  readonly limit: number;
}

/**
 * The audit chains of an org's devices. `receiveFrame` is one transaction that holds the device's head: rows and head change
 * together or not at all (SYN3). All methods reject with `storage.*`.
 */
export interface AuditBook {
  receiveFrame(orgId: OrgId, frame: AuditFrame, atMs: EpochMs): Promise<FrameAnswer>;
  /** Of one device, or of all of them by name and epoch. */
  auditHeads(orgId: OrgId, deviceId: string | null): Promise<readonly DeviceHead[]>;
  auditEntries(query: ChainQuery): Promise<readonly AuditEntry[]>;
  /** Every entry once, in an order in which none ever appears behind the cursor (SYN15). */
  auditChanges(orgId: OrgId, cursor: string | null, limit: number): Promise<AuditChanges>;
  parkedEntries(orgId: OrgId): Promise<readonly ParkedEntry[]>;
  addAnchor(anchor: AuditAnchor): Promise<void>;
  /** Oldest first. */
  auditAnchors(orgId: OrgId): Promise<readonly AuditAnchor[]>;
  /** Public keys that receipts and anchors were signed with, as JWK. */
  addAuditKey(keyId: string, jwk: string): Promise<void>;
  auditKeys(): Promise<readonly { readonly keyId: string; readonly jwk: string }[]>;
  auditedOrgs(): Promise<readonly OrgId[]>;
  /** Events of a call as they are written, for whoever proves that they are. */
  callLogTexts(callId: CallId, afterSeq: number, limit: number): Promise<readonly LoggedText[]>;
  /** Access rows of an org in the order of their ids, as JSON of what was recorded. */
  accessTexts(orgId: OrgId, afterId: string, limit: number): Promise<readonly AccessText[]>;
}

export interface LoggedText {
  readonly seq: number;
  readonly text: string;
}

export interface AccessText {
  readonly id: string;
  readonly atMs: number;
  readonly text: string;
}

/** The worker's own side of its chains, on its own machine: what the team's store has not acknowledged. */
export interface OwnChains {
  /** At most so many frames of at most so many entries. */
  ownFrames(
    frames: number,
    entries: number,
  ): Promise<readonly { readonly orgId: OrgId; readonly frame: AuditFrame }[]>;
  ownAnswered(orgId: OrgId, deviceId: string, answer: FrameAnswer, atMs: EpochMs): Promise<void>;
}

/** For whoever passes the book's methods on: to another thread, to the team's store. */
export const AUDIT_BOOK_METHODS = [
  'receiveFrame',
  'auditHeads',
  'auditEntries',
  'auditChanges',
  'parkedEntries',
  'addAnchor',
  'auditAnchors',
  'addAuditKey',
  'auditKeys',
  'auditedOrgs',
  'callLogTexts',
  'accessTexts',
] as const satisfies readonly (keyof AuditBook)[];
