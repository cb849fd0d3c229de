import type { Database } from 'better-sqlite3';
import { getLoadablePath } from 'sqlite-vec';

/**
 * Adds vector tables (`vec0`) to a connection. Returns false where the extension cannot be loaded: search then goes by words.
 * Inside a package the library lies outside the archive, which SQLite cannot open.
 */
export function loadVectors(database: Database): boolean {
  try {
    database.loadExtension(getLoadablePath().replace('app.asar', 'app.asar.unpacked'));
    return true;
  } catch {
    return false;
  }
}
