// Writes docs/reference/configuration.md and .env.example from the worker's settings: `node infra/scripts/write-configuration.ts`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentName, WORKER_SETTINGS, WORKER_SWITCHES } from '#shared/config/worker-config.ts';

const root = join(import.meta.dirname, '../..');

/** What a setting is when nobody sets it, in words. */
function byDefault(schema: { safeParse(value: unknown): { success: boolean; data?: unknown } }): string {
  const parsed = schema.safeParse(undefined);
  return parsed.success && (typeof parsed.data === 'string' || typeof parsed.data === 'number')
    ? String(parsed.data)
    : 'none';
}

export function configurationPage(): string {
  const settings = Object.entries(WORKER_SETTINGS).map(
    ([name, { schema, takes, says }]) =>
      `| \`--${name} ${takes}\` | \`${environmentName(name)}\` | ${byDefault(schema)} | ${says} |`,
  );
  const switches = Object.entries(WORKER_SWITCHES).map(
    ([name, says]) => `| \`--${name}\` | \`${environmentName(name)}\` | off | ${says} |`,
  );
  return [
    '# Configuration of the worker',
    '',
    'A flag wins over its environment variable. An option there is not is an error that names it. `npm run demo` hands the demo’s options on.',
    '',
    '| flag | environment | default | meaning |',
    '|---|---|---|---|',
    ...settings,
    ...switches,
    '',
    'Two more variables choose how much is logged: `SIDETONE_LOG_LEVEL` (pino levels, `info`) and `SIDETONE_LIVEKIT_LOG_LEVEL` (`error`).',
    '',
    '`npm run demo` itself takes `--port`, `--data`, `--no-open` and, with `--headless`, everything above.',
    '',
  ].join('\n');
}

export function environmentExample(): string {
  const lines = Object.entries(WORKER_SETTINGS).map(
    ([name, { schema, says }]) =>
      `# ${says}\n#${environmentName(name)}=${byDefault(schema) === 'none' ? '' : byDefault(schema)}`,
  );
  return `# Settings of the worker; flags win. No key or account is needed for the demo.\n${lines.join('\n')}\n`;
}

if (import.meta.main) {
  mkdirSync(join(root, 'docs/reference'), { recursive: true });
  writeFileSync(join(root, 'docs/reference/configuration.md'), configurationPage());
  writeFileSync(join(root, '.env.example'), environmentExample());
}
