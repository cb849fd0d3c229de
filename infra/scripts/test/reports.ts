import { inRoot } from '../bootstrap/paths.mjs';

/** Where the runners leave their tallies. */
export const REPORTS = {
  vitest: inRoot('.cache', 'test', 'vitest.json'),
  playwright: inRoot('.cache', 'test', 'playwright.json'),
};
