import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type FoundPostgres =
  { readonly ok: true; readonly folder: string } | { readonly ok: false; readonly reason: string };

/** Debian keeps the server's programs outside of PATH, one folder for each major version. */
const DEBIAN = '/usr/lib/postgresql';

/** Where the programs of a PostgreSQL server are: on PATH, else the newest of Debian's (PG1). Builds and installs nothing. */
export function findPostgres(path = process.env['PATH'] ?? '', debian = DEBIAN): FoundPostgres {
  const folders = [...path.split(delimiter).filter(folder => folder !== ''), ...debianFolders(debian)];
  const folder = folders.find(candidate =>
    ['initdb', 'postgres'].every(name => canRun(join(candidate, name))),
  );
  return folder === undefined
    ? { ok: false, reason: 'there is no PostgreSQL server here (initdb and postgres, version 15 or newer)' }
    : { ok: true, folder };
}

function debianFolders(debian: string): readonly string[] {
  try {
    return readdirSync(debian)
      .sort((left, right) => Number(right) - Number(left))
      .map(version => join(debian, version, 'bin'));
  } catch {
    return [];
  }
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
