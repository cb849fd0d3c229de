import type { Journal } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import { handoffBrief } from '#shared/projections/handoff-brief.ts';
import { sumFigures } from '#shared/projections/sum-figures.ts';
import { verifySpoken } from '#worker/audit/verify-spoken.ts';
import type { Store } from '#worker/store/store.ts';
import type { Handlers } from './handlers.ts';
import type { KnownCalls } from './known-calls.ts';
import type { OpenCalls } from './open-calls.ts';
import type { RecordingAccess } from './recording-access.ts';
import { peaksOf, type Recordings } from './serve-recording.ts';
import { signedIn } from './signed-in.ts';

export interface RecordedCallDeps {
  readonly store: Store;
  readonly journal: Journal;
  readonly openCalls: OpenCalls;
  readonly known: KnownCalls['known'];
  readonly recordings: Recordings;
  readonly access: RecordingAccess;
}

/** What is on record of calls, those that run included. */
export function recordedCallHandlers({
  store,
  journal,
  openCalls,
  known,
  recordings,
  access,
}: RecordedCallDeps): Pick<
  Handlers,
  | 'snapshot'
  | 'calls'
  | 'figures'
  | 'callEvents'
  | 'brief'
  | 'conversation'
  | 'spokenProof'
  | 'verdicts'
  | 'recordingPeaks'
  | 'recordingHold'
  | 'toolCalls'
  | 'ticketRequests'
> {
  return {
    snapshot: ({ actor }) =>
      Promise.resolve({
        position: journal.head,
        calls: openCalls.of(signedIn(actor).orgId),
      }),
    calls: async ({ query, actor }) => ({
      calls: [...(await store.conversations(signedIn(actor).orgId, query))],
    }),
    figures: async ({ query, actor }) =>
      sumFigures(await store.figures(signedIn(actor).orgId, query), query.fromMs, query.toMs),
    callEvents: async ({ params, query, actor }) => ({
      events: [...(await journal.callEvents(await known(actor, params.id), query.afterSeq))] as never,
    }),
    brief: async ({ params, actor }) =>
      handoffBrief(foldTimeline(await journal.callEvents(await known(actor, params.id), -1))),
    conversation: async ({ params, actor }) => {
      await journal.durable(journal.head);
      const conversation = await store.conversation(signedIn(actor).orgId, params.id as CallId);
      if (!conversation) throw appError('call.unknown', 'There is no such call.');
      return { conversation, turns: [...(await store.turns(conversation.id))] };
    },
    spokenProof: async ({ params, actor }) => {
      const proof = verifySpoken(await journal.callEvents(await known(actor, params.id), -1));
      return { ...proof, faults: [...proof.faults], unfinishedChunks: [...proof.unfinishedChunks] };
    },
    verdicts: async ({ params, actor }) => ({
      verdicts: [...(await store.policyRows(await known(actor, params.id)))],
    }),
    recordingPeaks: async ({ params, query, actor }) =>
      peaksOf(recordings, await known(actor, params.id), query.points),
    recordingHold: async ({ params, body, actor }) => {
      await access.hold(signedIn(actor), await known(actor, params.id), body.held, body.reason);
      return { held: body.held };
    },
    toolCalls: async ({ params, actor }) => {
      const callId = await known(actor, params.id);
      await journal.durable(journal.head);
      return { toolCalls: [...(await store.toolCalls(callId))] };
    },
    ticketRequests: async ({ params, actor }) => {
      const callId = await known(actor, params.id);
      await journal.durable(journal.head);
      const requests = await store.ticketRequests(signedIn(actor).orgId, callId);
      return { requests: requests.map(({ operation, ...rest }) => ({ ...rest, kind: operation.kind })) };
    },
  };
}
