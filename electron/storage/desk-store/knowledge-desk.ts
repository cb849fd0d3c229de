// The knowledge of one desk as its console reads and writes it: the worker's state with what was saved here on top. Over 200
// lines because reading and saving share how a local head is found.
import { editBlocks, joinBlocks, splitBlocks } from '#shared/domain/blocks.ts';
import { spaceOf } from '#shared/domain/document-space.ts';
import { clauseNamesOf } from '#shared/domain/policy-text.ts';
import { appError } from '#shared/errors/app-error.ts';
import type {
  KnowledgeDoc,
  KnowledgeFilter,
  KnowledgeItem,
  KnowledgeRevision,
  KnowledgeStatus,
} from '#shared/ipc/knowledge-commands.ts';
import type { DocumentState, KnowledgeFields, SavedRevision } from '#shared/protocol/knowledge.ts';
import type { IndexedHead, KnowledgeIndex } from './knowledge-index.ts';
import type { KnowledgeCache } from './knowledge-cache.ts';
import { excerptOf, hitsIn } from './knowledge-words.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';

export interface KnowledgeEdit {
  readonly docId: string | null;
  readonly baseId: string | null;
  readonly markdown: string;
  readonly fields: KnowledgeFields;
  readonly note: string;
  readonly resolves: readonly string[];
}

/** Who saves, and when by this desk's clock. */
export interface Saving {
  readonly author: string;
  readonly nowMs: number;
}

/** What a desk makes itself. */
export interface DeskIds {
  readonly deviceId: () => string;
  readonly newId: () => string;
}

export interface ListQuery {
  readonly query: string;
  readonly filter: KnowledgeFilter;
  readonly space: 'knowledge' | 'policies';
  readonly limit: number;
  readonly nowMs: number;
}

/** One document as it stands on this desk. */
interface LocalDoc {
  readonly docId: string;
  readonly head: SavedRevision;
  /** As the worker last told it; null for one that only this desk has. */
  readonly server: DocumentState | null;
  /** Saved here and not accepted yet. */
  readonly waiting: number;
  readonly refused: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export class KnowledgeDesk {
  readonly #cache: KnowledgeCache;
  readonly #outbox: Outbox;
  readonly #index: KnowledgeIndex;
  readonly #isWritable: boolean;
  readonly #ids: DeskIds;

  constructor(
    cache: KnowledgeCache,
    outbox: Outbox,
    index: KnowledgeIndex,
    isWritable: boolean,
    ids: DeskIds,
  ) {
    this.#cache = cache;
    this.#outbox = outbox;
    this.#index = index;
    this.#isWritable = isWritable;
    this.#ids = ids;
  }

  list({ query, filter, space, limit, nowMs }: ListQuery): {
    readonly items: readonly KnowledgeItem[];
    readonly counts: Readonly<Record<KnowledgeFilter, number>>;
    readonly conflictsElsewhere: number;
  } {
    const all = this.#docs().filter(({ head, refused }) => !head.isDeleted || refused > 0);
    const docs = all.filter(({ docId }) => spaceOf(docId) === space);
    const other = space === 'knowledge' ? 'policies' : 'knowledge';
    const conflicts = this.#cache.conflictCounts();
    const items = new Map(docs.map(doc => [doc.docId, itemOf(doc, conflicts.get(doc.docId) ?? 0)]));
    const counts = countsOf([...items.values()], nowMs);
    const found =
      query.trim() === ''
        ? [...items.values()].toSorted((a, b) => b.editedAtMs - a.editedAtMs)
        : (space === 'policies' ? searchPolicies(query, docs) : this.#search(query, docs)).flatMap(
            ({ docId, text }) => {
              const item = items.get(docId);
              return item ? [withHits(item, text ?? item.excerpt, query)] : [];
            },
          );
    return {
      items: found.filter(item => belongs(item, filter, nowMs)).slice(0, limit),
      counts,
      conflictsElsewhere: all.filter(
        ({ docId }) => spaceOf(docId) === other && (conflicts.get(docId) ?? 0) > 0,
      ).length,
    };
  }

  get(docId: string): KnowledgeDoc {
    const { head, server, waiting, refused } = this.#doc(docId);
    const published = server?.publishedId ? this.#revision(server.publishedId) : null;
    return {
      docId,
      headId: head.id,
      publishedId: server?.publishedId ?? null,
      status: statusOf(head, server),
      markdown: markdownOf(head),
      publishedMarkdown: published ? markdownOf(published) : null,
      fields: head.fields,
      editedBy: head.author,
      editedAtMs: head.savedAtMs,
      waiting: waiting + refused,
      conflicts: [...this.#cache.openConflicts(docId)],
      unsaved: this.#outbox.unsaved(docId) ?? this.#refusedText(docId),
    };
  }

  history(docId: string): readonly KnowledgeRevision[] {
    const { server } = this.#doc(docId);
    const known = this.#cache.revisionsOf(docId);
    const ids = new Set(known.map(({ id }) => id));
    const here = this.#outbox.ofDoc(docId).filter(({ revision }) => !ids.has(revision.id));
    const shown = (revision: SavedRevision, isWaiting: boolean): KnowledgeRevision => ({
      id: revision.id,
      author: revision.author,
      savedAtMs: revision.savedAtMs,
      note: revision.note,
      markdown: markdownOf(revision),
      title: titleOf(revision),
      isDeleted: revision.isDeleted,
      isMerge: revision.parents.length > 1,
      isPublished: revision.id === server?.publishedId,
      isWaiting,
    });
    return [
      ...known.map(revision => shown(revision, false)),
      ...here.map(({ revision, state }) => shown(revision, state !== 'taken')),
    ].toReversed();
  }

  /** Saves an edit: durable when it returns. Throws `knowledge.unknown` when nobody here has what was edited. */
  save(edit: KnowledgeEdit, saving: Saving): { readonly docId: string; readonly revisionId: string } {
    const { docId: wanted, baseId } = edit;
    if (wanted !== null && baseId === null && this.#find(wanted))
      throw appError('input.invalid', 'This document was saved before: name the version that was edited.', {
        origin: 'electron',
      });
    const base = baseId === null ? null : this.#base(wanted, baseId);
    const docId = wanted ?? this.#ids.newId();
    const { markdown, fields, note, resolves } = edit;
    const revision: SavedRevision = {
      id: this.#ids.newId(),
      docId,
      parents: base ? [base.id] : [],
      author: saving.author,
      deviceId: this.#ids.deviceId(),
      savedAtMs: saving.nowMs,
      blocks: [...editBlocks(base?.blocks ?? [], splitBlocks(markdown), this.#ids.newId)],
      fields,
      isDeleted: false,
      note,
      resolves: [...resolves],
    };
    this.#outbox.add(revision, saving.nowMs);
    return { docId, revisionId: revision.id };
  }

  remove(docId: string, baseId: string, saving: Saving): { readonly revisionId: string } {
    const base = this.#base(docId, baseId);
    const revision: SavedRevision = {
      ...base,
      id: this.#ids.newId(),
      parents: [base.id],
      author: saving.author,
      deviceId: this.#ids.deviceId(),
      savedAtMs: saving.nowMs,
      isDeleted: true,
      note: '',
      resolves: [],
    };
    this.#outbox.add(revision, saving.nowMs);
    return { revisionId: revision.id };
  }

  /** Title of a document, for lists of what waits. */
  titleOf(docId: string): string {
    const doc = this.#find(docId);
    return doc ? titleOf(doc.head) : docId;
  }

  /** Every document that is not deleted, or those asked for, with its text. */
  texts(docIds: readonly string[] | null): readonly {
    readonly docId: string;
    readonly status: KnowledgeStatus;
    readonly fields: KnowledgeFields;
    readonly markdown: string;
  }[] {
    return this.#docs()
      .filter(
        ({ docId, head }) =>
          spaceOf(docId) === 'knowledge' && !head.isDeleted && (docIds === null || docIds.includes(docId)),
      )
      .map(({ docId, head, server }) => ({
        docId,
        status: statusOf(head, server),
        fields: head.fields,
        markdown: markdownOf(head),
      }));
  }

  #search(query: string, docs: readonly LocalDoc[]) {
    if (this.#isWritable) {
      const byId = new Map(docs.map(doc => [doc.docId, doc]));
      this.#index.refresh(new Map(docs.map(({ docId, head }) => [docId, head.id])), docId => {
        const doc = byId.get(docId);
        return doc ? indexedOf(doc) : null;
      });
    }
    return this.#index.search(query);
  }

  /** What the worker did not accept stays as typed text, until it is saved again or thrown away. */
  #refusedText(docId: string): KnowledgeDoc['unsaved'] {
    const last = this.#outbox.ofDoc(docId).findLast(({ state }) => state === 'refused');
    if (!last || last.revision.isDeleted) return null;
    const { revision } = last;
    return { markdown: markdownOf(revision), fields: revision.fields, baseId: revision.parents[0] ?? null };
  }

  #base(docId: string | null, baseId: string): SavedRevision {
    const base = this.#revision(baseId);
    if (!base || (docId !== null && base.docId !== docId))
      throw unknown('This desk does not have the version that was edited. Open the document again.');
    return base;
  }

  #revision(id: string): SavedRevision | null {
    return (
      this.#cache.revision(id) ?? this.#outbox.all().find(entry => entry.revision.id === id)?.revision ?? null
    );
  }

  #docs(): readonly LocalDoc[] {
    const here = Map.groupBy(this.#outbox.all(), ({ revision }) => revision.docId);
    const server = new Map(this.#cache.docs().map(doc => [doc.docId, doc]));
    return [...new Set([...server.keys(), ...here.keys()])].flatMap(
      docId => this.#local(docId, server.get(docId) ?? null, here.get(docId) ?? []) ?? [],
    );
  }

  #find(docId: string): LocalDoc | null {
    return this.#local(docId, this.#cache.doc(docId), this.#outbox.ofDoc(docId));
  }

  #doc(docId: string): LocalDoc {
    const doc = this.#find(docId);
    if (!doc) throw unknown('This desk knows no such document.');
    return doc;
  }

  /** The newest that was saved here and not refused, else what the worker has, else what was refused (DST11). */
  #local(docId: string, server: DocumentState | null, here: readonly OutboxEntry[]): LocalDoc | null {
    const standing = here.findLast(({ state }) => state !== 'refused');
    const head =
      standing?.revision ??
      (server && this.#cache.revision(server.headId)) ??
      here.findLast(({ state }) => state === 'refused')?.revision ??
      null;
    if (!head) return null;
    return {
      docId,
      head,
      server,
      waiting: here.filter(({ state }) => state === 'waiting').length,
      refused: here.filter(({ state }) => state === 'refused').length,
    };
  }
}

const unknown = (message: string) => appError('knowledge.unknown', message, { origin: 'electron' });

const markdownOf = ({ blocks }: SavedRevision): string => joinBlocks(blocks.map(({ text }) => text));

const titleOf = ({ fields, blocks }: SavedRevision): string =>
  fields.title ?? blocks[0]?.text.replace(/^#+\s*/u, '').slice(0, 80) ?? 'Untitled';

function statusOf(head: SavedRevision, server: DocumentState | null): KnowledgeStatus {
  if (head.fields.stage === 'archived') return 'archived';
  if (server?.publishedId === head.id) return 'approved';
  return head.fields.stage === 'in-review' ? 'in-review' : 'draft';
}

function indexedOf({ docId, head }: LocalDoc): IndexedHead {
  return { docId, headId: head.id, title: titleOf(head), texts: head.blocks.map(({ text }) => text) };
}

function itemOf({ docId, head, server, waiting, refused }: LocalDoc, openConflicts: number): KnowledgeItem {
  const verified = Number(head.fields.verifiedAtMs ?? head.savedAtMs);
  const days = Number(head.fields.verifyEveryDays ?? 0);
  return {
    docId,
    title: titleOf(head),
    status: statusOf(head, server),
    excerpt:
      spaceOf(docId) === 'policies'
        ? excerptOf(clauseNamesOf(head.blocks.map(({ text }) => text)).join(', '), '')
        : excerptOf(markdownOf(head), ''),
    titleHits: [],
    excerptHits: [],
    ownerName: head.fields.ownerId ?? null,
    editedBy: head.author,
    editedAtMs: head.savedAtMs,
    isPublished: (server?.publishedId ?? null) !== null,
    verifyByMs: days > 0 && Number.isFinite(verified) ? verified + days * DAY_MS : null,
    openConflicts,
    waiting: waiting + refused,
  };
}

/** Policies are few and found to the letter: by their names, and by any phrase in them. */
function searchPolicies(
  query: string,
  docs: readonly LocalDoc[],
): readonly { readonly docId: string; readonly text: string | null }[] {
  const wanted = query.trim().toLowerCase();
  return docs.flatMap(({ docId, head }) => {
    const texts = [titleOf(head), ...head.blocks.map(({ text }) => text)];
    const found = texts.find(text => text.toLowerCase().includes(wanted));
    return found === undefined ? [] : [{ docId, text: found === texts[0] ? null : found }];
  });
}

function withHits(item: KnowledgeItem, text: string, query: string): KnowledgeItem {
  const excerpt = excerptOf(text, query);
  return { ...item, excerpt, titleHits: hitsIn(item.title, query), excerptHits: hitsIn(excerpt, query) };
}

function belongs(item: KnowledgeItem, filter: KnowledgeFilter, nowMs: number): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'due':
      return item.verifyByMs !== null && item.verifyByMs <= nowMs && item.status !== 'archived';
    case 'conflict':
      return item.openConflicts > 0;
    case 'waiting':
      return item.waiting > 0;
    default:
      return item.status === filter;
  }
}

function countsOf(items: readonly KnowledgeItem[], nowMs: number): Record<KnowledgeFilter, number> {
  const count = (filter: KnowledgeFilter): number =>
    items.filter(item => belongs(item, filter, nowMs)).length;
  return {
    all: count('all'),
    draft: count('draft'),
    'in-review': count('in-review'),
    approved: count('approved'),
    archived: count('archived'),
    due: count('due'),
    conflict: count('conflict'),
    waiting: count('waiting'),
  };
}
