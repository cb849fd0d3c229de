import DatabaseFile from 'better-sqlite3';
import type { Database } from '#shared/sqlite/open-database.ts';

type Statement = ReturnType<Database['prepare']>;

/**
 * Keeps every statement of every connection of this process: thousands of worlds would spend most of their time preparing the
 * same ones again. Returned as new: the modes that a caller set are taken back.
 */
export function keepStatements(): void {
  const kept = new WeakMap<object, Map<string, Statement>>();
  const prototype = DatabaseFile.prototype as { prepare: (sql: string) => Statement };
  const prepare = prototype.prepare;
  prototype.prepare = function (this: Database, sql: string): Statement {
    const own = kept.get(this) ?? new Map<string, Statement>();
    kept.set(this, own);
    const known = own.get(sql);
    if (known && !known.busy) {
      if (known.reader) known.pluck(false).raw(false);
      return known;
    }
    const statement = prepare.call(this, sql);
    own.set(sql, statement);
    return statement;
  };
}
