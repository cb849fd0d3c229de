import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, ROOT } from './import-graph.ts';

/** Packages that only the workspace needs, and that are as large as the rest of the console together. */
const LATE = /^(?:@codemirror\/|react-markdown|remark-gfm)/u;

/** Everything that is loaded with a file: what it imports, but not what it asks for later. */
function loadedWith(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  if (!/\.tsx?$/u.test(file)) return found;
  const source = readFileSync(resolve(ROOT, file), 'utf8');
  const atOnce = source.replaceAll(/\bimport\(\s*'[^']+'\s*\)/gu, '');
  for (const next of importsOf(file, atOnce)) loadedWith(next, found);
  return found;
}
const lateOnes = (file: string): string[] => [...loadedWith(file)].filter(name => LATE.test(name));

test('[KNW25] the console starts without editor, preview and merge view', () => {
  expect(loadedWith('renderer/app/main.tsx').has('renderer/screens/knowledge/article-pane.tsx')).toBe(true);
  expect(lateOnes('renderer/app/main.tsx')).toEqual([]);
});

test('[KNW25] an import at once would be noticed', () => {
  expect(lateOnes('renderer/screens/knowledge/open-article-pane.tsx')).toContain('@codemirror/view');
});
