import DatabaseFile from 'better-sqlite3';
import type { Database } from '#shared/sqlite/open-database.ts';

/**
 * Copies what can still be read of a damaged file into a fresh one of the same schema, row by row up to the first page that
 * cannot be read, then from the other end. @returns how many rows came over
 */
export function rescueRows(damagedFile: string, fresh: Database, tables: readonly string[]): number {
  let damaged: Database;
  try {
    damaged = new DatabaseFile(damagedFile, { timeout: 2000 });
  } catch {
    return 0;
  }
  try {
    return tables.reduce((count, table) => count + rescueTable(damaged, fresh, table), 0);
  } finally {
    try {
      damaged.close();
    } catch {
      // It is damaged; the file is kept as it is.
    }
  }
}

function rescueTable(damaged: Database, fresh: Database, table: string): number {
  const columns = (fresh.pragma(`table_info(${table})`) as readonly { readonly name: string }[]).map(
    ({ name }) => name,
  );
  const list = columns.join(', ');
  const insert = fresh.prepare(
    `INSERT OR IGNORE INTO ${table} (${list}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  let count = 0;
  for (const order of ['ASC', 'DESC']) {
    try {
      const rows = damaged
        .prepare(`SELECT ${list} FROM ${table} ORDER BY ${columns[0] ?? ''} ${order}`)
        .raw()
        .iterate() as IterableIterator<unknown[]>;
      for (const row of rows) {
        try {
          count += insert.run(...row).changes;
        } catch {
          // One row that does not fit is no reason to leave the others.
        }
      }
      break; // Read to its end: the other direction would find the same.
    } catch {
      // Here a page cannot be read; what lies behind it is tried from the other end.
    }
  }
  return count;
}
