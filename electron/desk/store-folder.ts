import { join } from 'node:path';
import type { DeskOptions } from './desk-options.ts';

/** One store for each worker: what was saved for one must never be sent to another (DST9). */
export function storeFolder({ data, remote }: Pick<DeskOptions, 'data' | 'remote'>): string {
  const name = remote ? new URL(remote.url).host.replace(/[^\w.-]+/gu, '-') : 'bundled';
  return join(data, 'desk-store', name);
}
