import type { ChunkId } from '#shared/domain/ids.ts';
import type { ReleaseReason } from '#shared/domain/release-reasons.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallSession } from './call-session.ts';

/**
 * A supervisor lets the AI say what an overridable policy refused (GATE70-GATE74). The words go through the gate again, with
 * that policy's veto set aside and all others in force; so nothing that a person may not release can be released this way.
 * @returns the first chunk of what is said
 */
export function releaseVetoed(
  session: CallSession,
  { chunkId, reason }: { readonly chunkId: ChunkId; readonly reason?: ReleaseReason | undefined },
  { userId, name: userName }: Actor,
): ChunkId {
  const found = session.gate.releasable(chunkId);
  session.append({ type: 'chunk.overruled', chunkId, policies: [...found.policies], userId, userName });
  if (reason) session.append({ type: 'chunk.release-reasoned', chunkId, reason, userId, userName });
  session.gate.supersede(found);
  const utterance = session.own.say('override', found.parts, {
    turnId: found.spec.turnId,
    where: 'front',
    overrules: { chunkId, policies: found.policies, judgedAs: found.spec.origin },
  });
  const first = utterance.chunks[0]?.record.chunkId;
  if (first === undefined) throw appError('bug.invariant', 'The sentence was not accepted.');
  return first;
}

/** The reason comes after the release, because speech does not wait for it. */
export function explainRelease(
  session: CallSession,
  { chunkId, reason }: { readonly chunkId: ChunkId; readonly reason: ReleaseReason },
  { userId, name: userName }: Actor,
): void {
  if (!session.gate.wasOverruled(chunkId))
    throw appError('chunk.unknown', 'Nobody has released this sentence.');
  session.append({ type: 'chunk.release-reasoned', chunkId, reason, userId, userName });
}
