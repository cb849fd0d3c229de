import type { ControlChannel } from '#shared/adapters/control-channel.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { BY_TEAM, PolicyDocuments } from '#worker/rulebook/policy-documents.ts';
import type { PolicyBook, PolicyBookDeps } from '#worker/rulebook/policy-book.ts';
import type { Store } from '#worker/store/store.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { Logger } from './log.ts';
import { newId } from './session-parts.ts';
import { systemClock } from './system-clock.ts';

/** The policies as documents of the book, taken in and followed; files are watched until `stop`. */
export async function openPolicyDocuments(
  book: PolicyBook,
  store: Store,
  channel: ControlChannel,
  log: Logger,
): Promise<{
  readonly documents: PolicyDocuments;
  /** Another worker has put something in force. */
  readonly reload: (orgId: OrgId) => void;
  readonly stop: () => void;
}> {
  const onError = (error: unknown): void =>
    log.warn({ err: error }, 'policy documents were not followed; what is in force stays in force');
  const documents = new PolicyDocuments({
    book: store,
    rules: book,
    clock: systemClock,
    // Whoever does not hear it finds it by the counter.
    onPublished: orgId => void channel.say({ type: 'reload-policy', orgId }).catch(onError),
    onError,
  });
  await documents.start(DEMO_ORG_ID);
  return {
    documents,
    reload: orgId => void documents.follow(orgId).catch(onError),
    stop: documents.watchFiles(DEMO_ORG_ID),
  };
}

/** Who put which rules in force stands in the audit log, once: by the worker that did it. */
export function recordPolicies(store: Store, log: Logger): PolicyBookDeps['onApplied'] {
  return (orgId, label, by) => {
    if (by === BY_TEAM) return;
    store
      .recordAccess({
        id: newId(),
        orgId,
        userId: by,
        action: 'policy.edit',
        outcome: 'applied',
        atMs: systemClock.now(),
        payload: { label },
      })
      .catch((error: unknown) => log.error({ err: error }, 'a change of policies was not recorded'));
  };
}
