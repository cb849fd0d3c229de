import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { stainsIn } from './cleanliness.ts';
import { ROOT } from './import-graph.ts';

const TEXT = '**/*.{ts,tsx,mjs,js,cjs,json,md,yml,yaml,css,html,sh,sql,example}';
const ELSEWHERE = ['node_modules', '.git', 'out', 'dist', 'data', '.cache', 'coverage', 'test-results'];
const DOTFILES = ['.npmrc', '.gitignore', '.editorconfig', '.gitattributes', '.env.example', '.ci/run'];

// In pieces, so that other searches for such places find none here.
const place = (...parts: string[]): string => `/${parts.join('/')}`;
const host = (...parts: string[]): string => `https://${parts.join('.')}`;

// Holds the counter-examples below.
const SELF = 'tests/arch/cleanliness.test.ts';

test('nothing in the repository belongs to one machine or silences a test', () => {
  const files = globSync([TEXT, ...DOTFILES], { cwd: ROOT, exclude: ELSEWHERE }).filter(
    file => file !== SELF && file !== 'package-lock.json',
  );
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap(file => stainsIn(file, readFileSync(resolve(ROOT, file), 'utf8')))).toEqual([]);
});

test.each([
  ['docs/a.md', `see ${place('home', 'ada', 'notes.txt')}`],
  ['worker/a.ts', `open('${place('root', 'model.onnx')}')`],
  ['worker/a.ts', `open('${place('work', 'model.onnx')}')`],
  ['docs/a.md', String.raw`C:\Users\ada`],
  ['.npmrc', 'registry=https://packages.example/'],
  ['docs/a.md', `${host('registry', 'example', 'com')}/zod`],
  ['worker/a.test.ts', "test.only('x', () => {});"],
  ['worker/a.test.ts', "describe.skip('x', () => {});"],
  ['worker/a.test.ts', "it.concurrent.todo('x');"],
])('%s may not say %s', (path, line) => {
  expect(stainsIn(path, `fine\n${line}`)).toHaveLength(1);
});

test.each([
  [
    'docs/a.md',
    `the network${place('work', '')} folder, renderer${place('Users', '')}, ${host('registry', 'npmjs', 'org')}/zod`,
  ],
  ['tests/e2e/a.e2e.ts', "test.skip(!hasScreen, 'needs a screen');"],
  ['worker/a.test.ts', "test('x', ({ skip }) => skip('needs a key'));"],
])('%s may say %s', (path, line) => {
  expect(stainsIn(path, line)).toEqual([]);
});
