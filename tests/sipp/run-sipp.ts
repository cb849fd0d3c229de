import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toneUlaw } from './ulaw.ts';

/** What phones of these scenarios sound. */
export const PHONE_HZ = 700;
const LIMIT_S = 90;

/** Why SIPp cannot be run here, in words, or `null` when it can. */
export function sippReason(): string | null {
  const { error, stdout } = spawnSync('sipp', ['-v'], { encoding: 'utf8' });
  if (error) return 'sipp is missing here (Debian package sip-tester)';
  return stdout.includes('PCAP') ? null : 'this sipp was built without PCAP: it can press no key';
}

/** Keys are sent by a raw socket. */
export const keysReason = (): string | null =>
  process.getuid?.() === 0 ? null : 'sipp presses keys by a raw socket, which only root may open';

export interface SippOptions {
  readonly scenario: string;
  /** Absent: the phone waits to be called. */
  readonly calls?: { readonly port: number; readonly number: string; readonly from?: string };
  /** Where it listens; a free one where none is said. */
  readonly port?: number;
  /** Sends back what it hears. */
  readonly echoes?: boolean;
  /** Where a phone that is called wants its audio. */
  readonly earPort?: number;
}

export interface SippPhone {
  readonly port: number;
  /** The exit code, 0 when the scenario went as it is written, and what it said otherwise. */
  readonly done: Promise<{ readonly code: number | null; readonly said: string }>;
  stop(): void;
}

/** Starts one phone on loopback, for one call. */
export async function startSipp(options: SippOptions): Promise<SippPhone> {
  const { scenario, calls, echoes, earPort } = options;
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-sipp-'));
  writeFileSync(join(folder, 'tone.ulaw'), toneUlaw(PHONE_HZ));
  const port = options.port ?? (await freeUdpPort());
  const file = join(import.meta.dirname, 'scenarios', `${scenario}.xml`);
  const errors = join(folder, 'errors.log');
  const args = [
    ...(calls ? [`127.0.0.1:${String(calls.port)}`, '-s', calls.number] : []),
    ...['-sf', file, '-m', '1', '-i', '127.0.0.1', '-p', String(port)],
    ...['-mi', '127.0.0.1', '-mp', String(await freeUdpPort())],
    ...['-key', 'caller', calls?.from ?? '+4917055501', '-key', 'ear', String(earPort ?? 0)],
    ...['-timeout', `${String(LIMIT_S)}s`, '-timeout_error', '-nostdin', '-trace_err', '-error_file', errors],
    ...(echoes ? ['-rtp_echo'] : []),
  ];
  const child = spawn('sipp', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4000)));
  const done = once(child, 'close').then(([code]) => {
    rmSync(folder, { recursive: true, force: true });
    return { code: code as number | null, said: code === 0 ? '' : said.trim() };
  });
  // One that waits to be called has to be listening first.
  if (!calls) await new Promise(resolve => setTimeout(resolve, 500));
  return { port, done, stop: () => child.kill('SIGKILL') };
}

export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
