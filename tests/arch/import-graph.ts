import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { resolveImport } from '#infra/lint/zones.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

/** What each file imports: files by their path in the repository, packages by their name. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

export function readImportGraph(): ImportGraph {
  const files = globSync('{shared,worker,electron,renderer,tests,infra}/**/*.{ts,tsx}', { cwd: ROOT });
  return new Map(
    files.sort().map(file => [file, importsOf(file, readFileSync(resolve(ROOT, file), 'utf8'))]),
  );
}

export function importsOf(file: string, source: string): string[] {
  const { importedFiles } = ts.preProcessFile(source, true, true);
  return importedFiles.map(({ fileName }) => resolveImport(file, fileName));
}

/** The first way found from a file back to itself, in order; null if there is none. */
export function findCycle(graph: ImportGraph): string[] | null {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (file: string): string[] | null => {
    if (done.has(file)) return null;
    const at = trail.indexOf(file);
    if (at !== -1) return [...trail.slice(at), file];
    trail.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    trail.pop();
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return null;
}
