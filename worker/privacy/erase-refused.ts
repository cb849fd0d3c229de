import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { CallId } from '#shared/domain/ids.ts';

/** Takes the records of one call out of what a store refused: nobody reads them as events any more. Throws what the file system throws. */
export function eraseRefused(file: string, callId: CallId): void {
  if (!existsSync(file)) return;
  const lines = readFileSync(file, 'utf8').split('\n');
  const kept = lines.filter(line => !line.includes(JSON.stringify(callId)));
  if (kept.length === lines.length) return;
  if (kept.every(line => line === '')) {
    rmSync(file);
    return;
  }
  writeFileSync(`${file}.new`, kept.join('\n'), { flush: true, mode: 0o600 });
  renameSync(`${file}.new`, file);
}
