import { createHash } from 'node:crypto';
import type pg from 'pg';
import { appError } from '#shared/errors/app-error.ts';
import type { PostgresMigration } from './migrations.ts';

/** Two workers that start at the same time take turns. The number is ours alone; any would do. */
const LOCK = 7_353_201;

interface Applied {
  readonly version: number;
  readonly sha256: string;
}

/**
 * Brings the schema up to date, forward only, each step in a transaction of its own. Throws `storage.schema-mismatch` when the
 * database is newer than the program or a step that was done reads differently now (PG3).
 */
export async function migratePostgres(
  client: pg.ClientBase,
  migrations: readonly PostgresMigration[],
): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    const applied = await readApplied(client);
    refuseStrangers(applied, migrations);
    for (const migration of migrations) {
      if (applied.some(({ version }) => version === migration.version)) continue;
      if (migration.extension !== undefined && !(await canHave(client, migration.extension))) continue;
      await apply(client, migration);
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

/** Reads before it writes, so that a database that may only be read can still be checked. */
async function readApplied(client: pg.ClientBase): Promise<readonly Applied[]> {
  const known = await client.query<{ name: string | null }>(
    `SELECT to_regclass('sidetone_migrations')::text AS name`,
  );
  if ((known.rows[0]?.name ?? null) === null) {
    await client.query(
      'CREATE TABLE sidetone_migrations (version integer PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    return [];
  }
  return (await client.query<Applied>('SELECT version, sha256 FROM sidetone_migrations ORDER BY version'))
    .rows;
}

function refuseStrangers(applied: readonly Applied[], migrations: readonly PostgresMigration[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  for (const { version, sha256 } of applied) {
    const ours = migrations.find(migration => migration.version === version);
    if (!ours)
      throw appError(
        'storage.schema-mismatch',
        `The team’s database has version ${String(version)}, this program knows ${String(newest)}. Update the program.`,
      );
    if (hashOf(ours.sql) !== sha256)
      throw appError(
        'storage.schema-mismatch',
        `Step ${String(version)} of the team’s database was made by another text than this program has. Nothing was changed.`,
      );
  }
}

async function apply(client: pg.ClientBase, { version, sql }: PostgresMigration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO sidetone_migrations (version, sha256) VALUES ($1, $2)', [
      version,
      hashOf(sql),
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Whether the extension is there already, or may be added by us. */
async function canHave(client: pg.ClientBase, extension: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_available_extension_versions v WHERE v.name = $1 AND (v.installed OR (v.trusted AND has_database_privilege(current_database(), 'CREATE')) OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))`,
    [extension],
  );
  return (rowCount ?? 0) > 0;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
