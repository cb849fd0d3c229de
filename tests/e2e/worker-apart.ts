import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';

export interface WorkerApart {
  readonly url: string;
  /** A file with a session of this person, as a desk reads it. */
  sessionFileOf(userId: string): Promise<string>;
  kill(): Promise<void>;
}

export interface WorkerApartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** A worker that was started apart from any desk, for several of them. */
export async function startWorkerApart(
  data: string,
  port: number,
  { environment = {}, args = ['--calls-min', '3', '--calls-max', '5'] }: WorkerApartOptions = {},
): Promise<WorkerApart> {
  rmSync(join(data, 'token'), { force: true });
  const child = spawn(
    process.execPath,
    [
      ...['--no-warnings', 'worker/entry/main.ts', '--demo', '--headless', '--test-probe', '--seed', '7'],
      ...args,
      ...['--data', data, '--port', String(port)],
    ],
    {
      cwd: join(import.meta.dirname, '../..'),
      stdio: 'ignore',
      env: { ...process.env, ...environment },
    },
  );
  await expect.poll(() => existsSync(join(data, 'token')), { timeout: 60_000 }).toBe(true);
  const url = `http://127.0.0.1:${String(port)}`;
  await expect
    .poll(
      () =>
        fetch(`${url}/healthz`).then(
          answer => answer.status,
          () => 0,
        ),
      { timeout: 60_000 },
    )
    .toBe(200);
  return {
    url,
    sessionFileOf: async userId => {
      const answer = await fetch(`${url}/api/sessions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${readFileSync(join(data, 'token'), 'utf8').trim()}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ userId }),
      });
      const file = join(data, `session-${userId}`);
      writeFileSync(file, `${((await answer.json()) as { token: string }).token}\n`, { mode: 0o600 });
      return file;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
