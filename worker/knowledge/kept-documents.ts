import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { OrgId } from '#shared/domain/ids.ts';
import { revisionSchema, type SavedRevision } from '#shared/protocol/knowledge.ts';

const keptSchema = z.object({ revisions: z.array(revisionSchema) });

/**
 * What was published last, beside the record: a worker whose team's database is away answers with it, and so do the hosts of this
 * machine, which have no record of their own (KN26). A copy: where the book can be read, the book is asked.
 */
export interface KeptDocuments {
  /** Whole or not at all. */
  write(orgId: OrgId, revisions: readonly SavedRevision[]): void;
  /** `null` where nothing was kept, or nothing that can be read. */
  read(orgId: OrgId): readonly SavedRevision[] | null;
}

export function keptDocuments(folder: string): KeptDocuments {
  const fileOf = (orgId: OrgId): string =>
    join(folder, `published-${Buffer.from(orgId).toString('hex')}.json`);
  return {
    write: (orgId, revisions) => {
      mkdirSync(folder, { recursive: true });
      const file = fileOf(orgId);
      writeFileSync(`${file}.new`, JSON.stringify({ revisions }), { flush: true });
      renameSync(`${file}.new`, file);
    },
    read: orgId => {
      try {
        return keptSchema.parse(JSON.parse(readFileSync(fileOf(orgId), 'utf8'))).revisions;
      } catch {
        return null;
      }
    },
  };
}
