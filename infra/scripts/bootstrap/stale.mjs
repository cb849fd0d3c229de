import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether a source, or anything in a source folder, is newer than what was made from it.
 * @param {string} output
 * @param {readonly string[]} sources files and folders
 */
export function isStale(output, sources) {
  const madeAtMs = newestAtMs(output);
  return sources.some(source => newestAtMs(source) > madeAtMs);
}

/** @param {string} path file or folder @returns {number} 0 when there is nothing */
function newestAtMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // The folder's own time counts too: it moves when a file is deleted.
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestAtMs(join(path, name))),
    stat.mtimeMs,
  );
}
