import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { AdoptedWorker, WatchedProcess } from './adopt-worker.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import { readWorkerReport } from '#shared/protocol/worker-report.ts';

/** A crashed worker is started again, quickly at first. Callers ring again within 2 s of a single crash. */
const RESTART_MS: readonly number[] = [250, 500, 1000, 2000, 5000];
/** A worker that has run this long is healthy again. */
const HEALTHY_MS = 10_000;
/** Time a worker has to end its calls when we quit. */
const DRAIN_MS = 5000;

export type WorkerHostState =
  | { readonly name: 'stopped' }
  | { readonly name: 'starting'; readonly attempt: number }
  | {
      readonly name: 'running';
      readonly port: number;
      readonly workerId: string;
      readonly bootSecret: string;
    }
  | {
      readonly name: 'waiting';
      readonly attempt: number;
      readonly exitCode: number | null;
      /** What the worker itself said of its end; null when it fell without a word. */
      readonly error: ErrorBody | null;
    };

/** Starts the bundled worker. Descriptor 0 takes the boot secret, 2 gives logs, 3 tells when it is ready. */
export type SpawnWorker = () => ChildProcess;

export interface WorkerHostOptions {
  readonly clock: Clock;
  readonly spawnWorker: SpawnWorker;
  readonly onLog: (line: string) => void;
  /** Finds a worker that an earlier desk left behind; without it every start is a new one. */
  readonly adopt?: () => Promise<AdoptedWorker | null>;
}

/** Starts the bundled worker, watches it and starts it again when it falls (IPC20-IPC24). */
export class WorkerHost {
  readonly #options: WorkerHostOptions;
  readonly #listeners = new Set<(state: WorkerHostState) => void>();
  #state: WorkerHostState = { name: 'stopped' };
  #child: WatchedProcess | null = null;
  #attempt = 0;
  #restart: Cancel | null = null;
  #stopping = false;
  #lastWords: ErrorBody | null = null;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
  }

  get state(): WorkerHostState {
    return this.#state;
  }

  onState(listener: (state: WorkerHostState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#child || this.#stopping) return;
    if (this.#options.adopt) void this.#startAfter(this.#options.adopt());
    else this.#launch();
  }

  /** The worker lives and does not answer: it is ended hard, which starts it anew (IPC23). */
  endHung(): void {
    if (this.#state.name === 'running') this.#child?.kill('SIGKILL');
  }

  /** Asks the worker to end its calls and waits; after 5 s it is killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#restart?.();
    const child = this.#child;
    if (child && child.exitCode === null) {
      const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const kill = this.#options.clock.after(DRAIN_MS, () => child.kill('SIGKILL'));
      await gone;
      kill();
    }
    this.#set({ name: 'stopped' });
  }

  async #startAfter(adopting: Promise<AdoptedWorker | null>): Promise<void> {
    const found = await adopting;
    if (this.#child || this.#stopping) return;
    if (!found) {
      this.#launch();
      return;
    }
    const { note, process: adopted } = found;
    this.#child = adopted;
    const startedMono = this.#options.clock.mono();
    adopted.once('exit', code => this.#onExit(adopted, code, startedMono));
    const { port, workerId, bootSecret } = note;
    this.#set({ name: 'running', port, workerId, bootSecret });
  }

  #launch(): void {
    this.#set({ name: 'starting', attempt: this.#attempt });
    const bootSecret = randomBytes(32).toString('base64url');
    const child = this.#options.spawnWorker();
    this.#child = child;
    const startedMono = this.#options.clock.mono();
    const input = child.stdin;
    input?.on('error', () => undefined);
    input?.write(`${JSON.stringify({ bootSecret })}\n`);
    const logs = child.stderr;
    if (logs) createInterface({ input: logs }).on('line', line => this.#options.onLog(line));
    const ready = child.stdio[3] as Readable | null | undefined;
    if (ready) {
      createInterface({ input: ready }).on('line', line => {
        const report = readWorkerReport(line);
        if (!report || this.#child !== child) return;
        if (report.type === 'worker.failed') this.#lastWords = report.error;
        else this.#set({ name: 'running', port: report.port, workerId: report.workerId, bootSecret });
      });
    }
    child.once('error', () => this.#onExit(child, null, startedMono));
    // Not `exit`: by `close` all that it said has been read, its last words among them.
    child.once('close', code => this.#onExit(child, code, startedMono));
  }

  #onExit(child: WatchedProcess, exitCode: number | null, startedMono: number): void {
    if (this.#child !== child) return;
    this.#child = null;
    if (this.#stopping) return;
    if (this.#options.clock.mono() - startedMono > HEALTHY_MS) this.#attempt = 0;
    const delayMs = RESTART_MS[Math.min(this.#attempt, RESTART_MS.length - 1)] ?? 5000;
    this.#attempt += 1;
    this.#set({ name: 'waiting', attempt: this.#attempt, exitCode, error: this.#lastWords });
    this.#lastWords = null;
    this.#restart = this.#options.clock.after(delayMs, () => this.#launch());
  }

  #set(state: WorkerHostState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

/**
 * The worker as a process of its own with the given Node 24: native media and inference are tried there and nowhere else.
 * Secrets never appear in its arguments.
 * @param cacheFolder where Node keeps compiled code from one start to the next
 */
export function spawnBundledWorker(
  nodeFile: string,
  entryFile: string,
  args: readonly string[],
  cacheFolder: string,
): SpawnWorker {
  return () =>
    spawn(nodeFile, ['--no-warnings', entryFile, '--boot-stdin', ...args], {
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        // Compiled code of the last start: a third less work before the worker is ready.
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? cacheFolder,
        UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? '16',
      },
    });
}
