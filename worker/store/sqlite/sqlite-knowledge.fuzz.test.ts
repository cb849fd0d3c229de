import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KnowledgeBook } from '#shared/adapters/knowledge-book.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { playSchedule, SCHEDULE_MUTANTS, type RestartingBook } from '#tests/fakes/knowledge-schedule.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './sqlite-store.ts';

/** More of them by hand, with other seeds: a schedule is named by its seed. */
const SCHEDULES = Number(process.env['SIDETONE_KNOWLEDGE_SCHEDULES'] ?? 25);
const FIRST_SEED = Number(process.env['SIDETONE_KNOWLEDGE_SEED'] ?? 1);

let folder: string;
let store: Store;
const file = (): string => join(folder, 'worker.sqlite');
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sidetone-schedules-'));
  store = await openSqliteStore({ file: file() });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
const restarting = (bend: (book: KnowledgeBook) => Partial<KnowledgeBook> = () => ({})): RestartingBook => {
  let bent: KnowledgeBook = { ...store, ...bend(store) };
  return {
    book: () => bent,
    restart: async () => {
      await store.close();
      store = await openSqliteStore({ file: file() });
      bent = { ...store, ...bend(store) };
    },
  };
};

describe('three desks and a worker: SQLite', { timeout: 60_000 + SCHEDULES * 5_000 }, () => {
  test('[KN14] whatever is lost, doubled, late or restarted, all agree in the end and no edit is lost', async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1)
      expect([seed, await playSchedule(seed, `org-${String(seed)}` as OrgId, restarting())]).toEqual([
        seed,
        [],
      ]);
  });

  test.each(SCHEDULE_MUTANTS)('[KN14] would be noticed: a book that $name', async ({ bend }) => {
    let isNoticed = false;
    for (let seed = 1; seed <= 20 && !isNoticed; seed += 1)
      isNoticed = (await playSchedule(seed, `org-${String(seed)}` as OrgId, restarting(bend))).length > 0;
    expect(isNoticed).toBe(true);
  });
});
