import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditBook } from '#shared/adapters/audit-book.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { openAuditKey } from '#worker/audit/audit-key.ts';
import { keepAnchors } from '#worker/audit/keep-anchors.ts';
import type { AuditParts } from '#worker/control/audit-handlers.ts';

interface KeptAnchor {
  readonly orgId: string;
  readonly number: number;
  readonly jws: string;
}

export const ANCHORS_FILE = 'anchors.jsonl';
export const AUDIT_KEY_FILE = 'audit.key';

export interface AuditOptions {
  readonly book: AuditBook;
  /** The data folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** The worker's key, and anchors now and then (SYN18, SYN19). */
export async function openAudit({
  book,
  folder,
  clock,
  onError,
}: AuditOptions): Promise<AuditParts & { stop(): Promise<void> }> {
  const key = await openAuditKey(join(folder, AUDIT_KEY_FILE));
  const file = join(folder, ANCHORS_FILE);
  // A team's database that is away must not keep a worker from starting; the first anchor tells the key again.
  await book.addAuditKey(key.keyId, key.jwk).catch(onError);
  const anchors = keepAnchors({ book, key, clock, file }, onError);
  return { key, keptAnchors: () => readAnchors(file), stop: () => anchors.stop() };
}

/** Lines that a crash cut off are passed by: their anchor is in the database. */
export function readAnchors(file: string): readonly KeptAnchor[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap(line => {
      try {
        return line === '' ? [] : [JSON.parse(line) as KeptAnchor];
      } catch {
        return [];
      }
    });
}
