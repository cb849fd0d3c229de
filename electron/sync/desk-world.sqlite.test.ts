import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SqliteDatabase } from '#worker/store/sqlite/sqlite-database.ts';
import { DeskWorld } from '#tests/fakes/desk-world/desk-world.ts';
import { worldFaults } from '#tests/fakes/desk-world/world-faults.ts';

const SCHEDULES = Number(process.env['SIDETONE_SCHEDULES'] ?? 1500);
const SEED = Number(process.env['SIDETONE_SEED'] ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'sidetone-world-'));
const database = new SqliteDatabase(join(folder, 'worker.sqlite'));
afterAll(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

test(
  `[KN14][SYN6][SYN20][SYN29] three desks and a worker: whatever happens, in the end all agree and nothing is lost (${String(SCHEDULES)} schedules)`,
  { timeout: 600_000 },
  async () => {
    for (let seed = SEED; seed < SEED + SCHEDULES; seed += 1) {
      const world = new DeskWorld(database, seed);
      await world.play(40);
      const isInStep = await world.quiesce();
      expect([seed, isInStep, worldFaults(world)]).toEqual([seed, true, []]);
      world.close();
    }
  },
);
