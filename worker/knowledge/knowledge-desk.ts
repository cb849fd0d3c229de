// Over 200 lines: every route of knowledge with what it does, read as a whole.
import type { z } from 'zod';
import type { ControlChannel } from '#shared/adapters/control-channel.ts';
import type { KnowledgeBook, KnowledgeWriter, RevisionAnswer } from '#shared/adapters/knowledge-book.ts';
import type { KnowledgeBase } from '#shared/adapters/knowledge-base.ts';
import { editBlocks, splitBlocks } from '#shared/domain/blocks.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { SPACE_RIGHTS, spaceOf, type DocumentSpace } from '#shared/domain/document-space.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { PublishRefusal } from '#shared/domain/knowledge-revision.ts';
import { may, type Actor } from '#shared/domain/roles.ts';
import { appError, type AppError } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import {
  revisionSchema,
  type askSchema,
  type AskAnswer,
  type hotPatchSchema,
  type KnowledgeChanges,
  type KnowledgeUsage,
  type publishAnswerSchema,
  type PushAnswer,
  type SavedRevision,
  type SnapshotManifest,
  type UpsertAnswer,
  type upsertSchema,
} from '#shared/protocol/knowledge.ts';
import { foldUsage, USAGE_DAYS } from './fold-usage.ts';
import type { KnowledgeShelf, RotationAnswer } from './knowledge-shelf.ts';
import { publishingProblem } from './published-document.ts';
import { readPushed } from './read-pushed.ts';
import { changesPage } from './changes-page.ts';
import { snapshotParts, type SnapshotParts } from './snapshot-parts.ts';

const DAY_MS = 86_400_000;
/** A page is made into one text on the thread that carries calls: whoever asks for more gets several. */
const MAX_PAGE_CHANGES = 50;
/** Snapshots whose parts can still be fetched: a desk that began with one must be able to end. */
const KEPT_SNAPSHOTS = 3;

export interface KnowledgeDeskDeps {
  readonly book: KnowledgeBook;
  readonly shelf: KnowledgeShelf;
  /** Reads what is published again, here and on the hosts of this worker. */
  readonly rotate: (orgId: OrgId) => Promise<RotationAnswer>;
  /** Puts a policy in force on every worker; its publishing (POL63). Absent where the policies of a worker are fixed. */
  readonly putInForce?: (
    actor: Actor,
    docId: string,
    revisionId: string,
  ) => Promise<{ readonly publishedId: string; readonly version: number; readonly label: string }>;
  readonly channel: ControlChannel;
  readonly ask: (
    tried: {
      readonly orgId: OrgId;
      readonly question: string;
      readonly knowledge: KnowledgeBase;
      readonly draftDocId: string | null;
    },
    signal: AbortSignal,
  ) => Promise<AskAnswer>;
  /** Puts an event into a running call's log and waits until it is there. Rejects with `worker.unreachable`, `call.already-ended`. */
  readonly tellCall: (callId: CallId, draft: CallEventDraft) => Promise<void>;
  readonly audit: (actor: Actor, action: string, outcome: string, payload: unknown) => Promise<void>;
  readonly clock: Clock;
  readonly newId: () => string;
}

const REFUSALS: Readonly<Record<PublishRefusal, AppError>> = {
  unknown: appError('knowledge.unknown', 'The worker does not have this text of the document.'),
  'open-conflict': appError(
    'knowledge.conflict',
    'Two people changed the same passage. Decide which text stands, then publish.',
  ),
  'not-later': appError('knowledge.refused', 'A later text of this document is published already.'),
};

const DENIED: Readonly<Record<DocumentSpace, string>> = {
  knowledge: 'Your role may not edit knowledge. Ask a supervisor to take over the text.',
  policies: 'Your role may not edit policies. Ask an admin to take over the text.',
  notes: 'Your role may not write notes on calls.',
};

/** What people and desks do with knowledge documents. Whoever calls has checked the right that its route needs. */
export class KnowledgeDesk {
  readonly #deps: KnowledgeDeskDeps;
  /** By org and snapshot, the oldest first. */
  readonly #fetched = new Map<string, Promise<SnapshotParts>>();

  constructor(deps: KnowledgeDeskDeps) {
    this.#deps = deps;
  }

  /** Each revision by itself, in order (KN33). Rejects with `input.invalid` only for what has no id, and as the book does. */
  async push(actor: Actor, pushed: readonly unknown[]): Promise<PushAnswer> {
    const { book, audit } = this.#deps;
    const read = pushed.map(readPushed);
    const answers: RevisionAnswer[] = [];
    const denied = new Map<DocumentSpace, number>();
    for (const one of read) {
      const { revisionId } = one;
      const space = spaceOf(one.docId);
      if (!may(actor.role, SPACE_RIGHTS[space].edit)) {
        denied.set(space, (denied.get(space) ?? 0) + 1);
        answers.push({ revisionId, outcome: 'refused', reason: 'not-allowed', message: DENIED[space] });
      } else if (!one.ok)
        answers.push({ revisionId, outcome: 'refused', reason: 'invalid', message: one.message });
      else answers.push(await book.saveRevision(actor.orgId, one.revision, this.#writer(actor)));
    }
    for (const [space, revisions] of denied)
      await audit(actor, SPACE_RIGHTS[space].edit, 'denied', { revisions });
    if (answers.some(({ outcome }) => outcome === 'forwarded' || outcome === 'merged'))
      await this.#tellTeam(actor.orgId);
    return { answers, version: (await book.knowledgeVersions(actor.orgId)).version };
  }

  changes(actor: Actor, after: number, limit: number): Promise<KnowledgeChanges> {
    const { book } = this.#deps;
    const read = (from: number, most: number): Promise<KnowledgeChanges> =>
      book.knowledgeChanges(actor.orgId, from, most);
    return changesPage(read, after, Math.min(limit, MAX_PAGE_CHANGES));
  }

  async publish(
    actor: Actor,
    docId: string,
    revisionId: string,
  ): Promise<z.infer<typeof publishAnswerSchema>> {
    const { book, audit } = this.#deps;
    const { orgId } = actor;
    if (spaceOf(docId) === 'policies') return this.#publishPolicy(actor, docId, revisionId);
    const revision = await book.knowledgeRevision(orgId, docId, revisionId);
    if (!revision) throw REFUSALS.unknown;
    if (spaceOf(docId) === 'notes')
      throw appError('knowledge.refused', 'A note counts as it is; there is nothing to publish.');
    const problem = publishingProblem(revision);
    if (problem !== null) throw appError('knowledge.refused', problem);
    const published = await book.publishRevision(orgId, docId, revisionId);
    const outcome = published.outcome === 'published' ? 'published' : published.reason;
    await audit(actor, 'knowledge.publish', outcome, { docId, revisionId });
    if (published.outcome === 'refused') throw REFUSALS[published.reason];
    const snapshotId = await this.#answerFromIt(orgId);
    return { publishedId: revisionId, snapshotId, version: published.version };
  }

  /** What the AI goes by is named by its documents and versions, as verdicts name it. */
  async #publishPolicy(
    actor: Actor,
    docId: string,
    revisionId: string,
  ): Promise<z.infer<typeof publishAnswerSchema>> {
    const { putInForce, audit } = this.#deps;
    const right = SPACE_RIGHTS.policies.publish ?? SPACE_RIGHTS.policies.edit;
    if (!may(actor.role, right)) {
      await audit(actor, right, 'denied', { docId, revisionId });
      throw appError('access.denied', 'Your role may not put policies in force. Ask an admin.');
    }
    if (!putInForce) throw appError('input.invalid', 'The policies of this worker are fixed.');
    const { publishedId, version, label } = await putInForce(actor, docId, revisionId);
    await this.#tellTeam(actor.orgId);
    return { publishedId, version, snapshotId: label };
  }

  /** Rejects with `input.too-large`, `knowledge.conflict` and as `publish` does (KN31). */
  async upsert(actor: Actor, wanted: z.output<typeof upsertSchema>): Promise<UpsertAnswer> {
    const { book, newId, clock } = this.#deps;
    const { orgId } = actor;
    const { docId, title, markdown, publish, note } = wanted;
    articleOnly(docId);
    const known = await book.knowledgeDocument(orgId, docId);
    const fields = { ...known?.head.fields, ...wanted.fields, title };
    const blocks = editBlocks(known?.head.blocks ?? [], splitBlocks(markdown), newId);
    const isSame =
      known?.state.isDeleted === false &&
      JSON.stringify(known.head.blocks) === JSON.stringify(blocks) &&
      JSON.stringify(sorted(known.head.fields)) === JSON.stringify(sorted(fields));
    let outcome: UpsertAnswer['outcome'] = 'unchanged';
    let revisionId = known?.head.id ?? '';
    if (!isSame) {
      const revision = revisionSchema.safeParse({
        id: newId(),
        docId,
        parents: known ? [known.head.id] : [],
        author: '',
        deviceId: 'api',
        savedAtMs: Math.round(clock.now()),
        blocks: [...blocks],
        fields,
        isDeleted: false,
        note,
        resolves: [],
      } satisfies SavedRevision);
      if (!revision.success)
        throw appError(
          'input.too-large',
          'A paragraph is longer than a document may have, or there are too many.',
        );
      const answer = await book.saveRevision(orgId, revision.data, this.#writer(actor));
      if (answer.outcome === 'refused')
        throw appError('knowledge.conflict', answer.message, { retryable: true });
      outcome = answer.outcome === 'merged' ? 'merged' : 'forwarded';
      revisionId = answer.outcome === 'merged' ? answer.headId : revision.data.id;
      await this.#tellTeam(orgId);
    }
    const answer = publish ? await this.publish(actor, docId, revisionId) : null;
    const after = await book.knowledgeDocument(orgId, docId);
    return {
      docId,
      outcome,
      revisionId,
      publishedId: after?.state.publishedId ?? null,
      snapshotId: answer?.snapshotId ?? null,
      version: (await book.knowledgeVersions(orgId)).version,
    };
  }

  ask(
    actor: Actor,
    { question, draft }: z.output<typeof askSchema>,
    signal: AbortSignal,
  ): Promise<AskAnswer> {
    const { shelf, ask } = this.#deps;
    const { orgId } = actor;
    const knowledge = draft
      ? shelf.overlay(orgId, [{ ...draft, publishedId: shelf.publishedId(orgId, draft.docId) }])
      : shelf.current(orgId);
    return ask({ orgId, question, knowledge, draftDocId: draft?.docId ?? null }, signal);
  }

  async usage(actor: Actor, docId: string): Promise<KnowledgeUsage> {
    const { book, clock } = this.#deps;
    const nowMs = clock.now();
    if (!(await book.knowledgeDocument(actor.orgId, docId))) throw unknownDocument();
    const events = await book.documentUses(actor.orgId, docId, nowMs - USAGE_DAYS * DAY_MS);
    return foldUsage(docId, events, nowMs);
  }

  /** The call is known and running, and of the actor's org (KN27). */
  async patchCall(
    actor: Actor,
    callId: CallId,
    { docId, title, markdown }: z.output<typeof hotPatchSchema>,
  ): Promise<{ readonly snapshotId: string }> {
    const { shelf, tellCall, audit, newId } = this.#deps;
    articleOnly(docId);
    const { orgId, userId, name: userName } = actor;
    const publishedId = shelf.publishedId(orgId, docId);
    const { snapshotId } = shelf.overlay(orgId, [{ docId, title, markdown, publishedId }]);
    const patch = { patchId: newId(), docId, title, markdown, publishedId, snapshotId };
    await tellCall(callId, { type: 'knowledge.patched', ...patch, userId, userName });
    await audit(actor, 'knowledge.patch-call', 'done', { callId, docId, snapshotId, patchId: patch.patchId });
    return { snapshotId };
  }

  async snapshot(actor: Actor): Promise<SnapshotManifest> {
    return (await this.#partsNow(actor.orgId)).manifest;
  }

  /** `null` where no snapshot of the org that is still kept has this part. */
  async part(actor: Actor, sha256: string): Promise<Buffer | null> {
    await this.#partsNow(actor.orgId);
    for (const [key, parts] of this.#fetched)
      if (key.startsWith(`${actor.orgId} `)) {
        const bytes = (await parts).parts.get(sha256);
        if (bytes) return bytes;
      }
    return null;
  }

  async #partsNow(orgId: OrgId): Promise<SnapshotParts> {
    const { shelf, book } = this.#deps;
    const snapshot = shelf.snapshot(orgId);
    if (!snapshot) throw appError('knowledge.unknown', 'Nothing is published in this organisation yet.');
    const key = `${orgId} ${snapshot.snapshotId}`;
    const known = this.#fetched.get(key);
    if (known) return known;
    const made = book
      .knowledgeVersions(orgId)
      .catch(() => ({ publishedVersion: 0 }))
      .then(({ publishedVersion }) => snapshotParts(snapshot, publishedVersion));
    this.#fetched.set(key, made);
    made.catch(() => this.#fetched.delete(key));
    const ofOrg = [...this.#fetched.keys()].filter(one => one.startsWith(`${orgId} `));
    for (const old of ofOrg.slice(0, -KEPT_SNAPSHOTS)) this.#fetched.delete(old);
    return made;
  }

  async #answerFromIt(orgId: OrgId): Promise<string> {
    const rotated = await this.#deps.rotate(orgId);
    await this.#tellTeam(orgId);
    if (rotated.outcome === 'refused')
      throw appError('knowledge.refused', `${rotated.name}: ${rotated.message}`);
    return rotated.snapshotId;
  }

  /** Whoever does not hear it finds it by the counter. */
  async #tellTeam(orgId: OrgId): Promise<void> {
    await this.#deps.channel.say({ type: 'knowledge-changed', orgId }).catch(() => undefined);
  }

  #writer({ userId, name }: Actor): KnowledgeWriter {
    return { userId, name, atMs: this.#deps.clock.now() };
  }
}

function articleOnly(docId: string): void {
  if (spaceOf(docId) !== 'knowledge') throw appError('knowledge.unknown', 'There is no such article.');
}
const unknownDocument = (): AppError => appError('knowledge.unknown', 'There is no such document.');
const sorted = (fields: Readonly<Record<string, string>>): unknown =>
  Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
