import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#electron/core/system-clock.ts';
import { placeWindow, readWindowState } from '#electron/main/window-state.ts';
import { SettingsFile } from '#electron/storage/settings-file.ts';
import { adoptWorker } from '#electron/worker-host/adopt-worker.ts';
import { settingsSchema } from '#shared/ipc/commands.ts';
import { WORKER_NOTE_FILE } from '#shared/protocol/worker-note.ts';
import { readWorkerReport } from '#shared/protocol/worker-report.ts';
import type { FuzzTarget, OpenTarget } from '../fuzz-target.ts';
import { bytesOf, textOf } from '../inputs.ts';

const SETTINGS = settingsSchema.parse({});

/** A target that reads a file of the data folder. */
function fileTarget(
  name: string,
  fileName: string,
  seeds: readonly unknown[],
  read: (file: string, folder: string) => Promise<string> | string,
): FuzzTarget {
  return {
    name,
    seeds,
    open(): Promise<OpenTarget> {
      const folder = mkdtempSync(join(tmpdir(), 'sidetone-fuzz-'));
      const file = join(folder, fileName);
      return Promise.resolve({
        async feed(input) {
          writeFileSync(file, bytesOf(input));
          return read(file, folder);
        },
        async good() {
          writeFileSync(file, JSON.stringify(seeds[0]));
          const answer = await read(file, folder);
          if (answer !== 'ok') throw new Error(`a good file was answered ${answer}`);
        },
        close: () => rmSync(folder, { recursive: true, force: true }),
      });
    },
  };
}

const settingsFile = fileTarget(
  'settings-file',
  'settings.json',
  [{ ...SETTINGS, keymap: { veto: 'v' } }],
  file => {
    let problem = '';
    const { settings } = new SettingsFile(file, message => (problem = message));
    settingsSchema.parse(settings);
    return problem === '' ? 'ok' : 'ignored';
  },
);

const SCREENS = [{ x: 0, y: 0, width: 1920, height: 1080 }];

const windowState = fileTarget(
  'window-state',
  'window.json',
  [{ x: 10, y: 10, width: 900, height: 700, maximized: false }],
  file => {
    const saved = readWindowState(file);
    const { x, y, width, height } = placeWindow(saved, SCREENS);
    const fits = x < 1920 && y < 1080 && x + width > 0 && y >= 0 && width <= 1920 && height <= 1080;
    if (!fits) throw new Error(`the window would open at ${[x, y, width, height].join(' ')}`);
    return saved ? 'ok' : 'ignored';
  },
);

/** No worker runs at the ports of these notes, so a good note is one that is read and found stale. */
const workerNote: FuzzTarget = {
  name: 'worker-note',
  seeds: [{ pid: process.pid, port: 9, workerId: 'w1', bootSecret: 'a-boot-secret-of-some-length' }],
  open() {
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-fuzz-'));
    const look = async (): Promise<string> =>
      (await adoptWorker(folder, systemClock)) === null ? 'ignored' : 'taken over';
    return Promise.resolve({
      feed(input) {
        writeFileSync(join(folder, WORKER_NOTE_FILE), bytesOf(input));
        return look();
      },
      async good() {
        if ((await look()) !== 'ignored') throw new Error('a worker that is not there was taken over');
      },
      close: () => rmSync(folder, { recursive: true, force: true }),
    });
  },
};

const READY = { type: 'worker.ready', port: 8123, workerId: 'w' };

const workerReport: FuzzTarget = {
  name: 'worker-report',
  seeds: [
    READY,
    {
      type: 'worker.failed',
      error: { code: 'storage.locked', message: 'x', retryable: true, origin: 'worker' },
    },
  ],
  open: () =>
    Promise.resolve({
      feed: input => (readWorkerReport(textOf(input)) ? 'ok' : 'ignored'),
      good() {
        if (readWorkerReport(JSON.stringify(READY))?.type !== 'worker.ready')
          throw new Error('a good report is not read');
      },
      close: () => undefined,
    }),
};

export const deskFileTargets: readonly FuzzTarget[] = [settingsFile, windowState, workerNote, workerReport];
