import type { UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import type { AccessRow, Store } from '../store.ts';
import type { ACCESS_METHODS } from './store-methods.ts';
import type { Synchronous } from './synchronous.ts';

interface AccessChain {
  /** Part of the transaction that writes the row. */
  chainAccess(row: AccessRow): void;
}

/** The part of the worker's database that holds what people did, and what their commands were answered. Throws `storage.*`. */
export class SqliteAccess implements Synchronous<Pick<Store, (typeof ACCESS_METHODS)[number]>> {
  readonly #tables: Database;
  readonly #chain: AccessChain;

  constructor(tables: Database, chain: AccessChain) {
    this.#tables = tables;
    this.#chain = chain;
  }

  recordAccess(row: AccessRow): void {
    guarded(() =>
      this.#tables.transaction(() => {
        this.#tables
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
        this.#chain.chainAccess(row);
      })(),
    );
  }

  commandAnswer(userId: UserId, commandId: string): string | null {
    return guarded(
      () =>
        (this.#tables
          .prepare('SELECT answer_json FROM command_answers WHERE user_id = ? AND command_id = ?')
          .pluck()
          .get(userId, commandId) as string | undefined) ?? null,
    );
  }

  saveCommandAnswer(userId: UserId, commandId: string, answerJson: string, atMs: EpochMs): void {
    guarded(() =>
      this.#tables
        .prepare(
          'INSERT INTO command_answers (user_id, command_id, answer_json, ts) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        )
        .run(userId, commandId, answerJson, Math.round(atMs)),
    );
  }
}
