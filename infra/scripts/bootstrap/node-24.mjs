import { existsSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const NEEDED_MAJOR = 24;

/**
 * The Node the product runs on: the one pinned in package.json, whatever the system has.
 * Our TypeScript runs unbundled, and older Nodes cannot read it.
 * @returns {string} path of the executable
 */
export function bundledNode() {
  const pinned = inRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) === NEEDED_MAJOR) return process.execPath;
  console.error(
    `Node ${NEEDED_MAJOR} is missing: its package was installed without its install script. ` +
      `Run "npm ci" with scripts allowed, or use Node ${NEEDED_MAJOR} yourself.`,
  );
  process.exit(1);
}
