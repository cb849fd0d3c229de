import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import DatabaseFile from 'better-sqlite3';
import { AppError, type ErrorBody, type ErrorCode } from '#shared/errors/app-error.ts';
import { loadVectors } from '#shared/sqlite/load-vectors.ts';
import {
  holdFile,
  migrate,
  openDatabase,
  toStorageError,
  type Database,
  type Migration,
} from '#shared/sqlite/open-database.ts';
import { CACHE_MIGRATIONS } from './cache-schema.ts';
import { OUTBOX_MIGRATIONS } from './outbox-schema.ts';
import { rescueRows } from './rescue-rows.ts';

/** The two files of a desk, open, and what there is to say about it. */
export interface StoreFiles {
  readonly outbox: Database;
  readonly cache: Database;
  readonly mode: 'normal' | 'read-only';
  /** Why it is not normal, or what was set aside; null where nothing is to be said. */
  readonly problem: ErrorBody | null;
  readonly hasVectors: boolean;
  /** The outbox is what could be rescued of a damaged one. */
  readonly isRescued?: boolean;
  close(): void;
}

export const OUTBOX_FILE = 'outbox.sqlite';
export const CACHE_FILE = 'desk.sqlite';
const LOCK_FILE = 'desk.lock';

/** A cache up to this size is looked through when it is opened; a longer look would keep the first screen waiting. */
const CHECKED_BYTES = 32 * 1024 * 1024;

const WORDS: Partial<Record<ErrorCode, string>> = {
  'storage.locked':
    'Another Sidetone uses this data folder. What is here can be read; to change something, use the other window or start with another --data.',
  'storage.read-only':
    'The data folder cannot be written. What is here can be read, and nothing can be saved. Give the folder back its rights, or start with another --data.',
  'storage.full':
    'The disk is full. What is here can be read, and nothing can be saved until there is space.',
};

/** The desk's own words for a failure of its files; the shared ones speak of a worker. */
export function deskProblem(code: ErrorCode, message?: string): ErrorBody {
  return {
    code,
    message: message ?? WORDS[code] ?? 'The store of this desk refused to work. The log has the details.',
    retryable: code === 'storage.full' || code === 'storage.locked',
    origin: 'electron',
  };
}

export interface OpenOptions {
  readonly folder: string;
  readonly nowMs: number;
  /** Off to see what a machine without the extension sees. */
  readonly useVectors?: boolean;
}

/**
 * Opens both files for this process alone. Where they cannot be written (held by another desk, no rights, no space) they are
 * opened to be read. A damaged file is set aside under a name that says when; the outbox's rows are rescued from it (DST4-DST7).
 * Throws `storage.*` only where not even reading is possible.
 */
export function openStoreFiles({ folder, nowMs, useVectors = true }: OpenOptions): StoreFiles {
  try {
    return openToWrite(folder, nowMs, useVectors);
  } catch (error) {
    const { body } = AppError.is(error) ? error : toStorageError(error);
    return openToRead(folder, deskProblem(body.code), useVectors);
  }
}

function openToWrite(folder: string, nowMs: number, useVectors: boolean): StoreFiles {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new AppError(deskProblem(isFull ? 'storage.full' : 'storage.read-only'), { cause });
  }
  const opened: Database[] = [holdFile(join(folder, LOCK_FILE))];
  try {
    const outbox = openSound(join(folder, OUTBOX_FILE), OUTBOX_MIGRATIONS, nowMs, (damaged, fresh) =>
      rescueRows(damaged, fresh, ['meta', 'audit_sync', 'outbox', 'unsaved', 'audit_event', 'audit_receipt']),
    );
    opened.push(outbox.database);
    const cache = openSound(join(folder, CACHE_FILE), CACHE_MIGRATIONS, nowMs, () => 0);
    opened.push(cache.database);
    const hasVectors = useVectors && loadVectors(cache.database);
    return {
      outbox: outbox.database,
      cache: cache.database,
      mode: 'normal',
      problem: damageWords(outbox.damage, cache.damage),
      hasVectors,
      isRescued: outbox.damage !== null,
      close: () => opened.toReversed().forEach(database => database.close()),
    };
  } catch (error) {
    opened.toReversed().forEach(database => database.close());
    throw error;
  }
}

interface Damage {
  readonly setAside: string;
  readonly rescued: number;
}

function openSound(
  file: string,
  migrations: readonly Migration[],
  nowMs: number,
  rescue: (damagedFile: string, fresh: Database) => number,
): { readonly database: Database; readonly damage: Damage | null } {
  try {
    const database = openDatabase(file, migrations);
    try {
      if (sizeBytes(database) <= CHECKED_BYTES) checkWhole(database);
      return { database, damage: null };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    const { body } = AppError.is(error) ? error : toStorageError(error);
    if (body.code !== 'storage.corrupt') throw error;
    const setAside = setFileAside(file, nowMs);
    const database = openDatabase(file, migrations);
    return { database, damage: { setAside, rescued: rescue(setAside, database) } };
  }
}

const sizeBytes = (database: Database): number =>
  Number(database.pragma('page_count', { simple: true })) *
  Number(database.pragma('page_size', { simple: true }));

function checkWhole(database: Database): void {
  const [row] = database.pragma('quick_check(1)') as readonly { readonly quick_check: string }[];
  if (row?.quick_check !== 'ok') throw new AppError(deskProblem('storage.corrupt'));
}

/** @returns where the damaged file is now; its log goes with it, because it may hold what the file does not */
export function setFileAside(file: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/gu, '-');
  let target = `${file}.damaged-${stamp}`;
  for (let count = 2; existsSync(target); count += 1) target = `${file}.damaged-${stamp}-${String(count)}`;
  renameSync(file, target);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${target}-wal`);
  rmSync(`${file}-shm`, { force: true });
  return target;
}

function damageWords(outbox: Damage | null, cache: Damage | null): ErrorBody | null {
  if (outbox)
    return deskProblem(
      'storage.corrupt',
      `The file of unsent changes was damaged. ${String(outbox.rescued)} entries were rescued; the damaged file is kept as ${outbox.setAside}.`,
    );
  if (cache)
    return deskProblem(
      'storage.corrupt',
      `The desk’s copy of the data was damaged. It is read from the worker again; unsent changes are not touched. The damaged file is kept as ${cache.setAside}.`,
    );
  return null;
}

function openToRead(folder: string, problem: ErrorBody, useVectors: boolean): StoreFiles {
  const outbox = readable(join(folder, OUTBOX_FILE), OUTBOX_MIGRATIONS);
  const cache = readable(join(folder, CACHE_FILE), CACHE_MIGRATIONS);
  const hasVectors = useVectors && loadVectors(cache);
  return {
    outbox,
    cache,
    mode: 'read-only',
    problem,
    hasVectors,
    close: () => [cache, outbox].forEach(database => database.close()),
  };
}

/** A file as it can be read without writing anything; an empty one in memory where there is nothing to read. */
function readable(file: string, migrations: readonly Migration[]): Database {
  const attempts: readonly (() => Database)[] = [
    () => new DatabaseFile(file, { readonly: true, fileMustExist: true, timeout: 2000 }),
    // SQLite cannot read a file with a log without making one beside it; nobody writes it, so a copy in memory is as good.
    () => new DatabaseFile(withoutLog(readFileSync(file))),
  ];
  for (const attempt of attempts) {
    try {
      const database = attempt();
      try {
        checkVersion(database, migrations);
        database.pragma('query_only = ON');
        return database;
      } catch {
        database.close();
      }
    } catch {
      // The next way.
    }
  }
  const empty = new DatabaseFile(':memory:');
  migrate(empty, migrations);
  empty.pragma('query_only = ON');
  return empty;
}

/** A file from before or after this program is not read: its tables are others, and it cannot be brought up to date. */
function checkVersion(database: Database, migrations: readonly Migration[]): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version !== (migrations.at(-1)?.version ?? 0)) throw new Error('the schema is another');
}

/** Bytes 18 and 19 of a database say whether it has a log. Source: SQLite file format 1.3.3. */
function withoutLog(file: Buffer): Buffer {
  const copy = Buffer.from(file);
  copy[18] = 1;
  copy[19] = 1;
  return copy;
}
