import type { KnowledgeBook } from '#shared/adapters/knowledge-book.ts';
import { AUDIT_BOOK_METHODS } from '#shared/adapters/audit-book.ts';
import type { AccountBook } from '#shared/adapters/account-book.ts';
import type { PrivacyBook } from '#shared/adapters/privacy-book.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { KNOWLEDGE_METHODS } from './knowledge-methods.ts';
import { SPOOLED_METHODS, type TeamStore } from './spool.ts';
import { startAuditFeed } from './audit-feed.ts';
import { startSpoolFeed, type SpoolFeedOptions } from './spool-feed.ts';
import type { Store } from './store.ts';

/** So long a list waits for the team's store to hear what was just written here, before it is made of this machine's record. */
const IN_STEP_LIMIT_MS = 1_000;
/** What waiting cannot mend: then a worker does not begin. */
const FATAL = ['storage.refused', 'storage.schema-mismatch'];

/**
 * A worker's record on this machine that a team's store is fed from. Writing and everything a call needs is local and durable at
 * once; what concerns the team (history, figures, tickets, calls of other workers) is read from the team's store, and from the
 * local record while that is away. Rejects where the team's store does not let us in or has another schema (PG10).
 */
export async function openSpooledStore(options: SpoolFeedOptions): Promise<Store> {
  const { local } = options;
  const feed = startSpoolFeed(options);
  await feed.first.catch(async (error: unknown) => {
    if (!AppError.is(error) || !FATAL.includes(error.body.code)) return;
    await feed.stop();
    await local.close();
    throw error;
  });

  const audit = startAuditFeed({ local, team: () => feed.inStep(IN_STEP_LIMIT_MS), clock: options.clock });

  /** From the team's store; from here while it is away or behind. */
  const asTeam = async <Value>(read: (store: Store) => Promise<Value>): Promise<Value> => {
    const team = await feed.inStep(IN_STEP_LIMIT_MS);
    if (!team) return read(local);
    return read(team).catch((error: unknown) => {
      if (AppError.is(error) && error.body.code === 'storage.unreachable') return read(local);
      throw error;
    });
  };
  /** A call of this worker is complete here; another's is only there. */
  const ofCall = async <Value>(callId: CallId, read: (store: Store) => Promise<Value>): Promise<Value> =>
    (await local.ownsCall(callId)) ? read(local) : asTeam(read);
  const onlyTeam = async (): Promise<TeamStore> => {
    const team = await feed.inStep(IN_STEP_LIMIT_MS);
    if (team) return team;
    throw appError(
      'storage.unreachable',
      'The team’s database cannot be reached, and this machine does not have it. Try again later.',
      { retryable: true },
    );
  };
  const ringing = Object.fromEntries(
    SPOOLED_METHODS.map(method => [
      method,
      async (...args: readonly unknown[]) => {
        const methods = local as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
        const value = await methods[method]?.(...args);
        feed.ring();
        audit.ring();
        return value;
      },
    ]),
  ) as unknown as Pick<Store, (typeof SPOOLED_METHODS)[number]>;

  // Editors need one order and one answer, and a desk has an outbox of its own: nothing of it waits here (KN23).
  const knowledge = Object.fromEntries(
    KNOWLEDGE_METHODS.map(method => [
      method,
      async (...args: readonly unknown[]) => {
        const methods = (await onlyTeam()) as unknown as Record<
          string,
          (...args: readonly unknown[]) => unknown
        >;
        return methods[method]?.(...args);
      },
    ]),
  ) as unknown as KnowledgeBook;

  return {
    ...local,
    ...ringing,
    ...knowledge,
    callEvents: (callId, afterSeq) => ofCall(callId, store => store.callEvents(callId, afterSeq)),
    turns: callId => ofCall(callId, store => store.turns(callId)),
    policyRows: callId => ofCall(callId, store => store.policyRows(callId)),
    toolCalls: callId => ofCall(callId, store => store.toolCalls(callId)),
    ticketRequests: (orgId, callId) => ofCall(callId, store => store.ticketRequests(orgId, callId)),
    conversation: async (orgId, callId) =>
      (await local.ownsCall(callId))
        ? local.conversation(orgId, callId)
        : (await onlyTeam()).conversation(orgId, callId),
    conversations: (...args) => asTeam(store => store.conversations(...args)),
    searchArchive: (...args) => asTeam(store => store.searchArchive(...args)),
    archiveFacets: (...args) => asTeam(store => store.archiveFacets(...args)),
    figures: (...args) => asTeam(store => store.figures(...args)),
    ticket: (...args) => asTeam(store => store.ticket(...args)),
    tickets: (...args) => asTeam(store => store.tickets(...args)),
    ticketNotes: (...args) => asTeam(store => store.ticketNotes(...args)),
    updateTicket: async (...args) =>
      (await ringing.updateTicket(...args)) || (await onlyTeam()).updateTicket(...args),
    addTicketNote: async (...args) =>
      (await ringing.addTicketNote(...args)) || (await onlyTeam()).addTicketNote(...args),
    consultations: (...args) => asTeam(store => store.consultations(...args)),
    roomEvents: (...args) => asTeam(store => store.roomEvents(...args)),
    archiveConsultation: async (...args) =>
      (await ringing.archiveConsultation(...args)) || (await onlyTeam()).archiveConsultation(...args),
    // Chains of a team are in one place: a device must not be answered by two.
    ...(Object.fromEntries(
      AUDIT_BOOK_METHODS.map(method => [
        method,
        async (...args: readonly unknown[]) => {
          const methods = (await onlyTeam()) as unknown as Record<
            string,
            (...a: readonly unknown[]) => unknown
          >;
          return methods[method]?.(...args);
        },
      ]),
    ) as unknown as Pick<Store, (typeof AUDIT_BOOK_METHODS)[number]>),
    ...peopleOf(onlyTeam),
    callKeeping: async (orgId, callId) =>
      (await local.ownsCall(callId))
        ? local.callKeeping(orgId, callId)
        : (await onlyTeam()).callKeeping(orgId, callId),
    holdCall: async (...args) => (await ringing.holdCall(...args)) || (await onlyTeam()).holdCall(...args),
    // Here first: the team's rows follow by the spool. A call of another worker is erased in the team's store, and there by itself.
    eraseCall: async (...args) => {
      const outcome = await ringing.eraseCall(...args);
      return outcome === 'unknown' ? (await onlyTeam()).eraseCall(...args) : outcome;
    },
    personErasures: orgId => asTeam(store => store.personErasures(orgId)),
    callerTraces: async orgId => (await onlyTeam()).callerTraces(orgId),
    ticketsOfCall: (orgId, callId) => asTeam(store => store.ticketsOfCall(orgId, callId)),
    close: async () => {
      if (await feed.inStep(IN_STEP_LIMIT_MS)) await audit.drain();
      await audit.stop();
      await feed.stop();
      await local.close();
    },
  };
}

/** Accounts are the team's alone: every worker knows the same people, and a session that one of them ends has ended for all. */
function peopleOf(
  team: () => Promise<TeamStore>,
): AccountBook & Pick<PrivacyBook, 'retentionProfile' | 'setRetentionProfile'> {
  return {
    addOrg: async (...args) => (await team()).addOrg(...args),
    org: async (...args) => (await team()).org(...args),
    addAccount: async (...args) => (await team()).addAccount(...args),
    credentials: async (...args) => (await team()).credentials(...args),
    account: async (...args) => (await team()).account(...args),
    accounts: async (...args) => (await team()).accounts(...args),
    changeAccount: async (...args) => (await team()).changeAccount(...args),
    setPassword: async (...args) => (await team()).setPassword(...args),
    openSession: async (...args) => (await team()).openSession(...args),
    rotateSession: async (...args) => (await team()).rotateSession(...args),
    endSessions: async (...args) => (await team()).endSessions(...args),
    isSessionLive: async (...args) => (await team()).isSessionLive(...args),
    pruneSessions: async (...args) => (await team()).pruneSessions(...args),
    retentionProfile: async (...args) => (await team()).retentionProfile(...args),
    setRetentionProfile: async (...args) => (await team()).setRetentionProfile(...args),
  };
}
