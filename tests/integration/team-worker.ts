import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { readWorkerReport } from '#shared/protocol/worker-report.ts';

/** A worker of a team as a process of its own, and its API as its admin. */
export interface RunningWorker {
  readonly workerId: string;
  readonly ask: (path: string, body?: unknown) => Promise<{ readonly status: number; readonly body: Body }>;
  readonly kill: () => Promise<void>;
}
export type Body = Readonly<Record<string, unknown>> & {
  readonly error?: { readonly code: string; readonly retryable: boolean };
  readonly answers?: readonly unknown[];
};

/** @param url the team's database */
export async function startTeamWorker(
  url: string,
  folder: string,
  ...args: string[]
): Promise<RunningWorker> {
  const child = spawn(
    process.execPath,
    [
      ...['--no-warnings', join(import.meta.dirname, '../../worker/entry/main.ts'), '--headless'],
      ...['--data', folder, '--port', '0', ...args],
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], env: { ...process.env, DATABASE_URL: url } },
  );
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const { port, workerId } = await new Promise<{ port: number; workerId: string }>((resolve, reject) => {
    createInterface({ input: child.stdio[3] as Readable }).once('line', line => {
      const report = readWorkerReport(line);
      if (report?.type === 'worker.ready') resolve(report);
      else reject(new Error(`the worker did not start: ${line}`));
    });
  });
  const token = readFileSync(join(folder, 'token'), 'utf8').trim();
  const ask: RunningWorker['ask'] = async (path, body) => {
    const response = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  };
  return { workerId, ask, kill };
}
