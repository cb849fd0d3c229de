import type { KnowledgeBook } from '#shared/adapters/knowledge-book.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { spaceOf } from '#shared/domain/document-space.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import type { KeptDocuments } from './kept-documents.ts';
import type { KnowledgeSource, KnowledgeSources, KnowledgeText, ReadDocument } from './knowledge-shelf.ts';
import { documentOf, isWithdrawn } from './published-document.ts';
import { seedDocuments } from './seed-documents.ts';

export interface PublishedSourcesDeps {
  /** Absent in a host: what is kept on the machine is all it has. */
  readonly book: Pick<KnowledgeBook, 'seedKnowledge' | 'publishedRevisions'> | null;
  readonly kept: KeptDocuments;
  /** Files that an org begins with; `null` where it begins with nothing. */
  readonly folderOf: (orgId: OrgId) => (() => Promise<readonly KnowledgeText[]>) | null;
  readonly clock: Clock;
  /** The book is away; what was kept is used. */
  readonly onAway: (error: unknown) => void;
}

/** What the AI answers from: the published revisions of the book, taken in from files at the very first (KN24-KN26). */
export function publishedSources(deps: PublishedSourcesDeps): KnowledgeSources {
  return { get: orgId => (): ReturnType<KnowledgeSource> => readPublished(deps, orgId) };
}

async function readPublished(deps: PublishedSourcesDeps, orgId: OrgId): ReturnType<KnowledgeSource> {
  const { book, kept, onAway } = deps;
  if (book)
    try {
      const revisions = await readBook(deps, book, orgId);
      kept.write(orgId, revisions);
      return documentsOf(revisions);
    } catch (error) {
      if (!AppError.is(error) || error.body.code !== 'storage.unreachable') throw error;
      onAway(error);
    }
  const revisions = kept.read(orgId);
  return revisions ? documentsOf(revisions) : ((await deps.folderOf(orgId)?.()) ?? []);
}

async function readBook(
  { folderOf, clock }: PublishedSourcesDeps,
  book: NonNullable<PublishedSourcesDeps['book']>,
  orgId: OrgId,
): Promise<readonly SavedRevision[]> {
  const articles = async (): Promise<readonly SavedRevision[]> =>
    (await book.publishedRevisions(orgId)).filter(({ docId }) => spaceOf(docId) === 'knowledge');
  const published = await articles();
  const folder = published.length === 0 ? folderOf(orgId) : null;
  if (!folder) return published;
  await book.seedKnowledge(orgId, seedDocuments(await folder()), clock.now());
  return articles();
}

const documentsOf = (revisions: readonly SavedRevision[]): readonly ReadDocument[] =>
  revisions
    .filter(revision => !isWithdrawn(revision))
    .map(revision => ({ name: revision.docId, document: documentOf(revision) }));
