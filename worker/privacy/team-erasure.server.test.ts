import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { ORG_TABLES, WORKER_TABLES } from '#worker/store/postgres/migrations.ts';
import { openPostgresStore } from '#worker/store/postgres/postgres-store.ts';
import { openSpooledStore } from '#worker/store/spooled-store.ts';
import { openSqliteSpool } from '#worker/store/sqlite/sqlite-store.ts';
import type { Store } from '#worker/store/store.ts';
import { ORG, storedCall } from '#tests/fixtures/stored-call.ts';
import { saved, writer } from '#tests/fixtures/knowledge-revisions.ts';
import { foundPostgres, onPostgres, sessionOf, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { eraseCall } from './erase-call.ts';
import { OrgRetention } from './org-retention.ts';
import { eraseDueWords } from './word-retention.ts';

const NOTE = saved('r1', null, ['Elena waits, +49 30 5550 142.'], {
  docId: 'note.n1',
  fields: { callId: 'c1', flag: 'coach' },
});
const MARK = /Elena|5550 142|Where is it/u;

/** One worker of a team. */
async function worker(url: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-team-'));
  mkdirSync(join(folder, 'recordings'));
  const store = await openSpooledStore({
    local: await openSqliteSpool({ file: join(folder, 'spool.sqlite') }),
    connect: logId => openPostgresStore({ url, logId }),
    clock: systemClock,
    random: Math.random,
    onBehind: () => undefined,
    setAside: () => undefined,
  });
  const deps = {
    store,
    clock: systemClock,
    recordings: join(folder, 'recordings'),
    refusedFile: join(folder, 'refused.jsonl'),
  };
  return { store, folder, deps };
}

const isMarked = (folder: string): boolean =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).some(
    name => statSync(join(folder, name)).isFile() && MARK.test(readFileSync(join(folder, name), 'latin1')),
  );

async function rowsOf(url: string): Promise<string> {
  const session = await sessionOf(url);
  await session.query(`SELECT set_config('sidetone.scope', 'every-org', false)`);
  let all = '';
  for (const table of [...ORG_TABLES, ...WORKER_TABLES])
    all += JSON.stringify((await session.query(`TABLE ${table}`)).rows);
  await session.end();
  return all;
}

const append = (store: Store, callId: string): Promise<void> =>
  store.append(storedCall(callId).map((event, position) => ({ position, event })));

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  const server = usePostgres();
  test('[PRIV5][NOT11] the team’s tables lose it with this machine’s, and the machine of the worker that had the call', async () => {
    const url = await server().createDatabase();
    const first = await worker(url);
    const second = await worker(url);
    await append(first.store, 'c1');
    await first.store.saveRevision(ORG, NOTE, writer('Ada'));
    // Whoever asks for the list has waited until the team has heard.
    expect(await first.store.callerTraces(ORG)).toHaveLength(1);
    expect([MARK.test(await rowsOf(url)), isMarked(first.folder)]).toEqual([true, true]);
    // Asked at the worker that never had the call.
    expect(await eraseCall(second.deps, ORG, 'c1' as CallId, 'person')).toBe('erased');
    expect(MARK.test(await rowsOf(url))).toBe(false);
    expect(isMarked(first.folder)).toBe(true);
    await eraseDueWords({
      ...first.deps,
      orgId: ORG,
      retention: new OrgRetention(first.store, 'standard'),
      record: () => Promise.resolve(),
      onError: () => undefined,
    });
    expect(isMarked(first.folder)).toBe(false);
    expect(await first.store.callEvents('c1' as CallId, -1)).toHaveLength(9);
    await first.store.close();
    await second.store.close();
    expect(isMarked(first.folder)).toBe(false);
  });

  test('[PRIV5][NOT2][NOT11] erased here first: the team’s tables follow, and a hold does too', async () => {
    const url = await server().createDatabase();
    const { store, deps, folder } = await worker(url);
    await append(store, 'c1');
    await store.saveRevision(ORG, NOTE, writer('Ada'));
    await store.holdCall(ORG, 'c1' as CallId, true);
    expect(await eraseCall(deps, ORG, 'c1' as CallId, 'person')).toBe('held');
    await store.holdCall(ORG, 'c1' as CallId, false);
    expect(await eraseCall(deps, ORG, 'c1' as CallId, 'person')).toBe('erased');
    await store.settleErasures();
    expect(await store.personErasures(ORG)).toEqual(['c1']);
    expect([MARK.test(await rowsOf(url)), isMarked(folder)]).toEqual([false, false]);
    // The notes are the team's: a desk that comes late with one is refused there.
    const late = { ...NOTE, id: 'late', docId: 'note.late' };
    expect(await store.saveRevision(ORG, late, writer('Ben'))).toMatchObject({ outcome: 'refused' });
    await store.close();
  });

  test('[ACC1] people are the team’s: what one worker is told, the other knows', async () => {
    const url = await server().createDatabase();
    const [first, second] = [await worker(url), await worker(url)];
    await first.store.addOrg({ id: ORG, name: 'One', createdAtMs: 1 });
    await first.store.addAccount({
      account: {
        userId: 'ann' as never,
        orgId: ORG,
        email: 'ann@example.test',
        name: 'Ann',
        role: 'admin',
        status: 'active',
        createdAtMs: 1,
        lastSeenAtMs: null,
      },
      passwordHash: 'h',
      temporaryUntilMs: null,
    });
    expect(await second.store.accounts(ORG)).toMatchObject([{ userId: 'ann' }]);
    await first.store.close();
    await second.store.close();
  });
});
