import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { transferWaysSchema } from '#shared/config/sip-config.ts';

/** The one line a host reads from its standard input before it begins; nobody else can read it there. */
export const hostBootSchema = z.object({
  hostId: z.string(),
  /** Control's door for hosts. */
  url: z.string(),
  secret: z.string().min(32),
  /** File of its spool; new for every process. */
  spool: z.string(),
  capacity: z.number().int().positive(),
  /** Phone lines, as the worker has made them at the server. */
  phones: z
    .object({
      lines: z.record(z.string(), z.string()),
      outboundTrunkId: z.string().nullable(),
      transfers: transferWaysSchema,
    })
    .nullable(),
  /** The worker's configuration, as it was read. */
  config: z.record(z.string(), z.unknown()),
});
export type HostBoot = z.infer<typeof hostBootSchema>;

/** Starts a host process; standard input is a pipe, which stays open as long as the worker lives. */
export type SpawnHost = () => ChildProcess;

export interface HostProcess {
  readonly pid: number | undefined;
  readonly exited: Promise<unknown>;
  /** Asks it to let its calls end and to leave. */
  drain(): void;
  /** Ends it so that nothing of it can speak or write any more; resolves when it is gone. */
  kill(): Promise<void>;
}

export function startHostProcess(spawnHost: SpawnHost, boot: HostBoot): HostProcess {
  const child = spawnHost();
  const exited = Promise.race([once(child, 'exit'), once(child, 'error')]);
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(`${JSON.stringify(boot)}\n`);
  return {
    pid: child.pid,
    exited,
    drain: () => void child.kill('SIGTERM'),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
