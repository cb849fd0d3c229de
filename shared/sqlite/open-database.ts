import Database from 'better-sqlite3';
import { AppError, type ErrorCode } from '#shared/errors/app-error.ts';

export type { Database, Statement } from 'better-sqlite3';

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
    'Another worker uses this data folder. Close it, or choose another folder with --data.',
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
  [
    /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)/,
    'storage.failed',
    'The database refused a record for what it holds. It is set aside, and the log goes on.',
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

/** Does work with a database; what fails in it is thrown as `storage.*`. What has a code already, of work within work, keeps it. */
export function guarded<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw AppError.is(error) ? error : toStorageError(error);
  }
}

/** Opens a database for one writer: write-ahead log, every commit synced to disk, foreign keys on. Throws `storage.*`. */
export function openDatabase(file: string, migrations: readonly Migration[]): Database.Database {
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { timeout: 2000 });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // What is deleted or replaced is overwritten, so that an erasure leaves nothing in the file (PRIV5).
    database.pragma('secure_delete = ON');
    migrate(database, migrations);
    return database;
  } catch (error) {
    database?.close();
    throw toStorageError(error);
  }
}

/** Opens a database that another process may write, only to read it. Throws `storage.*`. */
export function openToRead(file: string): Database.Database {
  try {
    return new Database(file, { readonly: true, fileMustExist: true, timeout: 2000 });
  } catch (error) {
    throw toStorageError(error);
  }
}

/**
 * Holds a file for this process until it is closed or the process ends, however it ends: the lock is the system's. Throws
 * `storage.locked` when another process holds it.
 */
export function holdFile(file: string): Database.Database {
  let lock: Database.Database | null = null;
  try {
    lock = new Database(file, { timeout: 2000 });
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
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
