import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { inRoot } from '#infra/scripts/bootstrap/paths.mjs';
import type { CallEvent } from '#shared/events/call-event.ts';

/** What one run of a worker told before it was killed. */
export interface KilledRun {
  /** It had taken up work; before that it may not have closed the calls of the run before. */
  readonly wasReady: boolean;
  /** Events as it printed them, in order; a line that the kill cut in two is left out. */
  readonly printed: readonly CallEvent[];
  /** It ended by itself before it could be killed: the last line of its log. */
  readonly fellBy: string | null;
}

/** When a worker is killed: so long after it was started, or after it was ready. */
export interface KillMoment {
  readonly from: 'start' | 'ready';
  readonly afterMs: number;
}

/** Starts a real headless demo worker on the folder and kills it, without a warning, at that moment. */
export async function runAndKill(folder: string, seed: number, moment: KillMoment): Promise<KilledRun> {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...['--no-warnings', inRoot('worker', 'entry', 'main.ts'), '--demo', '--headless', '--data', folder],
      ...['--seed', String(seed), '--calls-min', '6', '--calls-max', '8', '--hold-back-ms', '0'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, UV_THREADPOOL_SIZE: '16' } },
  );
  let timer: NodeJS.Timeout | undefined;
  const killLater = (): void => {
    timer = setTimeout(() => child.kill('SIGKILL'), moment.afterMs);
  };
  const printed: CallEvent[] = [];
  let wasReady = false;
  let lastLog = '';
  const lines = (stream: Readable | null | undefined, take: (line: string) => void): Promise<void> =>
    new Promise(resolve => {
      if (!stream) return resolve();
      createInterface({ input: stream }).on('line', take).once('close', resolve);
    });
  const read = [
    lines(child.stdout, line => {
      const event = parseLine(line);
      if (event) printed.push(event);
    }),
    lines(child.stderr, line => (lastLog = line)),
    lines(child.stdio[3] as Readable, () => {
      wasReady = true;
      if (moment.from === 'ready') killLater();
    }),
  ];
  if (moment.from === 'start') killLater();
  const signal = await new Promise<NodeJS.Signals | null>(resolve =>
    child.once('exit', (_code, by) => resolve(by)),
  );
  clearTimeout(timer);
  await Promise.all(read);
  return { wasReady, printed, fellBy: signal === 'SIGKILL' ? null : lastLog };
}

function parseLine(line: string): CallEvent | null {
  try {
    return JSON.parse(line) as CallEvent;
  } catch {
    return null;
  }
}
