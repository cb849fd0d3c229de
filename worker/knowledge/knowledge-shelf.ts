import type { KnowledgeBase, KnowledgePatch } from '#shared/adapters/knowledge-base.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { readDocument, type KnowledgeDocument } from './document.ts';
import { KnowledgeSnapshot, type SnapshotDeps } from './knowledge-snapshot.ts';
import { patchedDocuments } from './patched-documents.ts';

/** One document as it is kept, and the name people know it by. */
export interface KnowledgeText {
  readonly name: string;
  readonly text: string;
}

/** A document that is read already, such as a published revision. */
export interface ReadDocument {
  readonly name: string;
  readonly document: KnowledgeDocument;
}

/** Where the documents of one org are kept: a folder, a store. */
export type KnowledgeSource = () => Promise<readonly (KnowledgeText | ReadDocument)[]>;
export type KnowledgeSources = Pick<ReadonlyMap<OrgId, KnowledgeSource>, 'get'>;

export type RotationAnswer =
  | {
      readonly outcome: 'rotated' | 'unchanged';
      readonly snapshotId: string;
      readonly documents: number;
      readonly passages: number;
    }
  /** The snapshot before it stays. `line` counts from 1. */
  | { readonly outcome: 'refused'; readonly name: string; readonly line: number; readonly message: string };

/** Overlays that are kept built: one for each draft that is tried and each call with a text of its own. */
const MAX_OVERLAYS = 32;

const EMPTY: KnowledgeBase = { snapshotId: 'empty', search: () => [] };

/**
 * The current snapshot of each org. Rotating builds a whole new one and then moves the pointer; a turn that asked before keeps
 * what it got (RET20-RET23).
 */
export class KnowledgeShelf {
  readonly #deps: SnapshotDeps;
  readonly #sources: KnowledgeSources;
  readonly #current = new Map<OrgId, KnowledgeSnapshot>();
  /** Built with a draft in place of a document, the least recently used first. */
  readonly #overlays = new Map<string, Promise<KnowledgeSnapshot>>();
  #rotating: Promise<unknown> = Promise.resolve();

  constructor(sources: KnowledgeSources, deps: SnapshotDeps) {
    this.#sources = sources;
    this.#deps = deps;
  }

  /** Nothing is known of an org without documents. */
  current(orgId: OrgId): KnowledgeBase {
    return this.#current.get(orgId) ?? EMPTY;
  }

  /** What is answered from, as it was built; null where nothing was. */
  snapshot(orgId: OrgId): KnowledgeSnapshot | null {
    return this.#current.get(orgId) ?? null;
  }

  /** The revision that is answered from; null where the document is not in the answers. */
  publishedId(orgId: OrgId, docId: string): string | null {
    return this.#current.get(orgId)?.documents.find(({ id }) => id === docId)?.revisionId ?? null;
  }

  /**
   * The current documents with other texts of some, as long as nothing newer is published of those (KN27). It is built when it is
   * first searched; where that fails, these documents answer nothing rather than what somebody has just replaced.
   */
  overlay(orgId: OrgId, patches: readonly KnowledgePatch[]): KnowledgeBase {
    const base = this.current(orgId);
    const documents = patchedDocuments(this.#current.get(orgId)?.documents ?? [], patches);
    if (documents === null) return base;
    const snapshotId = KnowledgeSnapshot.idOf(documents, this.#deps);
    const patched = new Set(patches.map(({ docId }) => docId));
    return {
      snapshotId,
      search: (query, limit) =>
        this.#build(snapshotId, documents).then(
          built => built.search(query, limit),
          async () => (await base.search(query, limit)).filter(({ docId }) => !patched.has(docId)),
        ),
    };
  }

  #build(snapshotId: string, documents: readonly KnowledgeDocument[]): Promise<KnowledgeSnapshot> {
    const known = this.#overlays.get(snapshotId);
    const built = known ?? KnowledgeSnapshot.build(documents, this.#deps, new AbortController().signal);
    this.#overlays.delete(snapshotId);
    this.#overlays.set(snapshotId, built);
    built.catch(() => this.#overlays.delete(snapshotId));
    const [oldest] = this.#overlays.keys();
    if (this.#overlays.size > MAX_OVERLAYS && oldest !== undefined) this.#overlays.delete(oldest);
    return built;
  }

  /**
   * Reads everything again. One rotation at a time, in the order they were asked for. Rejects where the source cannot be read,
   * and as the embedder does; the snapshot before it stays then too.
   */
  rotate(orgId: OrgId): Promise<RotationAnswer> {
    const rotated = this.#rotating.then(() => this.#rotate(orgId));
    this.#rotating = rotated.catch(() => undefined);
    return rotated;
  }

  async #rotate(orgId: OrgId): Promise<RotationAnswer> {
    const documents: KnowledgeDocument[] = [];
    const names = new Map<string, string>();
    for (const source of await (this.#sources.get(orgId) ?? noDocuments)()) {
      const { name } = source;
      const answer = 'text' in source ? readDocument(source.text) : { ok: true as const, ...source };
      if (!answer.ok) return { outcome: 'refused', name, line: answer.line, message: answer.message };
      const { id } = answer.document;
      const other = names.get(id);
      // Two documents of one id would make a citation that points at neither.
      if (other !== undefined)
        return { outcome: 'refused', name, line: 1, message: `${other} has the id ${id} already` };
      names.set(id, name);
      documents.push(answer.document);
    }
    const next = await KnowledgeSnapshot.build(documents, this.#deps, new AbortController().signal);
    const before = this.#current.get(orgId);
    const unchanged = before?.snapshotId === next.snapshotId;
    if (!unchanged) this.#current.set(orgId, next);
    return {
      outcome: unchanged ? 'unchanged' : 'rotated',
      snapshotId: next.snapshotId,
      documents: next.documents.length,
      passages: next.passageCount,
    };
  }
}

const noDocuments: KnowledgeSource = () => Promise.resolve([]);
