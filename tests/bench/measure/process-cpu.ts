import { readdirSync, readFileSync } from 'node:fs';
import type { CDPSession } from '@playwright/test';

/** Ticks of the kernel's clock per second, as Linux reports them everywhere. */
const TICKS_PER_SECOND = 100;

/** Processor time a process has used, user and kernel, in milliseconds. NaN where there is no /proc. */
export function cpuMsOf(pid: number): number {
  try {
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
  } catch {
    return Number.NaN;
  }
}

/** Memory of a process that is in use now, in megabytes. NaN where there is no /proc. */
export function rssMbOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Processor time of all of Chromium's processes: page, compositor, network. @param session of the browser */
export async function cpuMsOfBrowser(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
}

export const cpuMsByPid = (pids: readonly number[]): ReadonlyMap<number, number> =>
  new Map(pids.map(pid => [pid, cpuMsOf(pid)] as const).filter(([, cpuMs]) => !Number.isNaN(cpuMs)));

/** A process and everything it has started that still lives. Only itself where there is no /proc. */
export function familyOf(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const parent = parentOf(Number(name));
      if (parent !== null) parents.set(Number(name), parent);
    }
  } catch {
    return [pid];
  }
  const family = [pid];
  for (const one of family) for (const [child, parent] of parents) if (parent === one) family.push(child);
  return family;
}

function parentOf(pid: number): number | null {
  try {
    return Number(
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ')[1],
    );
  } catch {
    return null; // it has ended since
  }
}
