import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { textSpanSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * One unbroken piece of AI speech as it went to the caller's line: written by what hands the samples over, not by what planned
 * them. All of these together are the sink ledger of the call (MED40-MED46).
 */
export const lineSoundedSchema = callEvent('line.sounded', {
  chunkId: chunkIdSchema,
  epoch: z.number().int().nonnegative(),
  /** Characters of the released text that this piece sounds. */
  span: textSpanSchema,
  /** `[startSample, endSample)` on the call's axis. */
  startSample: z.number().int().nonnegative(),
  endSample: z.number().int().positive(),
  /** First sample within the chunk's own audio. */
  chunkSample: z.number().int().nonnegative(),
  /** Audit ids of the verdicts that let it pass. */
  auditIds: z.array(z.string()),
  /** SHA-256 of the samples, signed 16-bit little-endian. */
  pcmSha256: sha256Schema,
  /** Ties this entry to the one before: SHA-256 over that entry's chain value and the fields of this one. */
  chainSha256: sha256Schema,
});
export type LineSounded = z.infer<typeof lineSoundedSchema>;
