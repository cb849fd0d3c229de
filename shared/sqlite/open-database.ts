import Database from 'better-sqlite3';
import { AppError, type ErrorCode } from '#shared/errors/app-error.ts';

export type { Database } from 'better-sqlite3';

/** One step of a schema. Numbered from 1 without gaps; never changed once released. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

const CODES: readonly (readonly [pattern: RegExp, code: ErrorCode, message: string, retryable: boolean])[] = [
  [
    /^SQLITE_(?:FULL|IOERR_WRITE)/,
    'storage.full',
    'The disk is full. Free some space; nothing written so far is lost.',
    true,
  ],
  [
    /^SQLITE_(?:BUSY|LOCKED)/,
    'storage.locked',
    'Another program holds the database. Close it, or choose another data folder.',
    true,
  ],
  [
    /^SQLITE_(?:READONLY|PERM|CANTOPEN)/,
    'storage.read-only',
    'The data folder cannot be written. Choose another with --data.',
    false,
  ],
  [
    /^SQLITE_(?:CORRUPT|NOTADB)/,
    'storage.corrupt',
    'The database is damaged. Set the file aside and start again; the damaged file is kept.',
    false,
  ],
];

/** Gives a failure of SQLite its code; anything else is `storage.failed`. */
export function toStorageError(cause: unknown): AppError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const known = CODES.find(([pattern]) => pattern.test(code));
  return new AppError(
    {
      code: known?.[1] ?? 'storage.failed',
      message: known?.[2] ?? 'The database refused to work. The log has the details.',
      retryable: known?.[3] ?? true,
      origin: 'worker',
    },
    { cause },
  );
}

/** Opens a database for one writer: write-ahead log, every commit synced to disk, foreign keys on. Throws `storage.*`. */
export function openDatabase(file: string, migrations: readonly Migration[]): Database.Database {
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { timeout: 2000 });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    migrate(database, migrations);
    return database;
  } catch (error) {
    database?.close();
    throw toStorageError(error);
  }
}

/** Brings the schema up to date, each step in a transaction of its own. A database from the future is refused. */
export function migrate(database: Database.Database, migrations: readonly Migration[]): void {
  const current = Number(database.pragma('user_version', { simple: true }));
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest)
    throw new Error(`the database has version ${String(current)}, this program knows ${String(newest)}`);
  for (const { version, sql } of migrations) {
    if (version <= current) continue;
    database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${String(version)}`);
    })();
  }
}
