import { GENESIS_HASH, type AuditEntry, type ChainHead } from '#shared/domain/audit-chain.ts';
import { receiveFrame, type AuditFrame } from '#shared/domain/audit-upload.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor, Role } from '#shared/domain/roles.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { knowledgeChangesSchema, pushAnswerSchema } from '#shared/protocol/knowledge.ts';
import { auditFrameSchema } from '#shared/protocol/audit.ts';
import { KNOWLEDGE_ROUTES } from '#worker/control/knowledge-routes.ts';
import { KnowledgeDesk } from '#worker/knowledge/knowledge-desk.ts';
import type { Store } from '#worker/store/store.ts';
import { sha256, type ReceivedAnswer } from '#electron/storage/desk-store/audit-ledger.ts';
import type { SqliteDatabase } from '#worker/store/sqlite/sqlite-database.ts';

/** The worker's own handlers over its real store, one org for each world; what chains devices is a double built on the product's core. */
export class WorldServer {
  readonly orgId: OrgId;
  readonly database: SqliteDatabase;
  readonly audit = new Map<string, readonly AuditEntry[]>();
  readonly #newest = new Map<string, number>();
  readonly #desk: KnowledgeDesk;
  /** What a handler of another kind would do in its place. */
  readonly #sabotage: ServerSabotage;

  constructor(database: SqliteDatabase, orgId: string, newId: () => string, sabotage: ServerSabotage = {}) {
    this.orgId = orgId as OrgId;
    this.database = database;
    this.#sabotage = sabotage;
    const book = new Proxy(
      {},
      {
        get:
          (_target, name) =>
          async (...args: readonly unknown[]) =>
            (database as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[
              String(name)
            ]?.(...args),
      },
    ) as Store;
    this.#desk = new KnowledgeDesk({
      book,
      shelf: null as never,
      rotate: () => Promise.reject(new Error('nothing is published here')),
      channel: { say: () => Promise.resolve() } as never,
      ask: () => Promise.reject(new Error('nobody asks')),
      tellCall: () => Promise.resolve(),
      audit: () => Promise.resolve(),
      clock: { now: () => 0 as EpochMs, mono: () => 0 as never, after: () => () => undefined },
      newId,
    });
  }

  actor(name: string, role: Role): Actor {
    return { userId: name as UserId, orgId: this.orgId, name, role };
  }

  /** As the routes: everything that comes in and goes out passes its schema, as JSON. */
  async push(actor: Actor, revisions: unknown) {
    const { revisions: pushed } = KNOWLEDGE_ROUTES.pushRevisions.body.parse(json({ revisions }));
    return pushAnswerSchema.parse(json(await this.#desk.push(actor, pushed)));
  }

  async changes(actor: Actor, after: number, limit: number) {
    return knowledgeChangesSchema.parse(json(await this.#desk.changes(actor, after, limit)));
  }

  sendFrame(sent: AuditFrame): ReceivedAnswer {
    const frame = auditFrameSchema.parse(json(sent));
    const key = (epoch: number): string => `${frame.deviceId} ${String(epoch)}`;
    const entriesOf = (epoch: number): readonly AuditEntry[] => this.audit.get(key(epoch)) ?? [];
    const { answer, fresh } = receiveFrame(
      sha256,
      {
        newestEpoch: this.#newest.get(frame.deviceId) ?? 0,
        headOf: (epoch): ChainHead | null => entriesOf(epoch).at(-1) ?? null,
        hashAt: (epoch, seq) => (seq === 0 ? GENESIS_HASH : (entriesOf(epoch)[seq - 1]?.hash ?? null)),
      },
      frame,
    );
    if (fresh.length > 0) {
      this.audit.set(key(frame.epoch), [...entriesOf(frame.epoch), ...fresh]);
      this.#newest.set(frame.deviceId, Math.max(this.#newest.get(frame.deviceId) ?? 0, frame.epoch));
    }
    return answer.outcome === 'ok' && !this.#sabotage.noReceipts
      ? { ...answer, serverTimeMs: 0, receipt: `${String(answer.head.seq)} ${answer.head.hash}` }
      : answer;
  }
}

export interface ServerSabotage {
  readonly noReceipts?: boolean;
}

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
