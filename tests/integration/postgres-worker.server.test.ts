import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '#infra/postgres/start-postgres.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { readWorkerReport } from '#shared/protocol/worker-report.ts';
import { foundPostgres, onPostgres, sessionOf } from '#tests/fixtures/test-postgres.ts';
import { WorkerHealth } from '#worker/control/worker-health.ts';
import { createLog } from '#worker/entry/log.ts';
import { openRecord } from '#worker/entry/open-record.ts';
import { systemClock } from '#worker/entry/system-clock.ts';

/** A call of the demo takes about a minute: it is spoken. */
const PATIENCE = { timeout: 120_000, interval: 200 };
const TEST_LIMIT_MS = 400_000;

interface RunningWorker {
  /** Events as it printed them, in the order of its log. */
  readonly printed: readonly CallEvent[];
  readonly record: () => Promise<{ readonly where: string; readonly behind: string | null }>;
  readonly stop: () => void;
  readonly ended: Promise<{ readonly code: number | null; readonly log: string }>;
}

let server: PostgresServer;
let url: string;
let folder: string;
const cleanups: (() => void)[] = [];

async function startWorker(...args: string[]): Promise<RunningWorker> {
  const child = spawn(
    process.execPath,
    [
      ...['--no-warnings', join(import.meta.dirname, '../../worker/entry/main.ts'), '--demo', '--headless'],
      ...['--seed', '11', '--data', folder, ...args],
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, DATABASE_URL: url } },
  );
  cleanups.push(() => child.kill('SIGKILL'));
  const printed: CallEvent[] = [];
  createInterface({ input: child.stdout as Readable }).on('line', line => {
    printed.push(JSON.parse(line) as CallEvent);
  });
  const log = text(child.stderr as Readable);
  const ended = once(child, 'close').then(async ([code]) => ({
    code: code as number | null,
    log: await log,
  }));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdio[3] as Readable }).once('line', line => {
      const report = readWorkerReport(line);
      if (report?.type === 'worker.ready') resolve(report.port);
      else reject(new Error(`the worker did not start: ${line}`));
    });
  });
  const record = async (): ReturnType<RunningWorker['record']> => {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/readyz`);
    return ((await answer.json()) as { record: Awaited<ReturnType<RunningWorker['record']>> }).record;
  };
  return { printed, record, stop: () => child.kill('SIGTERM'), ended };
}

/** What the team's database holds, log by log. */
async function inDatabase() {
  const session = await sessionOf(url);
  const events = await session.query<{ id: string; position: string; log_id: string }>(
    'SELECT id, position, log_id FROM call_events ORDER BY log_id, position',
  );
  const calls = await session.query<Record<string, unknown>>(
    `SELECT c.id, c.status, c.end_reason, c.ended_at IS NOT NULL AS "hasEnded",
       (SELECT count(*)::int FROM conversation_turns t WHERE t.conversation_id = c.id AND t.speaker = 'caller') AS "callerTurns",
       (SELECT count(*)::int FROM audit_policy p WHERE p.conversation_id = c.id) AS verdicts
     FROM conversations c ORDER BY c.started_at`,
  );
  await session.end();
  return { events: events.rows, calls: calls.rows };
}

/** A worker that ends waits for the database only briefly; what still waits then goes over with its next start. */
async function handOverTheRest(): Promise<void> {
  const { store, facts } = await openRecord({
    folder,
    databaseUrl: url,
    clock: systemClock,
    log: createLog('silent'),
    health: new WorkerHealth(),
    onLost: () => undefined,
  });
  const all = (await store.head()) + 1;
  await expect.poll(async () => (await inDatabase()).events.length, PATIENCE).toBe(all);
  expect(facts().behind).toBeNull();
  await store.close();
}

const idsOf = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  beforeAll(async () => {
    if (foundPostgres.ok) server = await startPostgres(foundPostgres.folder);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sidetone-team-'));
    url = await server.createDatabase();
  });
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    '[PG10][PG11] a call that a worker took is in the team’s database with all that follows from it',
    async () => {
      const worker = await startWorker('--calls', '1');
      expect(await worker.record()).toMatchObject({ where: 'team', behind: null });
      const { code, log } = await worker.ended;
      expect(code).toBe(0);
      await handOverTheRest();
      const { events, calls } = await inDatabase();
      expect(events.length).toBeGreaterThan(50);
      expect(idsOf(events)).toEqual(idsOf(worker.printed));
      expect(events.map(({ position }) => Number(position))).toEqual(events.map((_, index) => index));
      expect(calls).toMatchObject([
        { id: worker.printed[0]?.conversationId, status: 'ended', hasEnded: true },
      ]);
      expect(calls[0]?.['callerTurns']).toBeGreaterThan(0);
      expect(calls[0]?.['verdicts']).toBeGreaterThan(0);
      expect(log).not.toContain(new URL(url).password);
    },
    TEST_LIMIT_MS,
  );

  test(
    '[PG10][PG11] a database that goes away in the middle of a call misses nothing of it, and the call goes on',
    async () => {
      const worker = await startWorker('--calls-min', '1', '--calls-max', '1');
      const spoken = (type: CallEvent['type']) => worker.printed.filter(event => event.type === type).length;
      await expect.poll(() => spoken('transcript.final'), PATIENCE).toBeGreaterThan(0);
      await server.crash();
      await expect.poll(async () => (await worker.record()).behind, PATIENCE).toBe('storage.unreachable');
      // The caller is still answered, and what is said is only spoken once it is durable here.
      const before = spoken('chunk.spoken');
      await expect.poll(() => spoken('chunk.spoken'), PATIENCE).toBeGreaterThan(before);
      await server.start();
      await expect.poll(async () => (await worker.record()).behind, PATIENCE).toBe(null);
      const whileAway = idsOf(worker.printed);
      await expect
        .poll(async () => idsOf((await inDatabase()).events).slice(0, whileAway.length), PATIENCE)
        .toEqual(whileAway);
      worker.stop();
      expect((await worker.ended).code).toBe(0);
      await handOverTheRest();
      const { events, calls } = await inDatabase();
      expect(idsOf(events)).toEqual(idsOf(worker.printed));
      expect(new Set(events.map(event => event.log_id)).size).toBe(1);
      expect(calls.every(call => call['hasEnded'] === true)).toBe(true);
    },
    TEST_LIMIT_MS,
  );
});
