import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { WorkerHealth } from '#worker/control/worker-health.ts';
import { storedCall } from '#tests/fixtures/stored-call.ts';
import { openRecord, type OpenRecord } from './open-record.ts';
import { systemClock } from './system-clock.ts';

async function openIn(
  databaseUrl: string | null,
  work: (record: OpenRecord, health: WorkerHealth, folder: string, said: () => string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-record-'));
  const health = new WorkerHealth();
  let said = '';
  const log = pino({}, { write: (line: string) => void (said += line) });
  try {
    const onLost = (): void => undefined;
    const record = await openRecord({ folder, databaseUrl, clock: systemClock, log, health, onLost });
    await work(record, health, folder, () => said);
    await record.store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const entries = storedCall('c1').map((event, position) => ({ position, event }));

test('[PG10] without a database the record is this machine’s alone', () =>
  openIn(null, async ({ store, facts }, health, folder) => {
    await store.append(entries);
    expect(facts()).toEqual({ where: 'here', behind: null, vectors: 'in-process', rowSecurity: null });
    expect(health.problem).toBeNull();
    expect(existsSync(join(folder, 'worker.sqlite'))).toBe(true);
  }));

test('[PG10] a worker that finds no database begins, records, and says that it is behind without the URL', () =>
  openIn(
    'postgres://somebody:hush-hush@127.0.0.1:1/nowhere',
    async ({ store, facts }, health, folder, said) => {
      await store.append(entries);
      expect(await store.head()).toBe(8);
      expect(facts()).toMatchObject({ where: 'team', behind: 'storage.unreachable' });
      expect(health.problem).toMatchObject({ code: 'team.behind', retryable: true });
      // What keeps calls from going on is said first, and what is left when it is over.
      health.is({ code: 'storage.full', message: 'full', retryable: true, origin: 'worker' });
      expect(health.problem?.code).toBe('storage.full');
      health.is(null);
      expect(health.problem?.code).toBe('team.behind');
      expect(existsSync(join(folder, 'spool.sqlite'))).toBe(true);
      expect(said()).toContain('storage.unreachable');
      expect(said()).not.toMatch(/hush|somebody/u);
    },
  ));

test('[PG10] what is no address of PostgreSQL is refused and not repeated', async () => {
  const opened = openIn('mysql://somebody:hush-hush@db', () => Promise.resolve());
  await expect(opened).rejects.toMatchObject({ body: { code: 'input.invalid' } });
  await expect(opened).rejects.not.toThrow(/hush/u);
});
