import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from '../scripts/bootstrap/paths.mjs';
import type { FoundPostgres } from './find-postgres.ts';

/** Debian has no package of it for PostgreSQL 15; the source of the next release builds. Source: research/sync.md B6. */
const VERSION = '0.8.0';
const SOURCE = `pool/main/p/pgvector/pgvector_${VERSION}.orig.tar.gz`;
const SOURCE_SHA256 = '867a2c328d4928a5a9d6f052cd3bc78c7d60228a9b914ad32aa3db88e9de27b0';
const APT_HELPER = '/usr/lib/apt/apt-helper';

/**
 * The same PostgreSQL with the extension `vector` (PG9): the one that is here where it has it, else a copy of Debian's in `.cache`, for
 * which the extension is built once, in seconds, from Debian's archive. Nothing of the system is changed. The answer says what is missing.
 * @param programs the folder of the server's programs
 */
export function buildPgvector(programs: string): FoundPostgres {
  // Some systems have links to the programs on PATH.
  const bin = dirname(realpathSync(join(programs, 'postgres')));
  const major = /^\/usr\/lib\/postgresql\/(\d+)\/bin$/u.exec(bin)?.[1];
  if (existsSync(join(dirname(bin), 'share/extension/vector.control'))) return { ok: true, folder: bin };
  if (major === undefined || !existsSync(APT_HELPER))
    return missing(
      'this PostgreSQL has no extension vector, and it is not Debian’s, for which we could build it',
    );
  if (existsSync(`/usr/share/postgresql/${major}/extension/vector.control`)) return { ok: true, folder: bin };
  const folder = inRoot('.cache', 'pgvector', `${VERSION}-pg${major}`);
  const built: FoundPostgres = { ok: true, folder: join(folder, bin) };
  if (existsSync(folder)) return built;
  process.stderr.write('Building pgvector for PostgreSQL, once (some seconds)...\n');
  mkdirSync(dirname(folder), { recursive: true });
  // Under another name first: a build that was cut short must not look finished.
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    const problem = build(unfinished, bin, major);
    if (problem !== null) return missing(`pgvector could not be built: ${problem}`);
    renameSync(join(unfinished, 'tree'), folder);
    return built;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** @returns what went wrong, or null */
function build(place: string, bin: string, major: string): string | null {
  const mirror = mirrorOfDebian();
  if (mirror === null) return 'apt knows no archive of Debian';
  const tree = join(place, 'tree');
  const run = (program: string, args: readonly string[], cwd = place): string | null => {
    const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
    return status === 0 ? null : `${program}: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`;
  };
  // PostgreSQL finds its files from where its programs are: a copy is another server with the same programs.
  for (const part of [`/usr/lib/postgresql/${major}`, `/usr/share/postgresql/${major}`])
    cpSync(part, join(tree, part), { recursive: true, verbatimSymlinks: true });
  const source = join(place, `pgvector-${VERSION}`);
  const headers = (): string | null => {
    const failed = run('apt-get', ['-qq', 'download', `postgresql-server-dev-${major}`]);
    const [file] = readdirSync(place).filter(name => name.endsWith('.deb'));
    return failed ?? run('dpkg-deb', ['--extract', file ?? '', tree]);
  };
  const make = (...args: readonly string[]): string | null =>
    run(
      'make',
      ['--silent', ...args, 'OPTFLAGS=', 'with_llvm=no', `PG_CONFIG=${join(tree, bin, 'pg_config')}`],
      source,
    );
  return (
    headers() ??
    run(APT_HELPER, ['download-file', `${mirror}${SOURCE}`, 'source.tar.gz', `SHA256:${SOURCE_SHA256}`]) ??
    run('tar', ['xzf', 'source.tar.gz']) ??
    make() ??
    make('install')
  );
}

/** Where this machine gets Debian's packages from. */
function mirrorOfDebian(): string | null {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Origin: Debian'],
    { encoding: 'utf8' },
  );
  const places = (stdout ?? '').split('\n').filter(place => /\/debian\/$/u.test(place));
  return places[0] ?? null;
}

const missing = (reason: string): FoundPostgres => ({ ok: false, reason });
