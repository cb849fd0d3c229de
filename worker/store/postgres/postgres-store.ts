import type pg from 'pg';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { SpooledItem, SpoolMark, SpooledWork, TeamStore } from '../spool.ts';
import type { AccessRow } from '../store.ts';
import { appendEntries } from './append.ts';
import { indexLog, readFacets, searchArchive } from './archive-queries.ts';
import { auditBook } from './audit-book.ts';
import { callQueries, conversationsById } from './call-queries.ts';
import { accessPostgres, inTransaction, type PostgresAccess } from './connection.ts';
import {
  addConsultation,
  archiveConsultation,
  consultationQueries,
  recordRoomEvent,
} from './consultation-queries.ts';
import { followWrites, type FollowOptions } from './follow-writes.ts';
import { insertRows } from './insert-rows.ts';
import { knowledgeQueries } from './knowledge-queries.ts';
import { leaseQueries } from './lease-queries.ts';
import { migratePostgres } from './migrate.ts';
import { POSTGRES_MIGRATIONS } from './migrations.ts';
import {
  addTicketNote,
  saveTicket,
  saveTicketRequest,
  ticketQueries,
  updateTicket,
} from './ticket-queries.ts';
import { addToolCalls } from './write-derived.ts';

export interface PostgresStoreOptions {
  /** `postgres://...`; holds a password and is never logged. */
  readonly url: string;
  /** The log that this worker writes: one for each data folder, for ever. */
  readonly logId: string;
}

/** What this database gives beyond the contract; told by the worker's health. */
export interface PostgresFacts {
  /** False where the role passes row security by (a superuser): then only our own filters keep orgs apart. */
  readonly rowSecurity: boolean;
  /** Where knowledge is searched by vectors: beside its rows, or exactly and in the worker's memory. */
  readonly vectors: 'pgvector' | 'in-process';
}

export interface PostgresStore extends TeamStore {
  readonly facts: PostgresFacts;
  /** Calls of the whole team as they are written, in an order in which nothing is ever missed (PG6). @returns a function that stops */
  follow(options: FollowOptions): () => Promise<void>;
}

/** Opens the team's store and brings its schema up to date. Rejects with `storage.*`. */
export async function openPostgresStore({ url, logId }: PostgresStoreOptions): Promise<PostgresStore> {
  const access = accessPostgres(url);
  try {
    const { facts, generation } = await access.everywhere(async client => {
      await migratePostgres(client, POSTGRES_MIGRATIONS);
      const claimed = { facts: await readFacts(client), generation: await claimLog(client, logId) };
      await inTransaction(client, () => indexLog(client, logId));
      return claimed;
    });
    return storeOf(url, access, { logId, generation }, facts);
  } catch (error) {
    await access.close();
    throw error;
  }
}

interface OwnLog {
  readonly logId: string;
  readonly generation: number;
}

function storeOf(url: string, access: PostgresAccess, log: OwnLog, facts: PostgresFacts): PostgresStore {
  const { inOrg, everywhere, close } = access;
  const { logId } = log;
  return {
    facts,
    ...callQueries(access, logId),
    ...ticketQueries(access, logId),
    ...leaseQueries(access),
    ...consultationQueries(access),
    ...auditBook(access),
    searchArchive: (orgId, query) =>
      inOrg(orgId, async client => {
        const found = await searchArchive(client, orgId, query);
        const calls = await conversationsById(
          client,
          orgId,
          found.map(({ callId }) => callId),
        );
        return found.flatMap(({ callId, hits }) => {
          const call = calls.get(callId);
          return call ? [{ call, hits }] : [];
        });
      }),
    archiveFacets: orgId => inOrg(orgId, client => readFacets(client, orgId)),
    ...knowledgeQueries(access),
    append: entries => asWriter(access, log, client => appendEntries(client, logId, entries)),
    recordAccess: row => inOrg(row.orgId as OrgId, client => addAccess(client, row)),
    saveTicket: (orgId, ticket) => inOrg(orgId, client => saveTicket(client, orgId, ticket)),
    updateTicket: (orgId, ...rest) => inOrg(orgId, client => updateTicket(client, orgId, ...rest)),
    addTicketNote: (orgId, ...rest) => inOrg(orgId, client => addTicketNote(client, orgId, ...rest)),
    saveTicketRequest: (...args) => everywhere(client => saveTicketRequest(client, ...args)),
    recordToolCall: row => inOrg(row.orgId, client => addToolCalls(client, [row])),
    commandAnswer: (userId, commandId) =>
      everywhere(async client => {
        const { rows } = await client.query<{ answer_json: string }>({
          name: 'command-answer',
          text: 'SELECT answer_json FROM command_answers WHERE user_id = $1 AND command_id = $2',
          values: [userId, commandId],
        });
        return rows[0]?.answer_json ?? null;
      }),
    saveCommandAnswer: (userId, commandId, answerJson, atMs) =>
      everywhere(async client => {
        await client.query({
          name: 'save-command-answer',
          text: 'INSERT INTO command_answers (user_id, command_id, answer_json, ts) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
          values: [userId, commandId, answerJson, Math.round(atMs)],
        });
      }),
    spoolMark: () => everywhere(client => readMark(client, logId)),
    takeOver: items =>
      asWriter(access, log, async client => {
        const mark = await readMark(client, logId);
        const fresh = items.filter(({ number }) => number > (mark?.number ?? 0));
        const last = fresh.at(-1);
        if (!last) return;
        for (const work of joined(fresh)) await perform(client, logId, work);
        await client.query({
          name: 'spool-taken',
          text: 'UPDATE logs SET spooled_number = $2, spooled_token = $3 WHERE id = $1',
          values: [logId, last.number, last.token],
        });
      }),
    follow: options => followWrites(url, options),
    close,
  };
}

/** One transaction that holds the row of the log, so that its groups become visible one after the other (PG5). */
function asWriter<Value>(
  access: PostgresAccess,
  { logId, generation }: OwnLog,
  work: (client: pg.ClientBase) => Promise<Value>,
): Promise<Value> {
  return access.everywhere(client =>
    inTransaction(client, async () => {
      const { rows } = await client.query<{ generation: number }>({
        name: 'hold-log',
        text: 'SELECT generation FROM logs WHERE id = $1 FOR UPDATE',
        values: [logId],
      });
      if (rows[0]?.generation !== generation)
        throw appError('storage.locked', 'Another worker has begun to write this log.', { retryable: true });
      return work(client);
    }),
  );
}

/** Whoever opens a log last is its writer: what an earlier one still sends is refused. */
async function claimLog(client: pg.ClientBase, logId: string): Promise<number> {
  const { rows } = await client.query<{ generation: number }>(
    'INSERT INTO logs (id, generation) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET generation = logs.generation + 1 RETURNING generation',
    [logId],
  );
  return rows[0]?.generation ?? 0;
}

async function readFacts(client: pg.ClientBase): Promise<PostgresFacts> {
  const { rows } = await client.query<{ passes: boolean; vectors: boolean }>(
    `SELECT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS passes,
            EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector') AS vectors`,
  );
  return {
    rowSecurity: rows[0]?.passes === false,
    vectors: rows[0]?.vectors === true ? 'pgvector' : 'in-process',
  };
}

async function readMark(client: pg.ClientBase, logId: string): Promise<SpoolMark | null> {
  const { rows } = await client.query<{ number: number; token: string | null }>({
    name: 'spool-mark',
    text: 'SELECT spooled_number AS number, spooled_token AS token FROM logs WHERE id = $1',
    values: [logId],
  });
  const [row] = rows;
  return row === undefined || row.token === null ? null : { number: row.number, token: row.token };
}

/** Groups of entries become one where nothing between them could meet their rows, which is what makes catching up fast. */
function joined(items: readonly SpooledItem[]): readonly SpooledWork[] {
  const works: SpooledWork[] = [];
  let group: JournalEntry[] | null = null;
  for (const item of items) {
    if (item.method === 'append' && group !== null) group.push(...item.args[0]);
    else if (item.method === 'append') {
      group = [...item.args[0]];
      works.push({ method: 'append', args: [group] });
    } else {
      works.push(item);
      // Accesses touch no row that entries touch: within one transaction their order does not show.
      if (item.method !== 'recordAccess') group = null;
    }
  }
  return works;
}

async function perform(client: pg.ClientBase, logId: string, work: SpooledWork): Promise<void> {
  switch (work.method) {
    case 'append':
      return appendEntries(client, logId, ...work.args);
    case 'recordAccess':
      return addAccess(client, ...work.args);
    case 'saveTicket':
      return void (await saveTicket(client, ...work.args));
    case 'updateTicket':
      return void (await updateTicket(client, ...work.args));
    case 'addTicketNote':
      return void (await addTicketNote(client, ...work.args));
    case 'saveTicketRequest':
      return saveTicketRequest(client, ...work.args);
    case 'recordToolCall':
      return addToolCalls(client, work.args);
    case 'addConsultation':
      return addConsultation(client, ...work.args);
    case 'archiveConsultation':
      return void (await archiveConsultation(client, ...work.args));
    case 'recordRoomEvent':
      return void (await recordRoomEvent(client, ...work.args));
  }
}

async function addAccess(client: pg.ClientBase, row: AccessRow): Promise<void> {
  await insertRows(client, {
    table: 'audit_access',
    columns: {
      id: 'text',
      org_id: 'text',
      user_id: 'text',
      action: 'text',
      outcome: 'text',
      ts: 'bigint',
      payload_json: 'text',
    },
    rows: [
      [
        row.id,
        row.orgId,
        row.userId,
        row.action,
        row.outcome,
        Math.round(row.atMs),
        JSON.stringify(row.payload),
      ],
    ],
  });
}
