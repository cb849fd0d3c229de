import { createHash } from 'node:crypto';
import type { LineSounded } from '#shared/events/line-sounded.ts';

/** What one entry of the sink ledger says, without its place in the chain. */
export type SoundedPiece = Pick<
  LineSounded,
  'chunkId' | 'epoch' | 'span' | 'startSample' | 'endSample' | 'chunkSample' | 'auditIds' | 'pcmSha256'
>;

/** The chain value before the first entry of a call. */
export function soundChainStart(callId: string): string {
  return createHash('sha256').update(`line.sounded ${callId}`).digest('hex');
}

/** Chain value of an entry: changes if any field of it, or any entry before it, is changed, added or removed (MED44). */
export function soundChainNext(before: string, piece: SoundedPiece): string {
  const { chunkId, epoch, span, startSample, endSample, chunkSample, auditIds, pcmSha256 } = piece;
  return createHash('sha256')
    .update(before)
    .update(JSON.stringify([chunkId, epoch, span, startSample, endSample, chunkSample, auditIds, pcmSha256]))
    .digest('hex');
}
