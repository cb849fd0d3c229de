import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findPostgres } from '#infra/postgres/find-postgres.ts';
import { startPostgres } from '#infra/postgres/start-postgres.ts';
import { archiveQuerySchema } from '#shared/domain/archive.ts';
import { appendFacts, firstBroken, GENESIS_HASH, type AuditEntry } from '#shared/domain/audit-chain.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { openDatabase } from '#shared/sqlite/open-database.ts';
import { sha256 } from '#worker/audit/sha256.ts';
import { openPostgresStore } from '#worker/store/postgres/postgres-store.ts';
import { WORKER_MIGRATIONS } from '#worker/store/sqlite/migrations.ts';
import { openSqliteDatabase, type SqliteDatabase } from '#worker/store/sqlite/sqlite-database.ts';
import { eventOf, ORG, RINGING } from '#tests/fixtures/stored-call.ts';
import { onDesk } from './store/desk-search.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';

const BATCH = 500;
const FRAME = 1_000;
const IN_FLIGHT = 4;

type Goal = Figure['goal'];
const figure = (metric: string, arm: string, value: number, unit: string, n: number, goal: Goal = null, context = {}): Figure => ({ bench: 'store', metric, arm, value, unit, n, goal, context }); // prettier-ignore

/** Ours and the raw driver's rate of the same rows, in turns in the same run, and the ratio of their medians. */
async function* rates(
  metric: string,
  rounds: number,
  rows: number,
  ours: (round: number) => Promise<void> | void,
  raw: (round: number) => Promise<void> | void,
  goal: Goal,
): AsyncGenerator<Figure> {
  const timed = async (work: () => Promise<void> | void): Promise<number> => {
    const fromMono = performance.now();
    await work();
    return rows / ((performance.now() - fromMono) / 1000);
  };
  const our: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floor.push(await timed(() => raw(round)));
    our.push(await timed(() => ours(round)));
  }
  yield figure(metric, 'ours', Math.round(percentile(our, 0.5)), 'rows/s', rounds);
  yield figure(metric, 'raw driver', Math.round(percentile(floor, 0.5)), 'rows/s', rounds);
  yield figure(
    metric,
    'ours / raw driver',
    percentile(our, 0.5) / percentile(floor, 0.5),
    'ratio',
    rounds,
    goal,
    { rows },
  );
}

const payload = JSON.stringify({ words: 'x'.repeat(200) });
function entriesOf(count: number): readonly AuditEntry[] {
  const facts = Array.from({ length: count }, (_, n) => ({
    eventId: `e${String(n)}`,
    atMs: n,
    kind: 'bench',
    payload,
    salt: 's',
  }));
  return appendFacts(sha256, { seq: 0, hash: GENESIS_HASH }, facts);
}
const COLUMNS = 'org_id, device_id, epoch, seq, event_id, ts, kind, payload, salt, leaf, hash, received_at';

async function* onSqlite(folder: string, { quick }: BenchOptions): AsyncGenerator<Figure> {
  const rounds = quick ? 5 : 15;
  const ours = openSqliteDatabase(join(folder, 'ours.sqlite'));
  const raw = openDatabase(join(folder, 'raw.sqlite'), WORKER_MIGRATIONS);
  const rows = quick ? 5_000 : 50_000;
  const eventsOf = (round: number) =>
    Array.from({ length: rows }, (_, n) =>
      eventOf(`c${String(round)}`, n, n === 0 ? RINGING : { type: 'call.dtmf-received', digit: '1' }),
    );
  const insertEvent = raw.prepare('INSERT INTO call_events (position, id, org_id, conversation_id, seq, event_type, ts, schema_version, payload_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'); // prettier-ignore
  yield* rates('append of events, batches of 500: with chain, audit rows and index', rounds, rows,
    round => {
      const events = eventsOf(round);
      for (let at = 0; at < rows; at += BATCH) ours.append(events.slice(at, at + BATCH).map((event, n) => ({ position: round * rows + at + n, event })));
    },
    round => {
      const events = eventsOf(round);
      for (let at = 0; at < rows; at += BATCH)
        raw.transaction(() => {
          events.slice(at, at + BATCH).forEach((event, n) => insertEvent.run(round * rows + at + n, event.id, event.orgId, event.conversationId, event.seq, event.type, event.atMs, event.v, JSON.stringify(event)));
        })();
    }, null); // prettier-ignore
  const entries = entriesOf(rows);
  const facts = entries.map(({ eventId, atMs, kind, payload: said, salt }) => ({
    eventId,
    atMs,
    kind,
    payload: said,
    salt,
  }));
  const insertEntry = raw.prepare(
    `INSERT INTO audit_entries (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  yield* rates('chained audit entries received, frames of 500 (C3)', rounds, rows,
    round => {
      for (let at = 0; at < rows; at += BATCH) ours.receiveFrame(ORG, { deviceId: `d${String(round)}`, epoch: 1, origin: null, entries: entries.slice(at, at + BATCH) }, 1 as EpochMs);
    },
    round => {
      let head = { seq: 0, hash: GENESIS_HASH };
      for (let at = 0; at < rows; at += BATCH) {
        const chained = appendFacts(sha256, head, facts.slice(at, at + BATCH));
        raw.transaction(() => {
          for (const one of chained) insertEntry.run(ORG, `d${String(round)}`, 1, one.seq, one.eventId, one.atMs, one.kind, one.payload, one.salt, one.leaf, one.hash, 1);
        })();
        head = chained.at(-1) ?? head;
      }
    }, { min: 0.9 }); // prettier-ignore
  yield* rates('verification of a chain / its hashes alone (C15)', rounds, rows,
    () => void firstBroken(sha256, { seq: 0, hash: GENESIS_HASH }, ours.auditEntries({ orgId: ORG, deviceId: 'd0', epoch: 1, afterSeq: 0, limit: -1 })),
    () => {
      for (const { eventId, atMs, kind, leaf, seq, payload: said, salt } of entries) {
        sha256(JSON.stringify([salt, said]));
        sha256(JSON.stringify(['0'.repeat(64), seq, eventId, atMs, kind, leaf]));
      }
    }, { min: 0.5 }); // prettier-ignore

  const singles = quick ? 300 : 3_000;
  const oursMs: number[] = [];
  const rawMs: number[] = [];
  const insertAccess = raw.prepare('INSERT INTO audit_access (id, org_id, user_id, action, outcome, ts, payload_json) VALUES (?, ?, ?, ?, ?, ?, ?)'); // prettier-ignore
  for (let n = 0; n < singles; n += 1) {
    let fromMono = performance.now();
    insertAccess.run(`a${String(n)}`, ORG, 'u', 'bench', 'ok', n, '{}');
    rawMs.push(performance.now() - fromMono);
    fromMono = performance.now();
    ours.recordAccess({
      id: `a${String(n)}`,
      orgId: ORG,
      userId: 'u',
      action: 'bench',
      outcome: 'ok',
      atMs: n,
      payload: {},
    });
    oursMs.push(performance.now() - fromMono);
  }
  yield figure('one audited access, durable p95 (C2)', 'ours', percentile(oursMs, 0.95), 'ms', singles);
  yield figure('one audited access, durable p95 (C2)', 'raw driver', percentile(rawMs, 0.95), 'ms', singles);
  yield figure('one audited access, durable p95 (C2)', 'ours / raw driver', percentile(oursMs, 0.95) / percentile(rawMs, 0.95), 'ratio', singles, { max: 1.2 }); // prettier-ignore
  yield* archiveSearch(ours, options(quick));
  ours.close();
  raw.close();
  const file = join(folder, 'ours.sqlite');
  const fromMono = performance.now();
  const again = openSqliteDatabase(file);
  again.head();
  yield figure('cold open of the worker’s database', 'ours', performance.now() - fromMono, 'ms', 1, null, {
    fileBytes: statSync(file).size,
  });
  again.close();
}

const options = (quick: boolean) => ({ lines: quick ? [10_000] : [10_000, 100_000], asks: quick ? 30 : 200 });

/** Words of the archive against FTS5 alone on the same table. */
async function* archiveSearch(
  ours: SqliteDatabase,
  { lines, asks }: ReturnType<typeof options>,
): AsyncGenerator<Figure> {
  let position = 10_000_000;
  let made = 0;
  for (const count of lines) {
    while (made < count) {
      const callId = `s${String(made)}`;
      const said = Array.from({ length: 100 }, (_, n) => ({ type: 'transcript.final', speaker: 'caller', text: `order ${String(made + n)} of word${String((made * 7 + n) % 997)} and topic${String(n % 13)}`, startedAtMs: n, endedAtMs: n, redactionCount: 0 }) as never); // prettier-ignore
      ours.append(
        [RINGING, ...said].map((draft, seq) => ({
          position: position++,
          event: { ...eventOf(callId, seq, draft), orgId: 'org-search' as OrgId },
        })),
      );
      made += 100;
    }
    const tookMs: number[] = [];
    for (let n = 0; n < asks; n += 1) {
      const fromMono = performance.now();
      ours.searchArchive(
        'org-search' as OrgId,
        archiveQuerySchema.parse({ text: `word${String((n * 31) % 997)} topic` }),
      );
      tookMs.push(performance.now() - fromMono);
    }
    yield figure(
      `archive search over ${String(count)} lines, p95`,
      'ours',
      percentile(tookMs, 0.95),
      'ms',
      asks,
    );
  }
}

async function* onPostgres({ quick }: BenchOptions): AsyncGenerator<Figure> {
  const found = findPostgres();
  if (!found.ok) {
    yield figure('PostgreSQL', 'ours', 0, 'servers', 0, null, { reason: found.reason });
    return;
  }
  const server = await startPostgres(found.folder);
  const url = await server.createDatabase();
  const store = await openPostgresStore({ url, logId: 'bench' });
  const raw = new pg.Pool({ connectionString: url, max: IN_FLIGHT });
  await raw.query('CREATE TABLE raw_entries (LIKE audit_entries INCLUDING ALL)');
  const rows = quick ? 20_000 : 100_000;
  const entries = entriesOf(rows / IN_FLIGHT);
  const rounds = 5;
  const names = COLUMNS.split(', ');
  const sql = (count: number): string =>
    `INSERT INTO raw_entries (${COLUMNS}) VALUES ${Array.from({ length: count }, (_, row) => `(${names.map((_name, column) => `$${String(row * names.length + column + 1)}`).join(',')})`).join(',')} ON CONFLICT DO NOTHING`; // prettier-ignore
  const statement = sql(FRAME);
  yield* rates('sync up: chained entries to PostgreSQL, 1,000 a frame, 4 in flight (C1)', rounds, rows,
    async round => {
      await Promise.all(Array.from({ length: IN_FLIGHT }, async (_, lane) => {
        for (let at = 0; at < entries.length; at += FRAME)
          await store.receiveFrame(ORG, { deviceId: `u${String(round)}-${String(lane)}`, epoch: 1, origin: null, entries: entries.slice(at, at + FRAME) }, 1 as EpochMs);
      }));
    },
    async round => {
      await Promise.all(Array.from({ length: IN_FLIGHT }, async (_, lane) => {
        for (let at = 0; at < entries.length; at += FRAME)
          await raw.query({ name: 'raw', text: statement, values: entries.slice(at, at + FRAME).flatMap(one => [ORG, `u${String(round)}-${String(lane)}`, 1, one.seq, one.eventId, one.atMs, one.kind, one.payload, one.salt, one.leaf, one.hash, 1]) });
      }));
    }, { min: 0.8 }); // prettier-ignore
  yield* rates('sync down: audit changes from PostgreSQL, 1,000 a page', rounds, rows,
    async () => {
      let cursor: string | null = null;
      for (let read = 0; read < rows; read += FRAME) ({ cursor } = await store.auditChanges(ORG, cursor, FRAME));
    },
    async () => {
      let after = ['', 0] as [string, number];
      for (let read = 0; read < rows; read += FRAME) {
        const page = await raw.query<{ device_id: string; seq: string }>({ name: 'page', text: `SELECT ${COLUMNS} FROM raw_entries WHERE org_id = 'org-1' AND (device_id, epoch, seq) > ($1, 1, $2) ORDER BY device_id, epoch, seq LIMIT 1000`, values: after });
        const last = page.rows.at(-1);
        if (last) after = [last.device_id, Number(last.seq)];
      }
    }, null); // prettier-ignore

  const wakes = quick ? 50 : 500;
  const tookMs: number[] = [];
  let seen: (() => void) | null = null;
  const stop = store.follow({ after: null, onEvents: () => seen?.() });
  for (let n = 0; n < wakes; n += 1) {
    const fromMono = performance.now();
    const arrived = new Promise<void>(resolve => (seen = resolve));
    await store.append([
      { position: n, event: eventOf('w', n, n === 0 ? RINGING : { type: 'call.dtmf-received', digit: '1' }) },
    ]);
    await arrived;
    if (n > 5) tookMs.push(performance.now() - fromMono);
  }
  yield figure(
    'an append here is seen by another worker, p95',
    'ours',
    percentile(tookMs, 0.95),
    'ms',
    tookMs.length,
  );
  await stop();
  await raw.end();
  await store.close();
  await server.stop();
}

export const storeBench: Bench = {
  name: 'store',
  description: 'appends, chains, search and sync against the raw drivers, each as a ratio in the same run',
  async *run(given) {
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-bench-store-'));
    try {
      yield* onDesk(folder, given);
      yield* onSqlite(folder, given);
      yield* onPostgres(given);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
