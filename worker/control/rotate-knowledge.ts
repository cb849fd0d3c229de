import type { Clock } from '#shared/domain/clock.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { RotationAnswer } from '#worker/knowledge/knowledge-shelf.ts';
import type { Store } from '#worker/store/store.ts';

export type RotateKnowledge = (orgId: OrgId) => Promise<RotationAnswer>;

export interface RotateKnowledgeDeps {
  readonly rotateKnowledge?: RotateKnowledge;
  readonly store: Store;
  readonly newId: () => string;
  readonly clock: Clock;
}

/** Publishes the documents as they are now, for the actor's own org; each try is on record. Rejects with `knowledge.refused`. */
export async function rotateKnowledge(
  actor: Actor,
  { rotateKnowledge: rotate, store, newId, clock }: RotateKnowledgeDeps,
): Promise<Exclude<RotationAnswer, { readonly outcome: 'refused' }>> {
  if (!rotate) throw appError('input.invalid', 'This worker has no knowledge of its own.');
  const answer = await rotate(actor.orgId);
  await store.recordAccess({
    id: newId(),
    orgId: actor.orgId,
    userId: actor.userId,
    action: 'rotate-knowledge',
    outcome: answer.outcome,
    atMs: clock.now(),
    payload: { ...answer },
  });
  if (answer.outcome === 'refused')
    throw appError('knowledge.refused', `${answer.name} line ${String(answer.line)}: ${answer.message}`);
  return answer;
}
