// Both sides of the chains that live in this file: what devices send here, and what this worker writes itself. They share tables.
import { randomUUID } from 'node:crypto';
import type {
  AccessText,
  AuditAnchor,
  AuditBook,
  AuditChanges,
  ChainQuery,
  DeviceHead,
  LoggedText,
  OwnChains,
  ParkedEntry,
} from '#shared/adapters/audit-book.ts';
import { GENESIS_HASH, appendFacts, type AuditEntry, type AuditFact } from '#shared/domain/audit-chain.ts';
import {
  onAnswer,
  receiveFrame,
  type AuditFrame,
  type DeviceChain,
  type EpochOrigin,
  type FrameAnswer,
} from '#shared/domain/audit-upload.ts';
import type { ToolCallRow } from '#shared/adapters/ticket-book.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { guarded, type Database, type Statement } from '#shared/sqlite/open-database.ts';
import {
  accessText,
  callDevice,
  erasedDigest,
  inRows,
  newFact,
  workerDevice,
  type ChainedEvent,
  type ErasedLog,
  type LoggedEvents,
  type SealedCall,
} from '#worker/audit/own-chains.ts';
import { parkPoison } from '#worker/audit/parking.ts';
import { sha256 } from '#worker/audit/sha256.ts';
import type { AccessRow } from '../store.ts';
import type { Synchronous } from './synchronous.ts';

const ENTRY_COLUMNS = 'event_id AS eventId, ts AS atMs, kind, payload, salt, seq, leaf, hash';
const HEAD_COLUMNS =
  'org_id AS orgId, device_id AS deviceId, epoch, head_seq AS seq, head_hash AS hash, origin_epoch AS originEpoch, origin_seq AS originSeq, origin_hash AS originHash, own, acked_seq AS ackedSeq, acked_hash AS ackedHash';

interface StoredHead {
  readonly orgId: OrgId;
  readonly deviceId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
  readonly originEpoch: number | null;
  readonly originSeq: number | null;
  readonly originHash: string | null;
  readonly own: number;
  readonly ackedSeq: number;
  readonly ackedHash: string | null;
}

const originOf = ({ originEpoch, originSeq, originHash }: StoredHead): EpochOrigin | null =>
  originEpoch === null || originSeq === null || originHash === null
    ? null
    : { epoch: originEpoch, seq: originSeq, hash: originHash };

/** The part of the worker's database that holds audit chains. Throws `storage.*`. */
export class SqliteAudit implements Synchronous<AuditBook & OwnChains> {
  readonly #tables: Database;
  #self: string | null = null;
  readonly #statements = new Map<string, Statement>();

  constructor(tables: Database) {
    this.#tables = tables;
  }

  receiveFrame(orgId: OrgId, frame: AuditFrame, atMs: number): FrameAnswer {
    return guarded(() =>
      this.#tables
        .transaction(() => {
          const { deviceId, epoch, origin } = frame;
          const heads = new Map(this.#heads(orgId, deviceId).map(head => [head.epoch, head]));
          const { answer, fresh } = receiveFrame(
            sha256,
            {
              newestEpoch: Math.max(0, ...heads.keys()),
              headOf: of => heads.get(of) ?? null,
              hashAt: (of, seq) => this.#hashAt(orgId, deviceId, of, seq),
            },
            frame,
          );
          if (answer.outcome !== 'ok' || fresh.length === 0) return answer;
          if (!heads.has(epoch)) this.#openEpoch(orgId, deviceId, epoch, origin, atMs, false);
          const { kept, parked } = parkPoison(fresh);
          this.#insert(orgId, deviceId, epoch, kept, atMs);
          for (const { seq, reason, raw } of parked)
            this.#statement(
              'INSERT INTO audit_parked (org_id, device_id, epoch, seq, reason, raw) VALUES (?, ?, ?, ?, ?, ?)',
            ) // prettier-ignore
              .run(orgId, deviceId, epoch, seq, reason, raw);
          return answer;
        })
        .immediate(),
    );
  }

  auditHeads(orgId: OrgId, deviceId: string | null): readonly DeviceHead[] {
    return guarded(() =>
      this.#heads(orgId, deviceId).map(head => ({
        orgId,
        deviceId: head.deviceId,
        epoch: head.epoch,
        origin: originOf(head),
        head: { seq: head.seq, hash: head.hash },
      })),
    );
  }

  auditEntries({ orgId, deviceId, epoch, afterSeq, limit }: ChainQuery): readonly AuditEntry[] {
    return guarded(
      () =>
        this.#statement(
          `SELECT ${ENTRY_COLUMNS} FROM audit_entries WHERE org_id = ? AND device_id = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT ?`,
        ).all(orgId, deviceId, epoch, afterSeq, limit) as AuditEntry[],
    );
  }

  auditChanges(orgId: OrgId, cursor: string | null, limit: number): AuditChanges {
    return guarded(() => {
      // One writer at a time: positions become visible in their order.
      const rows = this.#statement(
        `SELECT position, device_id AS deviceId, epoch, received_at AS receivedAtMs, ${ENTRY_COLUMNS} FROM audit_entries WHERE org_id = ? AND position > ? ORDER BY position LIMIT ?`,
      ).all(orgId, Number(cursor ?? 0), limit) as (AuditEntry & {
        readonly position: number;
        readonly deviceId: string;
        readonly epoch: number;
        readonly receivedAtMs: number;
      })[];
      return {
        changes: rows.map(({ position: _position, deviceId, epoch, receivedAtMs, ...entry }) => ({
          deviceId,
          epoch,
          receivedAtMs,
          entry,
        })),
        cursor: String(rows.at(-1)?.position ?? cursor ?? 0),
      };
    });
  }

  parkedEntries(orgId: OrgId): readonly ParkedEntry[] {
    return guarded(
      () =>
        this.#statement(
          'SELECT device_id AS deviceId, epoch, seq, reason, raw FROM audit_parked WHERE org_id = ? ORDER BY device_id, epoch, seq',
        ).all(orgId) as ParkedEntry[],
    );
  }

  addAnchor({ orgId, number, atMs, jws }: AuditAnchor): void {
    guarded(() =>
      this.#statement('INSERT INTO audit_anchors (org_id, number, ts, jws) VALUES (?, ?, ?, ?)').run(
        orgId,
        number,
        Math.round(atMs),
        jws,
      ),
    );
  }

  auditAnchors(orgId: OrgId): readonly AuditAnchor[] {
    return guarded(
      () =>
        this.#statement(
          'SELECT org_id AS orgId, number, ts AS atMs, jws FROM audit_anchors WHERE org_id = ? ORDER BY number',
        ) // prettier-ignore
          .all(orgId) as AuditAnchor[],
    );
  }

  addAuditKey(keyId: string, jwk: string): void {
    guarded(() =>
      this.#statement('INSERT INTO audit_keys (id, jwk) VALUES (?, ?) ON CONFLICT DO NOTHING').run(
        keyId,
        jwk,
      ),
    );
  }

  auditKeys(): readonly { readonly keyId: string; readonly jwk: string }[] {
    return guarded(
      () =>
        this.#statement('SELECT id AS keyId, jwk FROM audit_keys ORDER BY id').all() as {
          keyId: string;
          jwk: string;
        }[],
    );
  }

  auditedOrgs(): readonly OrgId[] {
    return guarded(
      () =>
        this.#statement('SELECT DISTINCT org_id FROM audit_devices ORDER BY org_id').pluck().all() as OrgId[],
    );
  }

  callLogTexts(callId: CallId, afterSeq: number, limit: number): readonly LoggedText[] {
    return guarded(
      () =>
        this.#statement(
          'SELECT seq, payload_json AS text FROM call_events WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?',
        ).all(callId, afterSeq, limit) as LoggedText[],
    );
  }

  accessTexts(orgId: OrgId, afterId: string, limit: number): readonly AccessText[] {
    return guarded(() =>
      (
        this.#statement(
          'SELECT id, org_id AS orgId, user_id AS userId, action, outcome, ts AS atMs, payload_json AS payload FROM audit_access WHERE org_id = ? AND id > ? ORDER BY id LIMIT ?',
        ).all(orgId, afterId, limit) as (Omit<AccessRow, 'payload'> & { readonly payload: string })[]
      ).map(row => ({
        id: row.id,
        atMs: row.atMs,
        text: accessText({ ...row, payload: JSON.parse(row.payload) as unknown }),
      })),
    );
  }

  ownFrames(frames: number, entries: number): readonly { orgId: OrgId; frame: AuditFrame }[] {
    return guarded(() =>
      (
        this.#statement(
          `SELECT ${HEAD_COLUMNS} FROM audit_devices WHERE own = 1 AND acked_seq < head_seq ORDER BY org_id, device_id, epoch LIMIT ?`,
        ).all(frames) as StoredHead[]
      ).map(head => ({
        orgId: head.orgId,
        frame: {
          deviceId: head.deviceId,
          epoch: head.epoch,
          origin: originOf(head),
          entries: this.auditEntries({
            orgId: head.orgId,
            deviceId: head.deviceId,
            epoch: head.epoch,
            afterSeq: head.ackedSeq,
            limit: entries,
          }),
        },
      })),
    );
  }

  ownAnswered(orgId: OrgId, deviceId: string, answer: FrameAnswer, atMs: number): void {
    guarded(() =>
      this.#tables.transaction(() => {
        const newest = this.#heads(orgId, deviceId).findLast(head => head.own === 1);
        if (!newest) return;
        const { epoch, ackedSeq, ackedHash } = newest;
        const origin = originOf(newest);
        const acked = { seq: ackedSeq, hash: ackedHash ?? origin?.hash ?? GENESIS_HASH };
        // Only what is not acknowledged, and the entry that the answer names.
        const from = answer.outcome === 'fork' ? acked.seq : Math.min(acked.seq, answer.head.seq);
        const chain: DeviceChain = {
          deviceId,
          epoch,
          origin,
          acked,
          entries: this.auditEntries({ orgId, deviceId, epoch, afterSeq: Math.max(0, from - 1), limit: -1 }),
        };
        const next = onAnswer(sha256, chain, answer);
        if (next.epoch === epoch)
          this.#statement(
            'UPDATE audit_devices SET acked_seq = ?, acked_hash = ? WHERE org_id = ? AND device_id = ? AND epoch = ?',
          ).run(next.acked.seq, next.acked.hash, orgId, deviceId, epoch);
        else this.#forked(orgId, next, epoch, atMs);
      })(),
    );
  }

  /** Part of an erasure: what was erased is proven by what stands there since (SYN40). Of a ticket's tool call the chain keeps the hash alone. */
  callErased(orgId: OrgId, callId: CallId, atMs: EpochMs): void {
    this.#statement(
      `UPDATE audit_entries SET payload = NULL, salt = NULL WHERE org_id = ? AND kind = 'tool' AND json_extract(payload, '$.conversationId') = ?`,
    ).run(orgId, callId);
    const texts = this.callLogTexts(callId, -1, -1).map(({ text }) => text);
    const says: ErasedLog = { sha256: erasedDigest(texts) };
    this.#chain(orgId, callDevice(callId), [newFact('call.erased', says, atMs)], atMs);
  }

  /** Part of the transaction that writes what the facts say. */
  #chain(orgId: OrgId, deviceId: string, facts: readonly AuditFact[], atMs: number): SealedHead {
    const known = this.#statement(
      'SELECT epoch, head_seq AS seq, head_hash AS hash FROM audit_devices WHERE org_id = ? AND device_id = ? AND own = 1 ORDER BY epoch DESC LIMIT 1',
    ).get(orgId, deviceId) as
      { readonly epoch: number; readonly seq: number; readonly hash: string } | undefined;
    const head = known ?? { epoch: 1, seq: 0, hash: GENESIS_HASH };
    if (!known) this.#openEpoch(orgId, deviceId, 1, null, atMs, true);
    const entries = appendFacts(sha256, head, facts);
    this.#insert(orgId, deviceId, head.epoch, entries, atMs);
    const last = entries.at(-1) ?? head;
    return { seq: last.seq, hash: last.hash };
  }

  /** Chains events that were just written, one entry for each row of them; a call that ended is sealed. */
  chainEvents(events: readonly ChainedEvent[], atMs: number): void {
    for (const row of inRows(events)) {
      const [first] = row;
      if (!first) continue;
      const { orgId, callId } = first;
      const says: LoggedEvents = { from: first.seq, sha256: row.map(event => event.sha256) };
      const head = this.#chain(orgId, callDevice(callId), [newFact('call.log', says, atMs)], atMs);
      if (!row.some(event => event.isEnd)) continue;
      const sealed: SealedCall = { callId, ...head };
      this.#chain(orgId, this.#workerName(), [newFact('call.sealed', sealed, atMs)], atMs);
    }
  }

  chainAccess(row: AccessRow): void {
    const fact = { ...newFact('access', null, row.atMs), payload: accessText(row) };
    this.#chain(row.orgId as OrgId, this.#workerName(), [fact], row.atMs);
  }

  chainToolCall(row: ToolCallRow): void {
    this.#chain(row.orgId, this.#workerName(), [newFact('tool', row, row.atMs)], row.atMs);
  }

  /** The worker's own device: one for each database file, for ever. */
  #workerName(): string {
    if (this.#self === null) {
      this.#statement('INSERT INTO audit_self (id, name) VALUES (1, ?) ON CONFLICT DO NOTHING').run(
        randomUUID(),
      );
      this.#self = workerDevice(this.#statement('SELECT name FROM audit_self').pluck().get() as string);
    }
    return this.#self;
  }

  /** The team's store knows another history: what it cannot be shown to have is written again behind what both have (SYN5). */
  #forked(orgId: OrgId, next: DeviceChain, before: number, atMs: number): void {
    const { deviceId, epoch, origin, entries } = next;
    this.#statement('UPDATE audit_devices SET own = 0 WHERE org_id = ? AND device_id = ? AND epoch = ?').run(
      orgId,
      deviceId,
      before,
    );
    this.#openEpoch(orgId, deviceId, epoch, origin, atMs, true);
    this.#insert(orgId, deviceId, epoch, entries, atMs);
    this.#chain(orgId, deviceId, [newFact('epoch.opened', { before, origin }, atMs)], atMs);
  }

  #openEpoch(
    orgId: OrgId,
    deviceId: string,
    epoch: number,
    origin: EpochOrigin | null,
    atMs: number,
    own: boolean,
  ): void {
    this.#statement(
      'INSERT INTO audit_devices (org_id, device_id, epoch, head_seq, head_hash, origin_epoch, origin_seq, origin_hash, opened_at, own) VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?)',
    ).run(
      orgId,
      deviceId,
      epoch,
      origin?.hash ?? GENESIS_HASH,
      origin?.epoch ?? null,
      origin?.seq ?? null,
      origin?.hash ?? null,
      Math.round(atMs),
      own ? 1 : 0,
    );
  }

  /** Rows and head, in the caller's transaction. No row passes another by: a number that is there already is an error. */
  #insert(orgId: OrgId, deviceId: string, epoch: number, entries: readonly AuditEntry[], atMs: number): void {
    const last = entries.at(-1);
    if (!last) return;
    const insert = this.#statement(
      'INSERT INTO audit_entries (org_id, device_id, epoch, seq, event_id, ts, kind, payload, salt, leaf, hash, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    const receivedAtMs = Math.round(atMs);
    for (const { seq, eventId, atMs: saidAtMs, kind, payload, salt, leaf, hash } of entries)
      insert.run(
        orgId,
        deviceId,
        epoch,
        seq,
        eventId,
        saidAtMs,
        kind,
        payload,
        salt,
        leaf,
        hash,
        receivedAtMs,
      );
    this.#statement(
      'UPDATE audit_devices SET head_seq = ?, head_hash = ? WHERE org_id = ? AND device_id = ? AND epoch = ?',
    ) // prettier-ignore
      .run(last.seq, last.hash, orgId, deviceId, epoch);
  }

  #heads(orgId: OrgId, deviceId: string | null): readonly StoredHead[] {
    return deviceId === null
      ? (this.#statement(
          `SELECT ${HEAD_COLUMNS} FROM audit_devices WHERE org_id = ? ORDER BY device_id, epoch`,
        ).all(orgId) as StoredHead[])
      : (this.#statement(
          `SELECT ${HEAD_COLUMNS} FROM audit_devices WHERE org_id = ? AND device_id = ? ORDER BY epoch`,
        ).all(orgId, deviceId) as StoredHead[]);
  }

  /** Prepared once: chains are written with every group of the log. */
  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.#tables.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #hashAt(orgId: OrgId, deviceId: string, epoch: number, seq: number): string | null {
    return (
      (this.#statement(
        'SELECT hash FROM audit_entries WHERE org_id = ? AND device_id = ? AND epoch = ? AND seq = ?',
      )
        .pluck()
        .get(orgId, deviceId, epoch, seq) as string | undefined) ?? null
    );
  }
}

interface SealedHead {
  readonly seq: number;
  readonly hash: string;
}
