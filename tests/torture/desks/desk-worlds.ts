import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteDatabase, type SqliteDatabase } from '#worker/store/sqlite/sqlite-database.ts';
import { DeskWorld, type Mutant } from '#tests/fakes/desk-world/desk-world.ts';
import { keepStatements } from '#tests/fakes/desk-world/kept-statements.ts';
import { worldFaults } from '#tests/fakes/desk-world/world-faults.ts';
import type { Torture, TortureOptions, TortureResult } from '../torture.ts';

const STEPS = 35;

/** Plays one schedule to its end. @returns what is wrong with it */
export async function playWorld(
  database: SqliteDatabase,
  seed: number,
  mutant: Mutant = {},
): Promise<readonly string[]> {
  const world = new DeskWorld(database, seed, mutant);
  try {
    await world.play(STEPS);
    if (!(await world.quiesce())) return ['it never came to rest'];
    return worldFaults(world);
  } finally {
    world.close();
  }
}

/** The worker's database of many worlds: in memory where there is such a folder, because nothing here is about the disk. */
export function worldDatabase(): { readonly database: SqliteDatabase; close(): void } {
  keepStatements();
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'sidetone-world-'));
  const database = openSqliteDatabase(join(folder, 'worker.sqlite'));
  return {
    database,
    close: () => {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function* run({ count, seed, onProgress }: TortureOptions): AsyncIterable<TortureResult> {
  const failures: string[] = [];
  /** A fresh database now and then: thousands of orgs in one only make it slower. */
  const ORGS = 500;
  for (let done = 0; done < count;) {
    const { database, close } = worldDatabase();
    for (const end = Math.min(count, done + ORGS); done < end; done += 1) {
      const found = await playWorld(database, seed + done);
      failures.push(...found.map(fault => `seed ${String(seed + done)}: ${fault}`));
    }
    close();
    onProgress(`${String(done)} of ${String(count)}`);
  }
  yield { torture: 'desk-worlds', part: null, count, seed, failures, figures: {} };
}

export const deskWorldsTorture: Torture = {
  name: 'desk-worlds',
  description:
    'three desks and a worker over a network with every fault; in the end all agree and nothing is lost',
  fullCount: 10_000,
  run,
};
