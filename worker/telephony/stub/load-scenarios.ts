import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarioSchema, type Scenario } from './scenario.ts';

/** Every scenario of a folder, in order of file name. Throws with the file's name if one is broken. */
export function loadScenarios(folder: string): readonly Scenario[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => {
      try {
        return scenarioSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      } catch (cause) {
        throw new Error(`cannot read the scenario ${name}`, { cause });
      }
    });
}
