import { keywords } from '#shared/domain/keywords.ts';
import { LOCAL_DIM, passageVector } from '#shared/domain/local-vector.ts';
import { reciprocalRank } from '#shared/domain/reciprocal-rank.ts';
import type { Database } from '#shared/sqlite/open-database.ts';

/** Passages each search hands to the fusion. Source: sync research B4. */
const CANDIDATES = 50;
/** Below this cosine a passage has nothing to do with the words; guarded by `knowledge-index.sqlite.test.ts`. */
const NEAR_RATIO = 0.2;

/** A document's head as it is indexed. */
export interface IndexedHead {
  readonly docId: string;
  readonly headId: string;
  readonly title: string;
  readonly texts: readonly string[];
}

export interface DocMatch {
  readonly docId: string;
  /** The passage that answers best; null where only the title does. */
  readonly text: string | null;
}

/**
 * Search over the heads of this desk, unsent ones included, by words and by nearness of words (DST20-DST23). Vectors need no
 * network: they are hashed, every word of the same weight, so that a document's vectors do not depend on the others.
 */
export class KnowledgeIndex {
  readonly #database: Database;
  readonly hasVectors: boolean;

  constructor(database: Database, hasVectors: boolean, isWritable: boolean) {
    this.#database = database;
    this.hasVectors = hasVectors && (isWritable || hasTable(database, 'kb_vectors'));
    if (this.hasVectors && isWritable)
      database.exec(
        `CREATE VIRTUAL TABLE IF NOT EXISTS kb_vectors USING vec0 (embedding float[${String(LOCAL_DIM)}])`,
      );
  }

  /** Brings the index to these heads; what has not changed is not touched. `readHead` is asked only for what has. */
  refresh(heads: ReadonlyMap<string, string>, readHead: (docId: string) => IndexedHead | null): void {
    const rows = this.#database
      .prepare('SELECT doc_id AS docId, head_id AS headId, has_vectors AS hasVectors FROM kb_indexed')
      .all() as { readonly docId: string; readonly headId: string; readonly hasVectors: number }[];
    const indexed = new Map(rows.map(row => [row.docId, row]));
    const gone = rows.filter(({ docId }) => !heads.has(docId)).map(({ docId }) => docId);
    const stale = [...heads].filter(([docId, headId]) => {
      const row = indexed.get(docId);
      return row?.headId !== headId || (this.hasVectors && row.hasVectors === 0);
    });
    if (gone.length === 0 && stale.length === 0) return;
    this.#database.transaction(() => {
      for (const docId of gone) this.#remove(docId);
      for (const [docId] of stale) {
        this.#remove(docId);
        const head = readHead(docId);
        if (head) this.#add(head);
      }
    })();
  }

  /** Documents that answer the query, best first. */
  search(query: string): readonly DocMatch[] {
    const byWords = this.#byWords(query);
    const byVector = this.hasVectors ? this.#byVector(query) : [];
    const chunk = this.#database.prepare('SELECT doc_id AS docId, text FROM kb_chunk WHERE n = ?');
    const seen = new Set<string>();
    return reciprocalRank([byWords, byVector]).flatMap(n => {
      const found = chunk.get(n) as { readonly docId: string; readonly text: string } | undefined;
      if (!found || seen.has(found.docId)) return [];
      seen.add(found.docId);
      return [{ docId: found.docId, text: found.text === '' ? null : found.text }];
    });
  }

  #byWords(query: string): readonly number[] {
    const match = matchOf(query);
    if (match === null) return [];
    return this.#database
      .prepare('SELECT rowid FROM kb_words WHERE kb_words MATCH ? ORDER BY bm25(kb_words, 4.0, 1.0) LIMIT ?')
      .pluck()
      .all(match, CANDIDATES) as number[];
  }

  #byVector(query: string): readonly number[] {
    const vector = passageVector(query);
    if (!vector.some(value => value !== 0)) return [];
    const rows = this.#database
      .prepare(
        'SELECT rowid AS n, distance FROM kb_vectors WHERE embedding MATCH ? AND k = ? ORDER BY distance',
      )
      .all(bytesOf(vector), CANDIDATES) as { readonly n: number; readonly distance: number }[];
    // Of unit vectors: the square of their distance is 2 - 2 cos.
    return rows.filter(({ distance }) => 1 - distance ** 2 / 2 >= NEAR_RATIO).map(({ n }) => n);
  }

  #add({ docId, headId, title, texts }: IndexedHead): void {
    const chunk = this.#database.prepare('INSERT INTO kb_chunk (doc_id, title, text) VALUES (?, ?, ?)');
    const words = this.#database.prepare('INSERT INTO kb_words (rowid, title, text) VALUES (?, ?, ?)');
    const vectors = this.hasVectors
      ? this.#database.prepare('INSERT INTO kb_vectors (rowid, embedding) VALUES (?, ?)')
      : null;
    for (const text of texts.length === 0 ? [''] : texts) {
      const { lastInsertRowid } = chunk.run(docId, title, text);
      words.run(lastInsertRowid, title, text);
      // vec0 takes nothing but a 64 bit integer as its key.
      vectors?.run(BigInt(lastInsertRowid), bytesOf(passageVector(`${title}. ${text}`)));
    }
    this.#database
      .prepare('INSERT OR REPLACE INTO kb_indexed VALUES (?, ?, ?)')
      .run(docId, headId, this.hasVectors ? 1 : 0);
  }

  #remove(docId: string): void {
    const ids = this.#database
      .prepare('SELECT n FROM kb_chunk WHERE doc_id = ?')
      .pluck()
      .all(docId) as number[];
    const words = this.#database.prepare('DELETE FROM kb_words WHERE rowid = ?');
    const vectors = this.hasVectors ? this.#database.prepare('DELETE FROM kb_vectors WHERE rowid = ?') : null;
    for (const n of ids) {
      words.run(n);
      vectors?.run(BigInt(n));
    }
    this.#database.prepare('DELETE FROM kb_chunk WHERE doc_id = ?').run(docId);
    this.#database.prepare('DELETE FROM kb_indexed WHERE doc_id = ?').run(docId);
  }
}

export const hasTable = (database: Database, name: string): boolean =>
  database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').pluck().get(name) !== undefined;

export const bytesOf = (vector: Float32Array): Buffer =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);

/** The words of a query as they were typed. */
export const wordsOf = (query: string): readonly string[] => query.match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * What full text is asked for: any of the words that tell something, the last one as a beginning, because it is still being
 * typed. Common words alone are searched only when there is nothing else: they would cost more than all others (sync research B3).
 */
export function matchOf(query: string): string | null {
  const words = wordsOf(query);
  const telling = words.filter(
    (word, at) => keywords(word).length > 0 || (at === words.length - 1 && word.length > 1),
  );
  const asked = telling.length > 0 ? telling : words;
  if (asked.length === 0) return null;
  return asked.map((word, at) => `"${word}"${at === asked.length - 1 ? '*' : ''}`).join(' OR ');
}
