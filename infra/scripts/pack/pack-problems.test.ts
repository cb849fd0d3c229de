import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '../bootstrap/paths.mjs';
import { FUSES, packProblems } from './pack-problems.ts';

const GOOD = ['/out/main/index.js', '/out/preload/preload.cjs', '/out/renderer/index.html', '/package.json'];
const all = (): boolean => true;

test('[SHL12] a complete package has no problem; each thing that is missing or too much is named', () => {
  expect(packProblems(GOOD, all, all)).toEqual([]);
  expect(packProblems(GOOD.slice(1), all, all)).toEqual(['/out/main/index.js is missing in the archive']);
  expect(packProblems([...GOOD, '/worker/x.test.ts', '/node_modules/react/index.js'], all, all)).toHaveLength(
    2,
  );
  expect(packProblems([...GOOD, '/node_modules/x/x.node'], path => !path.endsWith('.node'), all)).toEqual([
    '/node_modules/x/x.node is native and lies inside the archive',
  ]);
  expect(packProblems(GOOD, all, () => false)).toEqual(['the Node that runs the worker is missing']);
});

test('[SHL12] the fuses of the description are those that are checked', () => {
  const text = readFileSync(inRoot('electron-builder.yml'), 'utf8');
  for (const [name, wanted] of Object.entries(FUSES)) {
    const key = name.charAt(0).toLowerCase() + name.slice(1);
    expect(text, key).toMatch(new RegExp(`^  ${key}: ${String(wanted)}$`, 'mu'));
  }
});
