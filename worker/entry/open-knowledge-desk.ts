import type { ControlChannel } from '#shared/adapters/control-channel.ts';
import type { Journal } from '#shared/adapters/journal.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { tellCall } from '#worker/control/call-teller.ts';
import { tryQuestion } from '#worker/host/try-question.ts';
import { KnowledgeDesk } from '#worker/knowledge/knowledge-desk.ts';
import type { RotationAnswer } from '#worker/knowledge/knowledge-shelf.ts';
import { KnowledgeWatch } from '#worker/knowledge/knowledge-watch.ts';
import type { PolicyDocuments } from '#worker/rulebook/policy-documents.ts';
import type { Store } from '#worker/store/store.ts';
import type { Mind } from './assemble-mind.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { RunningCalls } from './fleet-calls.ts';
import type { Logger } from './log.ts';
import { newId } from './session-parts.ts';
import { systemClock } from './system-clock.ts';

export interface KnowledgeDeskParts {
  readonly mind: Mind;
  readonly store: Store;
  readonly journal: Journal;
  readonly channel: ControlChannel;
  readonly host: Pick<RunningCalls, 'appendToCall'>;
  readonly rotate: (orgId: OrgId) => Promise<RotationAnswer>;
  readonly policyDocuments: PolicyDocuments;
  readonly log: Logger;
}

/** What people do with documents, and who notices what others have done with them. */
export function openKnowledgeDesk({
  mind,
  store,
  journal,
  channel,
  host,
  rotate,
  policyDocuments,
  log,
}: KnowledgeDeskParts): {
  readonly knowledge: KnowledgeDesk;
  readonly knowledgeWatch: KnowledgeWatch;
} {
  const { knowledge: shelf, brain: model, policies } = mind;
  return {
    knowledge: new KnowledgeDesk({
      book: store,
      shelf,
      rotate,
      putInForce: (actor, docId, revisionId) =>
        policyDocuments.putInForce(actor.orgId, actor, docId, revisionId),
      channel,
      ask: (tried, signal) => tryQuestion({ clock: systemClock, newId, model, policies }, tried, signal),
      tellCall: (callId, draft) =>
        tellCall(
          {
            journal,
            clock: systemClock,
            appendToCall: (id, event) => host.appendToCall(id, event),
          },
          callId,
          draft,
        ),
      audit: ({ orgId, userId }, action, outcome, payload) =>
        store.recordAccess({ id: newId(), orgId, userId, action, outcome, atMs: systemClock.now(), payload }),
      clock: systemClock,
      newId,
    }),
    knowledgeWatch: new KnowledgeWatch(
      {
        book: store,
        channel,
        clock: systemClock,
        // Articles and policies share the counter; neither waits for what is wrong with the other.
        rotate: async orgId => {
          const done = await Promise.allSettled([policyDocuments.follow(orgId), rotate(orgId)]);
          for (const one of done) if (one.status === 'rejected') throw one.reason;
        },
        onError: error => log.warn({ err: error }, 'knowledge could not be looked at; it is tried again'),
      },
      [DEMO_ORG_ID],
    ),
  };
}
