import { existsSync } from 'node:fs';
import { joinBlocks } from '#shared/domain/blocks.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { isCallOf, type PersonQuery } from '#shared/domain/person-query.ts';
import {
  RETENTION_PROFILES,
  RETENTION_PROFILE_NAMES,
  type RetentionProfile,
} from '#shared/domain/retention.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import type { PersonCall, ToldRetention } from '#shared/protocol/privacy.ts';
import { isFileName, recordingFile } from '#worker/media/recorder/recording-files.ts';
import { readNote } from '#worker/media/recorder/recording-note.ts';
import { eraseCall, type ErasureDeps } from '#worker/privacy/erase-call.ts';
import type { OrgRetention } from '#worker/privacy/org-retention.ts';
import { signedIn } from './signed-in.ts';

export interface PrivacyDeskDeps extends ErasureDeps {
  readonly retention: OrgRetention;
  readonly newId: () => string;
}

interface Asked<Body = unknown> {
  readonly body: Body;
  readonly actor: Actor | null;
}

/** The routes of `privacy-routes.ts` (PRIV6-PRIV12). What they may be asked by is checked before. */
export function privacyHandlers(deps: PrivacyDeskDeps) {
  const { store, retention, clock } = deps;
  const told = (orgId: OrgId): ToldRetention => ({
    ...retention.of(orgId),
    profiles: RETENTION_PROFILE_NAMES.map(name => {
      const { keepDays: audioDays, wordDays } = RETENTION_PROFILES[name];
      return { name, audioDays, wordDays };
    }),
  });
  const record = (actor: Actor, action: string, outcome: string, payload: object): Promise<void> =>
    store.recordAccess({
      id: deps.newId(),
      orgId: actor.orgId,
      userId: actor.userId,
      action,
      outcome,
      atMs: clock.now(),
      payload,
    });
  return {
    retention: async ({ actor }: Asked) => {
      const { orgId } = signedIn(actor);
      await retention.read(orgId);
      return told(orgId);
    },
    erasedCalls: async ({ actor }: Asked) => ({
      callIds: [...(await store.personErasures(signedIn(actor).orgId))],
    }),
    chooseRetention: async ({ body, actor }: Asked<{ readonly profile: RetentionProfile }>) => {
      const person = signedIn(actor);
      const before = await retention.read(person.orgId);
      await retention.choose(person.orgId, body.profile, clock.now());
      await record(person, 'retention.choose', 'chosen', { before, profile: body.profile });
      return told(person.orgId);
    },
    findPerson: async ({ body, actor }: Asked<{ readonly person: PersonQuery }>) => {
      const person = signedIn(actor);
      const calls = await findCalls(deps, person.orgId, body.person);
      await record(person, 'privacy.find', 'found', { calls: calls.length });
      return { calls: [...calls] };
    },
    exportPerson: async ({ body, actor }: Asked<{ readonly person: PersonQuery }>) => {
      const person = signedIn(actor);
      const calls = await findCalls(deps, person.orgId, body.person);
      // Written down first: what cannot be, is not given away.
      await record(person, 'privacy.export', 'exported', { callIds: calls.map(({ callId }) => callId) });
      const lines = await Promise.all(calls.map(call => exportCall(deps, person.orgId, call)));
      return { calls: calls.length, jsonLines: lines.map(line => `${line}\n`).join('') };
    },
    erasePerson: async ({
      body,
      actor,
    }: Asked<{ readonly person: PersonQuery; readonly calls: number; readonly reason: string }>) => {
      const person = signedIn(actor);
      const calls = await findCalls(deps, person.orgId, body.person);
      if (calls.length !== body.calls)
        throw appError('input.invalid', 'There are other calls of this person by now. Look at them again.');
      const held = calls.filter(({ legalHold }) => legalHold).map(({ callId }) => callId);
      if (held.length > 0) {
        await record(person, 'privacy.erase', 'held', { callIds: held });
        throw appError(
          'erasure.held',
          `A legal hold is on ${String(held.length)} of ${String(calls.length)} calls. Nothing was erased.`,
        );
      }
      if (calls.some(({ isOpen }) => isOpen)) throw busy('One of the calls is still open.');
      for (const { callId } of calls)
        if (
          (await store.ticketRequests(person.orgId, callId)).some(
            ({ state }) => state === 'waiting' || state === 'sending',
          )
        )
          throw busy('A ticket of one of the calls is still on its way.');
      const ticketsElsewhere = await ticketsAtOthers(deps, person.orgId, calls);
      const erased: CallId[] = [];
      for (const { callId } of calls) {
        const outcome = await eraseCall(deps, person.orgId, callId, 'person');
        if (outcome === 'erased') erased.push(callId);
      }
      await store.settleErasures();
      await record(person, 'privacy.erase', 'erased', { callIds: erased, reason: body.reason });
      if (erased.length < calls.length)
        throw busy('A call was held or opened meanwhile; the others are erased.');
      return { erased: erased.length, ticketsElsewhere };
    },
  };
}

const busy = (why: string) =>
  appError('erasure.busy', `${why} Try again in a few minutes.`, { retryable: true });

/** Newest first; what is erased already does not know its caller any more. */
async function findCalls(
  { store, recordings }: PrivacyDeskDeps,
  orgId: OrgId,
  person: PersonQuery,
): Promise<readonly PersonCall[]> {
  const found = (await store.callerTraces(orgId)).filter(traces => isCallOf(traces, person));
  const calls = await Promise.all(
    found.map(async ({ callId }): Promise<PersonCall | null> => {
      const [row, keeping, tickets] = await Promise.all([
        store.conversation(orgId, callId),
        store.callKeeping(orgId, callId),
        store.ticketsOfCall(orgId, callId),
      ]);
      if (!row || !keeping) return null;
      return {
        callId,
        displayName: row.displayName,
        line: row.line,
        startedAtMs: row.startedAtMs,
        isOpen: keeping.isOpen,
        legalHold: keeping.legalHold || readNote(recordings, callId)?.legalHold === true,
        erased: keeping.erased,
        hasRecording: isFileName(callId) && existsSync(recordingFile(recordings, callId)),
        tickets: tickets.length,
      };
    }),
  );
  return calls
    .filter(call => call !== null)
    .sort((left, right) => right.startedAtMs - left.startedAtMs || left.callId.localeCompare(right.callId));
}

async function exportCall({ store }: PrivacyDeskDeps, orgId: OrgId, call: PersonCall): Promise<string> {
  const [turns, events, tickets, toolCalls, notes] = await Promise.all([
    store.turns(call.callId),
    store.callEvents(call.callId, -1),
    store.ticketsOfCall(orgId, call.callId),
    store.toolCalls(call.callId),
    store.notesOfCall(orgId, call.callId),
  ]);
  return JSON.stringify({ call, turns, tickets, toolCalls, notes: notes.map(exportedNote), events });
}

/** One revision of a note on the call: each is something that was written about the person. */
const exportedNote = ({ docId, author, savedAtMs, fields, blocks, isDeleted }: SavedRevision) => ({
  noteId: docId,
  author,
  savedAtMs,
  flag: fields.flag ?? null,
  text: joinBlocks(blocks.map(({ text }) => text)),
  isDeleted,
});

/** Tickets that other systems have as well; ours go with the call. */
async function ticketsAtOthers(
  { store }: PrivacyDeskDeps,
  orgId: OrgId,
  calls: readonly PersonCall[],
): Promise<{ readonly provider: string; readonly ticketId: string }[]> {
  const events = await Promise.all(calls.map(({ callId }) => store.callEvents(callId, -1)));
  return events
    .flat()
    .flatMap(event =>
      event.type === 'ticket.created' && event.orgId === orgId && event.provider !== 'local'
        ? [{ provider: event.provider, ticketId: event.ticketId }]
        : [],
    );
}
