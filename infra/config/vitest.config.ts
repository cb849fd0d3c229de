import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = resolve(import.meta.dirname, '../..');
const folders = '{shared,worker,electron,renderer,infra,tests}';

/** Long enough for a busy machine: no test says with it how fast anything is. */
const PATIENCE_MS = 30_000;

/** vitest's own default leaves a machine with two cores one worker. */
const parallelWorkers = Math.max(2, availableParallelism() - 1);

/** Need keys, a database server or a browser: never part of the default run. */
const elsewhere = ['**/node_modules/**', '**/*.live.test.ts', '**/*.pg.test.ts', 'tests/e2e/**'];

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          environment: 'node',
          include: [`${folders}/**/*.test.ts`],
          exclude: [...elsewhere, '**/*.live-audio.test.ts', '**/*.server.test.ts', '**/*.dom.test.ts'],
          maxWorkers: parallelWorkers,
          testTimeout: PATIENCE_MS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        root,
        test: {
          name: 'dom',
          environment: 'jsdom',
          setupFiles: ['infra/config/vitest.dom-setup.ts'],
          include: [`${folders}/**/*.dom.test.ts`, `${folders}/**/*.test.tsx`],
          exclude: elsewhere,
          maxWorkers: parallelWorkers,
          testTimeout: PATIENCE_MS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        root,
        test: {
          // Whole calls in real time: beside other work their audio would be late for reasons that are not ours.
          name: 'live-audio',
          environment: 'node',
          include: [`${folders}/**/*.live-audio.test.ts`],
          exclude: elsewhere,
          pool: 'forks',
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        root,
        test: {
          // Real servers; the first run builds what no package brings, which would starve whatever runs beside it.
          name: 'servers',
          environment: 'node',
          include: [`${folders}/**/*.server.test.ts`],
          exclude: elsewhere,
          pool: 'forks',
          maxWorkers: 1,
          fileParallelism: false,
          // A server that was ended may need half a minute to come back, and who waits for it half a minute to look again.
          testTimeout: 180_000,
          hookTimeout: 900_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
