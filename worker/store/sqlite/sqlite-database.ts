import { AUDIT_BOOK_METHODS, type OwnChains } from '#shared/adapters/audit-book.ts';
import { TICKET_BOOK_METHODS } from '#shared/adapters/ticket-book.ts';
import { holdFile, openDatabase, type Database } from '#shared/sqlite/open-database.ts';
import { KNOWLEDGE_METHODS } from '../knowledge-methods.ts';
import { SPOOLED_METHODS, type SpoolingStore } from '../spool.ts';
import type { Store } from '../store.ts';
import { WORKER_MIGRATIONS } from './migrations.ts';
import { SqliteAccess } from './sqlite-access.ts';
import { SqliteAccounts } from './sqlite-accounts.ts';
import { SqliteAudit } from './sqlite-audit.ts';
import { SqliteCalls } from './sqlite-calls.ts';
import { SqliteConsultations } from './sqlite-consultations.ts';
import { SqliteKnowledge } from './sqlite-knowledge.ts';
import { SqliteLeases } from './sqlite-leases.ts';
import { SqliteLog } from './sqlite-log.ts';
import { SqlitePrivacy } from './sqlite-privacy.ts';
import { SqliteSpool } from './sqlite-spool.ts';
import { SqliteTickets } from './sqlite-tickets.ts';
import {
  ACCESS_METHODS,
  ACCOUNT_METHODS,
  ARCHIVE_METHODS,
  CALL_METHODS,
  CONSULTATION_METHODS,
  LEASE_METHODS,
  LOG_METHODS,
  OWN_CHAIN_METHODS,
  PRIVACY_METHODS,
  SPOOL_METHODS,
} from './store-methods.ts';
import type { Synchronous } from './synchronous.ts';

/** The worker's SQLite database, for its own thread: the store's contract, synchronous. Every method throws `storage.*`. */
export type SqliteDatabase = Synchronous<Store & OwnChains>;
/** The same, which also remembers what the team's store has not heard yet. */
export type SqliteSpoolDatabase = Synchronous<SpoolingStore>;

/** @param role `beside` a running worker whoever writes neither calls nor their log may open it too. Throws `storage.*`. */
export function openSqliteDatabase(file: string, role: 'writer' | 'beside' = 'writer'): SqliteDatabase {
  return opened(file, role, sideBySide);
}

/** Throws `storage.*`. */
export function openSqliteSpoolDatabase(file: string): SqliteSpoolDatabase {
  return opened(file, 'writer', (tables, close) => {
    const record = sideBySide(tables, close);
    const spool = new SqliteSpool(tables, record);
    return { ...record, ...methodsOf(spool, SPOOLED_METHODS), ...methodsOf(spool, SPOOL_METHODS) };
  });
}

/**
 * All parts over one open database. Each has tables of its own and writes no others; where one writes with another, in its
 * transaction, it is given that one here.
 */
function sideBySide(tables: Database, close: () => void): SqliteDatabase {
  const audit = new SqliteAudit(tables);
  const tickets = new SqliteTickets(tables, audit);
  const calls = new SqliteCalls(tables);
  const log = new SqliteLog(tables, { calls, tickets, chains: audit });
  const knowledge = new SqliteKnowledge(tables);
  log.indexOld();
  return {
    ...methodsOf(new SqliteAccounts(tables), ACCOUNT_METHODS),
    ...methodsOf(new SqlitePrivacy(tables, [audit, knowledge]), PRIVACY_METHODS),
    ...methodsOf(new SqliteConsultations(tables), CONSULTATION_METHODS),
    ...methodsOf(log, LOG_METHODS),
    ...methodsOf(calls, [...CALL_METHODS, ...ARCHIVE_METHODS]),
    ...methodsOf(new SqliteAccess(tables, audit), ACCESS_METHODS),
    ...methodsOf(new SqliteLeases(tables), LEASE_METHODS),
    ...methodsOf(tickets, TICKET_BOOK_METHODS),
    ...methodsOf(knowledge, KNOWLEDGE_METHODS),
    ...methodsOf(audit, [...AUDIT_BOOK_METHODS, ...OWN_CHAIN_METHODS]),
    close,
  };
}

function opened<Opened>(
  file: string,
  role: 'writer' | 'beside',
  parts: (tables: Database, close: () => void) => Opened,
): Opened {
  // Held while this process lives: two writers would each end the calls of the other.
  const lock = role === 'writer' ? holdFile(`${file}.lock`) : null;
  let tables: Database | null = null;
  const close = (): void => {
    tables?.close();
    lock?.close();
  };
  try {
    tables = openDatabase(file, WORKER_MIGRATIONS);
    return parts(tables, close);
  } catch (error) {
    close();
    throw error;
  }
}

/** What a part gives to the store, and nothing that it gives to other parts alone. */
function methodsOf<Part extends object, Name extends keyof Part>(
  part: Part,
  names: readonly Name[],
): Pick<Part, Name> {
  return Object.fromEntries(
    names.map(name => [name, (part[name] as (...args: unknown[]) => unknown).bind(part)]),
  ) as unknown as Pick<Part, Name>;
}
