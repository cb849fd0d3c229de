import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '#shared/errors/app-error.ts';
import type { Value } from '#shared/ipc/commands.ts';
import { createDeskCore, type DeskCore } from '#electron/core/desk-core.ts';
import { DeskData } from '#electron/core/desk-data.ts';
import { keepKeys } from '#electron/core/keep-keys.ts';
import type { SecretStore } from '#electron/core/secret-store.ts';
import { systemClock } from '#electron/core/system-clock.ts';
import { LogFile } from '#electron/diagnostics/log-file.ts';
import { createHandlers } from '#electron/ipc/handlers.ts';
import { createRouter } from '#electron/ipc/router.ts';
import { openDeskStore } from '#electron/storage/desk-store/desk-store.ts';
import { KnownKeys } from '#electron/storage/known-keys.ts';
import { DeskFiles } from '#electron/storage/files/desk-files.ts';
import { adoptWorker } from '#electron/worker-host/adopt-worker.ts';
import { RemoteWorker } from '#electron/worker-host/remote-worker.ts';
import { KEEPS_FALLING_ATTEMPTS, wordsOf } from '#electron/worker-host/waiting-words.ts';
import { spawnBundledWorker, WorkerHost } from '#electron/worker-host/worker-host.ts';
import type { DeskOptions } from './desk-options.ts';
import { storeFolder } from './store-folder.ts';

/** Silence of a worker that lives, after the link has given it up. */
const HUNG_AFTER_MS = 3000;

export interface Desk {
  readonly core: DeskCore;
  readonly data: DeskData;
  readonly route: ReturnType<typeof createRouter>;
  /** What went wrong in the desk itself. */
  readonly log: LogFile;
  /** Starts the bundled worker, or dials the remote one. */
  start(): void;
  /** Ends the link, lets the worker end its calls and waits for it. */
  stop(): Promise<void>;
}

export interface DeskParts {
  readonly options: DeskOptions;
  readonly host: Value<'get-desk'>['host'];
  /** The Node 24 that runs the worker. */
  readonly nodeFile: string;
  /** Folder that holds `worker/` and `resources/`. */
  readonly root: string;
  readonly say: (text: string) => void;
  /** Modules of the desk's threads: a bundled shell has its own. */
  readonly threads: { readonly store: URL; readonly files: URL };
  /** Where sessions are kept; in memory unless told. */
  readonly secrets?: SecretStore;
}

/** Everything of a desk but its windows: core, command router and the watched worker. The same in both hosts. */
export function createDesk({ options, host, nodeFile, root, say, threads, secrets }: DeskParts): Desk {
  const workerLogFile = join(options.data, 'worker.log');
  const workerLog = new LogFile(workerLogFile);
  const log = new LogFile(join(options.data, 'desk.log'));
  const keys = new KnownKeys(
    join(options.data, 'known-keys.json'),
    options.remote ? new URL(options.remote.url).host : 'the worker of this machine',
  );
  const core = createDeskCore(
    systemClock,
    join(options.data, 'settings.json'),
    say,
    options.livekitUrl,
    secrets,
    keys,
  );
  keepKeys(core, keys, systemClock);
  if (options.open !== null) core.capsules.openFile(options.open);
  const onBug = (error: unknown): void => log.problem('a command broke', error);
  const data = new DeskData({
    core,
    clock: systemClock,
    store: openDeskStore(threads.store, { folder: storeFolder(options) }),
    files: new DeskFiles(threads.files),
    onBug,
  });
  const route = createRouter(createHandlers(core, host, data), onBug);
  const workerHost = new WorkerHost({
    clock: systemClock,
    spawnWorker: spawnBundledWorker(
      nodeFile,
      join(root, 'worker/entry/main.ts'),
      options.workerArgs,
      join(options.data, 'compile-cache'),
    ),
    onLog: line => workerLog.write(line),
    adopt: () => adoptWorker(options.data, systemClock),
  });
  const remote = options.remote && dial(options.remote, core, say);
  if (options.remote && options.testProbe) say(`worker at ${options.remote.url}`);
  /** What was said last to whoever started the desk; the same is not said twice. */
  let told = '';
  let cancelHung = (): void => undefined;
  core.onLink(({ name }) => {
    cancelHung();
    // A worker that is gone is started anew by its host; one that only is silent has to be ended first.
    cancelHung =
      name === 'lost' && workerHost.state.name === 'running'
        ? systemClock.after(HUNG_AFTER_MS, () => workerHost.endHung())
        : () => undefined;
  });
  workerHost.onState(state => {
    if (state.name === 'running') {
      const url = `http://127.0.0.1:${String(state.port)}`;
      told = '';
      void core.workerIs({ name: 'at', url, bootSecret: state.bootSecret });
      if (options.testProbe) say(`worker at ${url}`);
    } else if (state.name === 'waiting') {
      const { code, message } = wordsOf(state, workerLogFile);
      void core.workerIs({ name: 'gone', code, message });
      if (told !== message && (state.error !== null || state.attempt >= KEEPS_FALLING_ATTEMPTS))
        say(`${code}: ${message}`);
      told = message;
    }
  });
  return {
    core,
    data,
    route,
    log,
    start: () => {
      data.start();
      (remote ?? workerHost).start();
    },
    stop: async () => {
      cancelHung();
      core.close();
      await data.stop();
      await (remote ?? workerHost).stop();
    },
  };
}

function dial(
  { url, tokenFile }: NonNullable<DeskOptions['remote']>,
  core: DeskCore,
  say: (text: string) => void,
): RemoteWorker {
  const token = tokenFile === null ? null : readToken(tokenFile);
  return new RemoteWorker({
    clock: systemClock,
    signIn: () => core.workerIs(token === null ? { name: 'account', url } : { name: 'remote', url, token }),
    onTrouble: ({ code, message }) => {
      core.link.lost(code, message);
      say(`${code}: ${message}`);
    },
  });
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw appError('input.invalid', `The session in ${file} cannot be read.`, { origin: 'electron' });
  }
}
