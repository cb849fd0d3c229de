import { createHash } from 'node:crypto';
import type { Embedder, EmbedderFactory } from '#shared/adapters/embedder.ts';
import type { KnowledgeBase, KnowledgeHit } from '#shared/adapters/knowledge-base.ts';
import type { VectorIndex, VectorIndexFactory, VectorMatch } from '#shared/adapters/vector-index.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import type { KnowledgeDocument } from './document.ts';
import { KeywordIndex } from '#shared/domain/keyword-index.ts';
import { heardObjections } from './objections.ts';
import { passagesOf, type Passage } from './passages.ts';
import { reciprocalRank } from '#shared/domain/reciprocal-rank.ts';
import { SUPPORT, supports, type Fit, type SupportThresholds } from '#shared/domain/passage-support.ts';
import { keywords } from '#shared/domain/keywords.ts';

/** Passages each search hands to the fusion. Source: sync research B4. */
const CANDIDATES = 50;

export interface SnapshotDeps {
  readonly clock: Clock;
  readonly createEmbedder: EmbedderFactory;
  readonly createIndex: VectorIndexFactory;
  /** Longest wait for the vector of a question; without it the words alone are searched. */
  readonly queryDeadlineMs: number;
  readonly thresholds?: SupportThresholds;
  /** A new snapshot is about to be answered from. */
  readonly onBuilt?: (orgId: OrgId, snapshot: KnowledgeSnapshot) => Promise<void>;
}

/** A vector search in another process; `null` where it does not have this snapshot. */
export type NearestElsewhere = (query: Float32Array, limit: number) => Promise<readonly VectorMatch[] | null>;

interface FoundPassage {
  readonly passage: Passage;
  readonly fit: Fit;
}

/**
 * The approved documents of one org at one moment, searched by words and by vectors (RET1-RET4, RET20-RET25). Immutable: whoever
 * holds one keeps its answers, whatever is published meanwhile.
 */
export class KnowledgeSnapshot implements KnowledgeBase {
  readonly snapshotId: string;
  readonly documents: readonly KnowledgeDocument[];
  readonly embedder: Pick<Embedder, 'model' | 'dim'>;
  /** One for each passage of `passages`. */
  readonly vectors: readonly Float32Array[];
  readonly #deps: SnapshotDeps;
  readonly #facts: readonly Passage[];
  readonly #objections: readonly KnowledgeDocument[];
  readonly #words: KeywordIndex;
  readonly #embedder: Embedder;
  readonly #index: VectorIndex;
  #elsewhere: NearestElsewhere | null = null;

  private constructor(
    documents: readonly KnowledgeDocument[],
    facts: readonly Passage[],
    embedder: Embedder,
    vectors: readonly Float32Array[],
    deps: SnapshotDeps,
  ) {
    this.documents = documents;
    this.snapshotId = snapshotIdOf(documents, embedder.model);
    this.embedder = embedder;
    this.vectors = vectors;
    this.#deps = deps;
    this.#facts = facts;
    this.#objections = documents.filter(document => document.kind === 'objection');
    this.#words = new KeywordIndex(
      facts.map(({ document, quote }) => ({ words: keywords(quote), heading: keywords(document.title) })),
    );
    this.#embedder = embedder;
    this.#index = deps.createIndex(embedder.dim, vectors);
  }

  /**
   * Everything that is not approved is left out here, and nowhere later (RET1). Rejects as the embedder does.
   * @param near one that differs in a few passages: its embedder is used, and asked for those alone
   */
  static async build(
    all: readonly KnowledgeDocument[],
    deps: SnapshotDeps,
    signal: AbortSignal,
    near: KnowledgeSnapshot | null = null,
  ): Promise<KnowledgeSnapshot> {
    const documents = all.filter(document => document.status === 'approved');
    const facts = documents.filter(document => document.kind === 'fact').flatMap(passagesOf);
    const texts = facts.map(textOf);
    const embedder = near ? near.#embedder : deps.createEmbedder(texts);
    const known = new Map(near?.passages.map((passage, at) => [textOf(passage), near.vectors[at]]));
    const missing = texts.filter(text => !known.has(text));
    const made = missing.length === 0 ? [] : await embedder.embed(missing, signal);
    missing.forEach((text, at) => known.set(text, made[at]));
    const vectors = texts.map(text => known.get(text) ?? new Float32Array(embedder.dim));
    return new KnowledgeSnapshot(documents, facts, embedder, vectors, deps);
  }

  /** The name that a snapshot of these documents would have, without building it. */
  static idOf(documents: readonly KnowledgeDocument[], deps: SnapshotDeps): string {
    const approved = documents.filter(document => document.status === 'approved');
    return snapshotIdOf(approved, deps.createEmbedder([]).model);
  }

  /** Every passage that answers questions, in order. */
  get passages(): readonly Passage[] {
    return this.#facts;
  }

  get passageCount(): number {
    return this.#facts.length;
  }

  async search(query: string, limit: number): Promise<readonly KnowledgeHit[]> {
    const replies = heardObjections(query, this.#objections).flatMap(passagesOf);
    const objections = replies.map(passage => this.#hit(passage, 1, 'objection'));
    const thresholds = this.#deps.thresholds ?? SUPPORT;
    const facts = (await this.fits(query))
      .filter(({ fit }) => supports(fit, thresholds))
      .map(({ passage, fit }) => this.#hit(passage, fit.coverageRatio, 'fact'));
    return [...objections, ...facts].slice(0, limit);
  }

  /** Every candidate with how well it fits, best first, whether it supports an answer or not. For calibration. */
  async fits(query: string): Promise<readonly FoundPassage[]> {
    const byWords = this.#words.search(keywords(query)).slice(0, CANDIDATES);
    const vector = await this.#vectorOf(query);
    const byVector = vector ? await this.#nearest(vector) : [];
    const coverage = new Map(byWords.map(match => [match.index, match.coverageRatio]));
    const similarity = new Map(byVector.map(match => [match.index, Math.max(0, match.similarityRatio)]));
    return reciprocalRank([byWords.map(match => match.index), byVector.map(match => match.index)]).flatMap(
      index => {
        const passage = this.#facts[index];
        const fit = {
          coverageRatio: coverage.get(index) ?? 0,
          similarityRatio: similarity.get(index) ?? 0,
        };
        return passage ? [{ passage, fit }] : [];
      },
    );
  }

  /** From now on vectors are looked up there; what is late, fails or finds nothing is looked up here (RET28). */
  lookElsewhere(nearest: NearestElsewhere): void {
    this.#elsewhere = nearest;
  }

  async #nearest(vector: Float32Array): Promise<readonly VectorMatch[]> {
    const { clock, queryDeadlineMs } = this.#deps;
    const elsewhere = this.#elsewhere;
    if (elsewhere) {
      const { promise: late, resolve } = Promise.withResolvers<null>();
      const stop = clock.after(queryDeadlineMs, () => resolve(null));
      const found = await Promise.race([elsewhere(vector, CANDIDATES).catch(() => null), late]).finally(stop);
      if (found) return found;
    }
    return this.#index.nearest(vector, CANDIDATES);
  }

  /** `null` when the embedder is late or fails: the question is then searched by its words (RET24). */
  #vectorOf(query: string): Promise<Float32Array | null> {
    const { clock, queryDeadlineMs } = this.#deps;
    const abort = new AbortController();
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const stop = clock.after(queryDeadlineMs, () => resolve(null));
    const embedded = this.#embedder.embed([query], abort.signal, 'question').then(
      ([vector]) => vector ?? null,
      () => null,
    );
    return Promise.race([embedded, late]).finally(() => {
      stop();
      abort.abort('done');
    });
  }

  #hit({ document, quote, span }: Passage, scoreRatio: number, kind: 'fact' | 'objection'): KnowledgeHit {
    const { id: docId, title } = document;
    return { docId, title, section: title, quote, span, scoreRatio, kind, snapshotId: this.snapshotId };
  }
}

/** What a passage's vector is made from. */
const textOf = ({ document, quote }: Passage): string => `${document.title}. ${quote}`;

function snapshotIdOf(documents: readonly KnowledgeDocument[], model: string): string {
  return createHash('sha256')
    .update(JSON.stringify([model, documents]))
    .digest('hex')
    .slice(0, 16);
}
