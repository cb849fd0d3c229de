import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const NEEDED_MAJOR = 24;
const PINNED = inRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * The Node the product runs on: the one pinned in package.json, whatever the system has.
 * Our TypeScript runs unbundled, and older Nodes cannot read it.
 * @returns {string} path of the executable
 */
export function bundledNode() {
  if (existsSync(PINNED)) return PINNED;
  console.error(`Fetching Node ${NEEDED_MAJOR} for this platform.`);
  // The package's own install script, which npm was told not to run.
  spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: inRoot('node_modules', 'node'),
    stdio: ['ignore', 2, 2],
    env: { ...process.env, npm_config_loglevel: 'error', npm_config_ignore_scripts: 'true' },
  });
  if (existsSync(PINNED)) return PINNED;
  if (Number(process.versions.node.split('.')[0]) === NEEDED_MAJOR) return process.execPath;
  console.error(
    `Node ${NEEDED_MAJOR} could not be fetched. Install Node ${NEEDED_MAJOR} and start again with it.`,
  );
  process.exit(1);
}
