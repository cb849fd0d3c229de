import { join } from 'node:path';
import { appError } from '#shared/errors/app-error.ts';
import { OrgRetention } from '#worker/privacy/org-retention.ts';
import type { AccountDesk } from './account-desk.ts';
import { accountHandlers } from './account-handlers.ts';
import { archiveHandlers } from './archive-handlers.ts';
import type { AudioGrants } from './audio-grants.ts';
import { auditHandlers } from './audit-handlers.ts';
import { CallPlacer } from './call-placer.ts';
import { checkTicketing } from './check-ticketing.ts';
import type { CommandDesk } from './command-desk.ts';
import type { ControlDeps } from './control-deps.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import type { Handlers } from './handlers.ts';
import { knowledgeHandlers } from './knowledge-handlers.ts';
import type { KnownCalls } from './known-calls.ts';
import { liveCallHandlers } from './live-call-handlers.ts';
import type { OpenCalls } from './open-calls.ts';
import { openApiDocument } from './openapi.ts';
import { ownOrgHandlers } from './own-org-handlers.ts';
import { policyHandlers } from './policy-handlers.ts';
import { privacyHandlers } from './privacy-desk.ts';
import { LOCAL_RECORD } from './record-facts.ts';
import { recordedCallHandlers } from './recorded-call-handlers.ts';
import type { RecordingAccess } from './recording-access.ts';
import { roomHandlers } from './room-handlers.ts';
import { rotateKnowledge } from './rotate-knowledge.ts';
import { sessionHandlers } from './session-handlers.ts';
import { signedIn } from './signed-in.ts';
import type { SessionTokens } from './tokens.ts';

interface HandlerParts {
  readonly tokens: SessionTokens;
  readonly grants: AudioGrants;
  readonly openCalls: OpenCalls;
  readonly calls: KnownCalls;
  readonly commands: CommandDesk;
  readonly access: RecordingAccess;
  readonly accounts: AccountDesk;
}

/** What every route of the table does, from those who know one part of it each. */
export function controlHandlers(deps: ControlDeps, parts: HandlerParts): Handlers {
  const { store, journal, desk } = deps;
  const { openCalls } = parts;
  const { known, running } = parts.calls;
  const placer = new CallPlacer({
    ...deps,
    rooms: deps.rooms ?? null,
    isOpen: (callId, { orgId }) => openCalls.has(callId, orgId),
    openCalls: () => desk.openCalls().length,
  });
  return {
    ...sessionHandlers({ ...deps, tokens: parts.tokens }),
    ...recordedCallHandlers({
      ...deps,
      openCalls,
      known,
      recordings: { folder: deps.recordings, parts: deps.recordingParts },
      access: parts.access,
    }),
    ...liveCallHandlers(deps, { ...parts, placer, running }),
    ...accountHandlers(parts.accounts),
    ...privacyHandlers({
      ...deps,
      refusedFile: deps.refusedFile ?? join(deps.recordings, '../refused.jsonl'),
      retention: deps.retention ?? new OrgRetention(store, 'standard'),
    }),
    ...ownOrgHandlers(store, deps.shopOf ?? (() => Promise.resolve(null))),
    ...policyHandlers(deps.policies ?? null),
    ...knowledgeHandlers(deps.knowledge ?? null, running),
    ...auditHandlers(deps),
    ...archiveHandlers(deps, known),
    ...roomHandlers({
      rooms: deps.rooms ?? null,
      openCalls,
      store,
      clock: deps.clock,
      newId: deps.newId,
      publicOrgId: LOCAL_ADMIN.orgId,
    }),
    health: () => Promise.resolve({ ok: true }),
    ready: async () => ({
      ok: (await store.head()) >= -1,
      workerId: deps.workerId,
      head: journal.head,
      brain: deps.brain,
      voice: deps.voice,
      record: deps.recordFacts?.() ?? LOCAL_RECORD,
    }),
    openapi: () => Promise.resolve(openApiDocument()),
    ticketingTest: async ({ actor }) => {
      if (!deps.ticketing) throw appError('input.invalid', 'This worker has no ticket system.');
      return checkTicketing(deps.ticketing, signedIn(actor).orgId);
    },
    rotateKnowledge: async ({ actor }) => {
      const answer = await rotateKnowledge(signedIn(actor), deps);
      deps.team?.rotateKnowledge(signedIn(actor).orgId);
      return answer;
    },
  };
}
