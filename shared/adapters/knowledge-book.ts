import type { PublishRefusal } from '../domain/knowledge-revision.ts';
import type { CallId, OrgId, UserId } from '../domain/ids.ts';
import type { EpochMs } from '../domain/units.ts';
import type { CallEvent } from '../events/call-event.ts';
import type { DocumentState, KnowledgeChanges, PushAnswer, SavedRevision } from '../protocol/knowledge.ts';

/** What became of one revision. */
export type RevisionAnswer = PushAnswer['answers'][number];

/** Who writes, as their session says. */
export interface KnowledgeWriter {
  readonly userId: UserId;
  readonly name: string;
  readonly atMs: EpochMs;
}

export interface KnowledgeVersions {
  /** The org's counter; 0 where it has no document. */
  readonly version: number;
  /** The counter at the last change of what is published; 0 where nothing is. */
  readonly publishedVersion: number;
}

export type PublishOutcome =
  | { readonly outcome: 'published'; readonly version: number }
  | { readonly outcome: 'refused'; readonly reason: PublishRefusal };

/** A document as it is taken in from a file. */
export interface SeedDocument {
  readonly revision: SavedRevision;
  readonly isPublished: boolean;
}

/**
 * The documents of every org, of each space, with all their revisions (KN16-KN21, KN34). Each method sees one org. Writing is one transaction; writers of
 * an org take turns. All reject with `storage.*`; `storage.unreachable` where the team's database has them and is away (KN23).
 */
export interface KnowledgeBook {
  /** Never rejects for what the revision says: that is an answer. The revision is parsed. */
  saveRevision(orgId: OrgId, revision: SavedRevision, writer: KnowledgeWriter): Promise<RevisionAnswer>;
  /** @param revisionId must be of this document; `publishProblem` decides (KN15, KN20) */
  publishRevision(orgId: OrgId, docId: string, revisionId: string): Promise<PublishOutcome>;
  /** All of them where the org has no article at all, else nothing. @returns whether they were taken in (KN24) */
  seedKnowledge(orgId: OrgId, documents: readonly SeedDocument[], atMs: EpochMs): Promise<boolean>;
  knowledgeVersions(orgId: OrgId): Promise<KnowledgeVersions>;
  /** See `knowledgeChangesSchema`. @param limit changes of the counter that a page covers at most */
  knowledgeChanges(orgId: OrgId, after: number, limit: number): Promise<KnowledgeChanges>;
  /** Where a document stands, and its head; `null` where the org has no such document. */
  knowledgeDocument(
    orgId: OrgId,
    docId: string,
  ): Promise<{ readonly state: DocumentState; readonly head: SavedRevision } | null>;
  /** A revision of one document, `null` where there is no such. */
  knowledgeRevision(orgId: OrgId, docId: string, revisionId: string): Promise<SavedRevision | null>;
  /** What is published of each document, by document id; deleted ones included. */
  publishedRevisions(orgId: OrgId): Promise<readonly SavedRevision[]>;
  /** Every revision of every note on a call, in the order they were taken; deleted notes too (NOT13). */
  notesOfCall(orgId: OrgId, callId: CallId): Promise<readonly SavedRevision[]>;
  /** Of every call in which the document was cited since then: its drafted chunks and what became of each, in order (KN29). */
  documentUses(orgId: OrgId, docId: string, fromMs: number): Promise<readonly CallEvent[]>;
}
