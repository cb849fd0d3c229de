import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { appendFacts, GENESIS_HASH, type AuditEntry, type AuditFact } from '#shared/domain/audit-chain.ts';
import {
  headOf,
  nextFrame,
  onAnswer,
  type AuditFrame,
  type DeviceChain,
  type FrameAnswer,
} from '#shared/domain/audit-upload.ts';
import type { Database } from '#shared/sqlite/open-database.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An answer of the store of record as it came: with a receipt where it took the entries. */
export type ReceivedAnswer = FrameAnswer & { readonly serverTimeMs?: number; readonly receipt?: string };

interface SyncRow {
  readonly deviceId: string;
  readonly epoch: number;
  readonly originEpoch: number | null;
  readonly originSeq: number | null;
  readonly originHash: string | null;
  readonly headSeq: number;
  readonly headHash: string;
  readonly ackedSeq: number;
  readonly ackedHash: string;
}

const EVENT_COLUMNS = 'seq, event_id AS eventId, at_ms AS atMs, kind, payload, salt, leaf, hash';

/** What happened at this desk, chained (SYN1-SYN7), in the outbox file. Synchronous; one connection. */
export class AuditLedger {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Made with the first writing connection and kept for good. */
  deviceId(): string {
    return this.#sync()?.deviceId ?? '';
  }

  /** A desk that has no chain yet begins one. */
  begin(newDeviceId: () => string = randomUUID): void {
    if (this.#sync()) return;
    this.#database
      .prepare('INSERT INTO audit_sync VALUES (1, ?, 1, NULL, NULL, NULL, 0, ?, 0, ?)')
      .run(newDeviceId(), GENESIS_HASH, GENESIS_HASH);
  }

  /** Puts a fact on record: durable when it returns. `payload` is redacted by whoever says it. */
  append(kind: string, payload: Readonly<Record<string, unknown>>, atMs: number, eventId: string): void {
    this.#database.transaction(() => {
      const sync = this.#sync();
      if (!sync) return;
      const fact: AuditFact = {
        eventId,
        atMs,
        kind,
        payload: JSON.stringify(payload),
        salt: randomBytes(16).toString('hex'),
      };
      this.#write(sync.epoch, appendFacts(sha256, { seq: sync.headSeq, hash: sync.headHash }, [fact]));
    })();
  }

  /** Rows are missing, or may be: what is left and not acknowledged begins a new epoch, so that the gap shows as one (SYN5). */
  beginAnew(): void {
    this.#database.transaction(() => {
      const chain = this.#chain(Number.MAX_SAFE_INTEGER);
      this.#openEpoch(onAnswer(sha256, chain, { outcome: 'fork', newestEpoch: chain.epoch }));
    })();
  }

  /** Entries that the store of record has not said it has. */
  waiting(): number {
    const sync = this.#sync();
    return sync ? sync.headSeq - sync.ackedSeq : 0;
  }

  oldestWaitingMs(): number | null {
    const sync = this.#sync();
    if (!sync) return null;
    const at = this.#database
      .prepare('SELECT at_ms FROM audit_event WHERE epoch = ? AND seq > ? ORDER BY seq LIMIT 1')
      .pluck()
      .get(sync.epoch, sync.ackedSeq);
    return (at as number | undefined) ?? null;
  }

  /** The next entries to send; an empty frame asks where the store is. `null` without a chain: nothing can be written here. */
  nextFrame(limit: number): AuditFrame | null {
    if (!this.#sync()) return null;
    return nextFrame(this.#chain(Number.MAX_SAFE_INTEGER), limit);
  }

  /** What an answer changes is written in one transaction (SYN4, SYN5). */
  take(answer: ReceivedAnswer): void {
    this.#database.transaction(() => {
      const before = this.#chain(answer.outcome === 'fork' ? Number.MAX_SAFE_INTEGER : answer.head.seq);
      const after = onAnswer(sha256, before, answer);
      if (after === before && answer.outcome !== 'ok') return;
      if (after.epoch !== before.epoch) this.#openEpoch(after);
      else if (after !== before)
        this.#database
          .prepare('UPDATE audit_sync SET acked_seq = ?, acked_hash = ?')
          .run(after.acked.seq, after.acked.hash);
      if (answer.outcome === 'ok' && answer.receipt !== undefined && after.epoch === answer.epoch)
        this.#database
          .prepare('INSERT OR IGNORE INTO audit_receipt VALUES (?, ?, ?, ?, ?)')
          .run(answer.epoch, answer.head.seq, answer.head.hash, answer.serverTimeMs ?? 0, answer.receipt);
    })();
  }

  /** Every entry of every epoch, oldest first: for whoever verifies the chain. */
  entries(): readonly (AuditEntry & { readonly epoch: number })[] {
    return this.#database
      .prepare(`SELECT epoch, ${EVENT_COLUMNS} FROM audit_event ORDER BY epoch, seq`)
      .all() as (AuditEntry & { readonly epoch: number })[];
  }

  /** Entries that are acknowledged, have a receipt behind them and are older; the last of every epoch stays. */
  forgetBefore(atMs: number): number {
    return this.#database
      .prepare(
        `DELETE FROM audit_event WHERE at_ms < ?
          AND EXISTS (SELECT 1 FROM audit_receipt r WHERE r.epoch = audit_event.epoch AND r.seq >= audit_event.seq)
          AND seq < (SELECT max(last.seq) FROM audit_event last WHERE last.epoch = audit_event.epoch)`,
      )
      .run(atMs).changes;
  }

  #sync(): SyncRow | null {
    const row = this.#database
      .prepare(
        `SELECT device_id AS deviceId, epoch, origin_epoch AS originEpoch, origin_seq AS originSeq, origin_hash AS originHash,
          head_seq AS headSeq, head_hash AS headHash, acked_seq AS ackedSeq, acked_hash AS ackedHash FROM audit_sync`,
      )
      .get();
    return (row as SyncRow | undefined) ?? null;
  }

  /** The chain from what is acknowledged, or from `seq` where that is earlier. */
  #chain(seq: number): DeviceChain {
    const sync = this.#sync();
    if (!sync) throw new Error('the ledger has not begun');
    const { deviceId, epoch, originEpoch, originSeq, originHash, ackedSeq, ackedHash } = sync;
    const isFirst = originEpoch === null || originSeq === null || originHash === null;
    return {
      deviceId,
      epoch,
      origin: isFirst ? null : { epoch: originEpoch, seq: originSeq, hash: originHash },
      acked: { seq: ackedSeq, hash: ackedHash },
      entries: this.#database
        .prepare(`SELECT ${EVENT_COLUMNS} FROM audit_event WHERE epoch = ? AND seq >= ? ORDER BY seq`)
        .all(epoch, Math.min(ackedSeq, seq)) as AuditEntry[],
    };
  }

  #openEpoch(chain: DeviceChain): void {
    const { epoch, origin, acked } = chain;
    this.#database
      .prepare(
        `UPDATE audit_sync SET epoch = ?, origin_epoch = ?, origin_seq = ?, origin_hash = ?,
          head_seq = 0, head_hash = ?, acked_seq = 0, acked_hash = ?`,
      )
      .run(
        epoch,
        origin?.epoch ?? null,
        origin?.seq ?? null,
        origin?.hash ?? null,
        headOf({ ...chain, entries: [] }).hash,
        acked.hash,
      );
    this.#write(epoch, chain.entries);
  }

  #write(epoch: number, entries: readonly AuditEntry[]): void {
    const insert = this.#database.prepare('INSERT INTO audit_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    for (const { seq, eventId, atMs, kind, payload, salt, leaf, hash } of entries)
      insert.run(epoch, seq, eventId, atMs, kind, payload, salt, leaf, hash);
    const last = entries.at(-1);
    if (last)
      this.#database.prepare('UPDATE audit_sync SET head_seq = ?, head_hash = ?').run(last.seq, last.hash);
  }
}
