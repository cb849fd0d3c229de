import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { inRoot, ROOT } from './paths.mjs';

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean }} LockedPackage */
/** @typedef {Record<string, LockedPackage>} LockedPackages */

/**
 * Whether what npm installed is what the lock file asks for. npm writes its own account of an installation
 * last, so a run that was cut short has none. Optional packages of other platforms are absent by design.
 * @param {LockedPackages} wanted `packages` of package-lock.json
 * @param {LockedPackages | null} installed `packages` of node_modules/.package-lock.json
 */
export function isInstalled(wanted, installed) {
  if (installed === null) return false;
  return Object.entries(wanted).every(([path, want]) => {
    if (path === '') return true;
    const have = installed[path];
    if (have === undefined) return want.optional === true || want.devOptional === true || want.peer === true;
    return have.version === want.version;
  });
}

/** @param {string} path @returns {LockedPackages | null} */
function lockedPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : null;
}

export function installWhenStale() {
  const wanted = lockedPackages(inRoot('package-lock.json')) ?? {};
  if (isInstalled(wanted, lockedPackages(inRoot('node_modules', '.package-lock.json')))) return;

  console.error('Installing dependencies (npm ci). This happens once, and again when the lock file changes.');
  const windows = process.platform === 'win32';
  // Our native packages carry their binaries. Left to itself npm would start a compiler for one of them, on
  // machines that have none.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync(windows ? 'npm.cmd' : 'npm', args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: windows, // .cmd files start only through a shell
  });
  if (status === 0) return;
  console.error(`npm ci failed${error ? `: ${error.message}` : ''}. Nothing was started.`);
  process.exit(1);
}
