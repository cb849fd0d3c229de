import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// import.meta.dirname does not exist before Node 20.11.
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** @param {string[]} parts */
export const inRoot = (...parts) => join(ROOT, ...parts);
