import type { KnowledgeBase } from '#shared/adapters/knowledge-base.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { readDocument, type KnowledgeDocument } from './document.ts';
import { KnowledgeSnapshot, type SnapshotDeps } from './knowledge-snapshot.ts';

/** One document as it is kept, and the name people know it by. */
export interface KnowledgeText {
  readonly name: string;
  readonly text: string;
}

/** Where the documents of one org are kept: a folder, a store. */
export type KnowledgeSource = () => Promise<readonly KnowledgeText[]>;

export type RotationAnswer =
  | {
      readonly outcome: 'rotated' | 'unchanged';
      readonly snapshotId: string;
      readonly documents: number;
      readonly passages: number;
    }
  /** The snapshot before it stays. `line` counts from 1. */
  | { readonly outcome: 'refused'; readonly name: string; readonly line: number; readonly message: string };

const EMPTY: KnowledgeBase = { snapshotId: 'empty', search: () => [] };

/**
 * The current snapshot of each org. Rotating builds a whole new one and then moves the pointer; a turn that asked before keeps
 * what it got (RET20-RET23).
 */
export class KnowledgeShelf {
  readonly #deps: SnapshotDeps;
  readonly #sources: ReadonlyMap<OrgId, KnowledgeSource>;
  readonly #current = new Map<OrgId, KnowledgeSnapshot>();
  #rotating: Promise<unknown> = Promise.resolve();

  constructor(sources: ReadonlyMap<OrgId, KnowledgeSource>, deps: SnapshotDeps) {
    this.#sources = sources;
    this.#deps = deps;
  }

  /** Nothing is known of an org without documents. */
  current(orgId: OrgId): KnowledgeBase {
    return this.#current.get(orgId) ?? EMPTY;
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
    for (const { name, text } of await (this.#sources.get(orgId) ?? noDocuments)()) {
      const answer = readDocument(text);
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
