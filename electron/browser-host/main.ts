import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '#shared/errors/app-error.ts';
import { createDeskCore } from '#electron/core/desk-core.ts';
import { systemClock } from '#electron/core/system-clock.ts';
import { WorkerLog } from '#electron/diagnostics/worker-log.ts';
import { createHandlers } from '#electron/ipc/handlers.ts';
import { createRouter } from '#electron/ipc/router.ts';
import { spawnBundledWorker, WorkerHost } from '#electron/worker-host/worker-host.ts';
import { BrowserAccess } from './access.ts';
import { openBrowser } from './open-browser.ts';
import { startBrowserHost } from './server.ts';

const root = join(import.meta.dirname, '../..');

const OPTIONS = {
  port: { type: 'string', default: '0' },
  data: { type: 'string', default: 'data' },
  'no-open': { type: 'boolean', default: false },
  seed: { type: 'string' },
  calls: { type: 'string' },
  'calls-min': { type: 'string' },
  'calls-max': { type: 'string' },
  'hold-back-ms': { type: 'string' },
  'test-probe': { type: 'boolean' },
} as const;

/** Options that are the worker's and are handed on as they are. */
const WORKERS = ['seed', 'calls', 'calls-min', 'calls-max', 'hold-back-ms'] as const;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function readOptions(): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ options: OPTIONS, strict: true }).values;
  } catch (error) {
    say(`input.invalid: ${error instanceof Error ? error.message : String(error)}`);
    say(
      `Known options: ${Object.keys(OPTIONS)
        .map(name => `--${name}`)
        .join(', ')}`,
    );
    return process.exit(2);
  }
}

const options = readOptions();
const log = new WorkerLog(join(options.data, 'worker.log'));
const core = createDeskCore(systemClock, join(options.data, 'settings.json'), say);
const handlers = createHandlers(core, { kind: 'browser', features: [] });
const route = createRouter(handlers, error =>
  log.write(JSON.stringify({ level: 'error', part: 'desk', message: String(error) })),
);
const workerArgs = [
  '--demo',
  '--data',
  options.data,
  ...WORKERS.flatMap(name => (options[name] === undefined ? [] : [`--${name}`, options[name]])),
  ...(options['test-probe'] ? ['--test-probe'] : []),
];
const host = new WorkerHost({
  clock: systemClock,
  spawnWorker: spawnBundledWorker(join(root, 'worker/entry/main.ts'), workerArgs),
  onLog: line => log.write(line),
});
host.onState(state => {
  if (state.name === 'running') {
    core
      .workerIs({ name: 'at', url: `http://127.0.0.1:${String(state.port)}`, bootSecret: state.bootSecret })
      .catch((error: unknown) => say(String(error)));
    if (options['test-probe']) say(`worker at http://127.0.0.1:${String(state.port)}`);
  } else if (state.name === 'waiting') {
    void core.workerIs({
      name: 'gone',
      message: 'The worker stopped and is being started again. Calls that were running have ended.',
    });
    if (state.attempt === 3)
      say(
        `The worker keeps stopping (exit code ${String(state.exitCode)}). Its log: ${join(options.data, 'worker.log')}`,
      );
  }
});

try {
  const access = new BrowserAccess();
  const { server, port } = await startBrowserHost({
    port: Number(options.port),
    access,
    core,
    route,
    consoleFolder: join(root, 'out/renderer'),
  });
  host.start();
  const url = `http://127.0.0.1:${String(port)}/?token=${access.token}`;
  process.stdout.write(`Sidetone is open at ${url}\n`);
  if (!options['no-open']) openBrowser(url);
  const quit = async (): Promise<void> => {
    core.close();
    await host.stop();
    await server.close();
    process.exit(0);
  };
  process.once('SIGINT', () => void quit());
  process.once('SIGTERM', () => void quit());
} catch (error) {
  say(AppError.is(error) ? `${error.body.code}: ${error.body.message}` : String(error));
  process.exit(1);
}
