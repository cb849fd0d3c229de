import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** What runs the desktop app in tests: Electron where its binary is installed, otherwise the stand-in beside the tests. */
export interface ElectronRuntime {
  readonly name: string;
  readonly isReal: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export function electronRuntime(): ElectronRuntime {
  const electron = join(root, 'node_modules/electron');
  const pathFile = join(electron, 'path.txt');
  const { version } = JSON.parse(readFileSync(join(electron, 'package.json'), 'utf8')) as { version: string };
  if (existsSync(pathFile) && existsSync(join(electron, 'dist', readFileSync(pathFile, 'utf8'))))
    return { name: `Electron ${version}`, isReal: true, env: {} };
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(root, 'tests/electron-standin');
  return {
    name: 'the stand-in for Electron (Node and Chromium): no real Electron is installed',
    isReal: false,
    env: { ELECTRON_OVERRIDE_DIST_PATH: override },
  };
}

/** Playwright asks `electron` in this process where the executable is. */
export function useElectronRuntime(): ElectronRuntime {
  const runtime = electronRuntime();
  Object.assign(process.env, runtime.env);
  return runtime;
}
