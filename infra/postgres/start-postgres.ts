import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const READY_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Small, but as durable as the default: every commit is synced to disk. */
const SETTINGS = [
  'max_connections=60',
  'shared_buffers=32MB',
  'fsync=on',
  'synchronous_commit=on',
  // A crash replays what was written since the last checkpoint: with a database for each test that is minutes' worth.
  'max_wal_size=64MB',
  // After a crash every file of every database is synced, one by one, before anybody is let in.
  ...(process.platform === 'linux' ? ['recovery_init_sync_method=syncfs'] : []),
];

export interface PostgresServer {
  /** Of the superuser, who passes every row security. */
  readonly adminUrl: string;
  /** A new empty database, owned by a role without special rights. @returns its URL */
  createDatabase(): Promise<string>;
  /** Ends it at once without a checkpoint, as a crash does; `start` brings it back on the same port. */
  crash(): Promise<void>;
  /** Every client is sent away, then it ends in order. */
  shutDown(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a real PostgreSQL in a folder of its own, on loopback, with passwords of its own (PG1). Never as root. */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), 'sidetone-pg-'));
  const as = unprivileged();
  const password = randomBytes(18).toString('base64url');
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, password);
  chmodSync(home, 0o700);
  if (as) for (const path of [home, passwordFile]) chownSync(path, as.uid, as.gid);
  const data = join(home, 'data');
  const spawned = { ...as, cwd: home, env: { ...process.env, HOME: home, LC_ALL: 'C.UTF-8' } };
  await run(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'admin', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '-N'],
    spawned,
  );
  const port = await freePort();
  const urlOf = (user: string, database: string): string =>
    `postgres://${user}:${password}@127.0.0.1:${String(port)}/${database}`;
  const adminUrl = urlOf('admin', 'postgres');
  let child: ChildProcess | null = null;
  let databases = 0;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill(signal);
    await gone;
  };
  const start = async (): Promise<void> => {
    const options = [`port=${String(port)}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${home}`];
    const args = [...options, ...SETTINGS].flatMap(setting => ['-c', setting]);
    const started = spawn(join(programs, 'postgres'), ['-D', data, ...args], {
      ...spawned,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    let said = '';
    started.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4000)));
    for (const giveUpAt = Date.now() + READY_LIMIT_MS; !(await answers(adminUrl));) {
      if (started.exitCode !== null || Date.now() > giveUpAt) {
        await end('SIGKILL');
        throw new Error(`PostgreSQL did not come up: ${said.trim()}`);
      }
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  await start();
  await asAdmin(adminUrl, `CREATE ROLE sidetone LOGIN PASSWORD '${password}'`);
  return {
    adminUrl,
    createDatabase: async () => {
      databases += 1;
      const name = `team_${String(databases)}`;
      await asAdmin(adminUrl, `CREATE DATABASE ${name} OWNER sidetone`);
      return urlOf('sidetone', name);
    },
    // SIGQUIT is PostgreSQL's own "stop without a checkpoint"; SIGKILL would leave its children behind.
    crash: () => end('SIGQUIT'),
    shutDown: () => end('SIGINT'),
    start,
    stop: async () => {
      await end('SIGINT');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** One statement as the superuser. */
export async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await asAdmin(url, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root: then it runs as its own user, or as nobody. */
function unprivileged(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'));
  const user = ['postgres', 'nobody']
    .map(name => users.find(fields => fields[0] === name))
    .find(fields => fields !== undefined);
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
