import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importProblem } from '#infra/lint/zones.ts';
import { findCycle, importsOf, readImportGraph, ROOT } from './import-graph.ts';

const graph = readImportGraph();
const edges = [...graph].flatMap(([from, targets]) => targets.map(to => ({ from, to })));
const sourceFile = /\.tsx?$/;

describe('the import graph of the sources', () => {
  test('keeps to the zones', () => {
    const problems = edges.flatMap(({ from, to }) => {
      const reason = importProblem(from, to);
      return reason === null ? [] : [`${from} imports ${to}: ${reason}`];
    });
    expect(problems).toEqual([]);
  });

  test('has no cycle', () => {
    expect(findCycle(graph)).toBeNull();
  });

  test('ends at files that exist, each named with its extension, as Node needs it', () => {
    const lost = edges.filter(({ to }) => sourceFile.test(to) && !graph.has(to) && !to.endsWith('.d.ts'));
    expect(lost).toEqual([]);
  });

  test('holds only packages that package.json declares, and in the list that ships them', () => {
    const manifest = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const shipped = Object.keys(manifest.dependencies);
    const bundled = Object.keys(manifest.devDependencies);
    const problems = edges.flatMap(({ from, to }) => {
      const name = /^(@[\w.-]+\/[\w.-]+|[\w.-]+)/.exec(to)?.[0];
      if (name === undefined || to.startsWith('node:') || /\.\w+$/.test(to)) return [];
      // The renderer is bundled and so are its packages: shipping them beside the bundle would ship them twice.
      const runsUnbundled = /^(shared|worker|electron)\//.test(from) && !/\.test\.tsx?$/.test(from);
      const allowed = runsUnbundled ? [...shipped, 'electron'] : [...shipped, ...bundled];
      return allowed.includes(name) ? [] : [`${from} imports ${name}`];
    });
    expect(problems).toEqual([]);
  });
});

describe('the walker', () => {
  test('sees imports, re-exports, types and lazy imports', () => {
    const source = [
      "import { a } from './a.ts';",
      "import type { B } from '#shared/b.ts';",
      "export * from './c.ts';",
      "const d = await import('./d.ts');",
      "import zod from 'zod';",
    ].join('\n');
    expect(importsOf('worker/turns/x.ts', source).sort()).toEqual([
      'shared/b.ts',
      'worker/turns/a.ts',
      'worker/turns/c.ts',
      'worker/turns/d.ts',
      'zod',
    ]);
  });

  test('names a cycle, and calls a diamond none', () => {
    const diamond = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d']],
      ['d', []],
    ]);
    expect(findCycle(diamond)).toBeNull();
    expect(findCycle(new Map([...diamond, ['d', ['b']]]))).toEqual(['b', 'd', 'b']);
  });
});
