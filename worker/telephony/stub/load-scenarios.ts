import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from '#shared/errors/read-document.ts';
import { scenarioSchema, type Scenario } from './scenario.ts';

/** Every scenario of a folder, in order of file name. Throws `input.invalid` with the file's name if one is broken. */
export function loadScenarios(folder: string): readonly Scenario[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => readDocument(`scenario ${name}`, readFileSync(join(folder, name), 'utf8'), scenarioSchema));
}
