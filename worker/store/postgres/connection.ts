import pg from 'pg';
import type { OrgId } from '#shared/domain/ids.ts';
import { toPostgresError } from './postgres-error.ts';

const CONNECTIONS = 6;
const CONNECT_LIMIT_MS = 5_000;
/** A network that swallows packets never answers; then this ends the wait and the connection. */
const ANSWER_LIMIT_MS = 10_000;
const INT8 = 20;

/** Connections to one database. Each piece of work sees one org, or as the worker itself every one (PG4). Rejects with `storage.*`. */
export interface PostgresAccess {
  readonly inOrg: <Value>(orgId: OrgId, work: (client: pg.ClientBase) => Promise<Value>) => Promise<Value>;
  readonly everywhere: <Value>(work: (client: pg.ClientBase) => Promise<Value>) => Promise<Value>;
  readonly close: () => Promise<void>;
}

/** Counts and times of ours stay far below 2^53. */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8
      ? Number
      : (pg.types.getTypeParser(oid, format) as unknown)) as typeof pg.types.getTypeParser,
};

/** Connects on demand; nothing is asked of the server yet. */
export function accessPostgres(url: string): PostgresAccess {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
    keepAlive: true,
    application_name: 'sidetone',
    types: TYPES,
  });
  // A connection that breaks while nobody uses it: the pool drops it, and the next piece of work meets the reason.
  pool.on('error', () => undefined);
  const scopes = new WeakMap<pg.ClientBase, string>();

  const run = async <Value>(
    org: string,
    scope: string,
    work: (client: pg.ClientBase) => Promise<Value>,
  ): Promise<Value> => {
    let client: pg.PoolClient | null = null;
    let failure: Error | undefined;
    try {
      client = await pool.connect();
      if (!scopes.has(client)) client.on('error', () => undefined);
      if (scopes.get(client) !== `${scope}:${org}`) {
        scopes.set(client, 'none');
        await client.query(SET_SCOPE, [org, scope]);
        scopes.set(client, `${scope}:${org}`);
      }
      return await work(client);
    } catch (error) {
      failure = error as Error;
      throw toPostgresError(error);
    } finally {
      // After a failure nobody knows what state the session is in.
      client?.release(failure);
    }
  };
  return {
    inOrg: (orgId, work) => run(orgId, 'one-org', work),
    everywhere: work => run('', 'every-org', work),
    close: () => pool.end(),
  };
}

const SET_SCOPE = `SELECT set_config('sidetone.org', $1, false), set_config('sidetone.scope', $2, false)`;

/** All of `work` or nothing of it. */
export async function inTransaction<Value>(
  client: pg.ClientBase,
  work: () => Promise<Value>,
): Promise<Value> {
  await client.query('BEGIN');
  try {
    const value = await work();
    await client.query('COMMIT');
    return value;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
