import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import { rarityOf } from '#shared/domain/keyword-index.ts';
import { LOCAL_DIM, LOCAL_MODEL, questionVector, weightsIn } from '#shared/domain/local-vector.ts';
import { reciprocalRank } from '#shared/domain/reciprocal-rank.ts';
import {
  snapshotChunkSchema,
  type SnapshotChunk,
  type SnapshotManifest,
} from '#shared/protocol/knowledge.ts';
import type { Database } from '#shared/sqlite/open-database.ts';
import { answeringPassages, type AskedDraft, type AnsweringPassage } from './answering-passages.ts';
import { hasTable, matchOf } from './knowledge-index.ts';

const ACTIVE = 'snapshot.active';
const CANDIDATES = 50;
/** What sqlite-vec takes as `k`. */
const MOST_NEAREST = 4096;
/** A part is at most 4 MB; what unpacks to more than this is no part of ours. */
const MOST_PART_BYTES = 64 * 1024 * 1024;

/** The worker splits words a little otherwise than full text does here, so that neighbours may change places. */
const CANARY_PLACES = 3;

export type SnapshotRefusal =
  'manifest-damaged' | 'part-missing' | 'part-damaged' | 'wrong-count' | 'canary-failed';

export interface PublishedHit {
  readonly chunkId: string;
  readonly docId: string;
  readonly title: string;
  readonly section: string;
  readonly text: string;
}

interface Active {
  readonly n: number;
  readonly manifest: SnapshotManifest;
  readonly builtAtMs: number;
}

type Weights = ReturnType<typeof weightsOf>;

/** What the AI would answer from, as far as this desk knows it. */
export interface PublishedAnswer {
  readonly snapshotId: string;
  /** When this desk took it over from the worker. */
  readonly asOfMs: number;
  readonly passages: readonly AnsweringPassage[];
}

/**
 * What the AI answers from, as the worker published it (SYN30-SYN34): parts by their hash, built beside what is read, tried with
 * the worker's own questions, and switched to in one transaction. A kill at any moment leaves the old one or the new one.
 */
export class SnapshotStore {
  readonly #database: Database;
  readonly #hasVectors: boolean;
  /** How often words stand in the active snapshot: the worker weighs a question by it. */
  #weights: (Weights & { readonly n: number }) | null = null;

  constructor(database: Database, hasVectors: boolean) {
    this.#database = database;
    this.#hasVectors = hasVectors;
  }

  active(): Active | null {
    const row = this.#database
      .prepare(
        `SELECT n, manifest_json AS manifestJson, built_at_ms AS builtAtMs FROM snapshot WHERE n = (SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?)`,
      )
      .get(ACTIVE) as
      { readonly n: number; readonly manifestJson: string; readonly builtAtMs: number } | undefined;
    return row
      ? { n: row.n, manifest: JSON.parse(row.manifestJson) as SnapshotManifest, builtAtMs: row.builtAtMs }
      : null;
  }

  /** Whether questions can be asked of the active snapshot by nearness too. */
  isHybrid(): boolean {
    const active = this.active();
    return active === null
      ? this.#hasVectors
      : this.#hasVectors &&
          isOurs(active.manifest) &&
          hasTable(this.#database, `snapshot_vectors_${String(active.n)}`);
  }

  /** Hashes of the parts that are not here yet. */
  missing({ parts }: SnapshotManifest): readonly string[] {
    const known = this.#database.prepare('SELECT 1 FROM snapshot_part WHERE sha256 = ?').pluck();
    return parts.map(({ sha256 }) => sha256).filter(sha256 => known.get(sha256) === undefined);
  }

  /** Keeps a part. @returns false when it is not what its name says (SYN31) */
  addPart(sha256: string, bytes: Uint8Array): boolean {
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) return false;
    this.#database
      .prepare('INSERT OR IGNORE INTO snapshot_part VALUES (?, ?)')
      .run(sha256, Buffer.from(bytes));
    return true;
  }

  /** Builds and switches. @returns why not, or `null`; the old one stays then */
  apply(manifest: SnapshotManifest, nowMs: number): SnapshotRefusal | null {
    const { sha256, ...said } = manifest;
    if (createHash('sha256').update(canonicalJson(said)).digest('hex') !== sha256) return 'manifest-damaged';
    this.#dropOthers();
    const chunks = this.#read(manifest);
    if (typeof chunks === 'string') return chunks;
    if (chunks.length !== manifest.chunkCount) return 'wrong-count';
    const n = this.#build(manifest, chunks, nowMs);
    const weights = weightsOf(chunks);
    const failed = manifest.canaries.some(
      ({ question, chunkId }) =>
        !this.#find(n, manifest, question, weights.weightOf)
          .slice(0, CANARY_PLACES)
          .some(hit => hit.chunkId === chunkId),
    );
    if (failed) {
      this.#dropOthers();
      return 'canary-failed';
    }
    this.#database
      .prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      .run(ACTIVE, String(n));
    this.#weights = { n, ...weights };
    this.#dropOthers();
    return null;
  }

  /** Passages of what is published, best first. */
  search(query: string): readonly PublishedHit[] {
    const active = this.active();
    return active ? this.#find(active.n, active.manifest, query, this.#weightsIn(active.n).weightOf) : [];
  }

  /** What a question would be answered from, with a draft in place of its document (SYN35); `null` without a snapshot. */
  answer(question: string, draft: AskedDraft | null): PublishedAnswer | null {
    const active = this.active();
    if (!active) return null;
    const { n, manifest, builtAtMs } = active;
    const weights = this.#weightsIn(n);
    const found = this.#find(n, manifest, question, weights.weightOf, draft?.docId ?? null);
    const passages = answeringPassages(question, { found, draft, ...weights, hasVectors: isOurs(manifest) });
    return { snapshotId: manifest.snapshotId, asOfMs: builtAtMs, passages };
  }

  #weightsIn(n: number): Weights {
    if (this.#weights?.n !== n) {
      const texts = this.#database.prepare(`SELECT title, text FROM snapshot_chunk_${String(n)}`).all() as {
        readonly title: string;
        readonly text: string;
      }[];
      this.#weights = { n, ...weightsOf(texts) };
    }
    return this.#weights;
  }

  #read({ parts }: SnapshotManifest): readonly SnapshotChunk[] | SnapshotRefusal {
    const chunks: SnapshotChunk[] = [];
    const part = this.#database.prepare('SELECT bytes FROM snapshot_part WHERE sha256 = ?').pluck();
    for (const { sha256 } of parts) {
      const bytes = part.get(sha256) as Buffer | undefined;
      if (!bytes) return 'part-missing';
      // Once more: what lay on the disk may have changed since it came.
      if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
        this.#database.prepare('DELETE FROM snapshot_part WHERE sha256 = ?').run(sha256);
        return 'part-damaged';
      }
      try {
        const text = gunzipSync(bytes, { maxOutputLength: MOST_PART_BYTES }).toString('utf8');
        for (const line of text.split('\n'))
          if (line !== '') chunks.push(snapshotChunkSchema.parse(JSON.parse(line)));
      } catch {
        return 'part-damaged';
      }
    }
    return chunks;
  }

  #build(manifest: SnapshotManifest, chunks: readonly SnapshotChunk[], nowMs: number): number {
    return this.#database.transaction(() => {
      const n = Number(
        this.#database
          .prepare('INSERT INTO snapshot (snapshot_id, manifest_json, built_at_ms) VALUES (?, ?, ?)')
          .run(manifest.snapshotId, JSON.stringify(manifest), nowMs).lastInsertRowid,
      );
      const withVectors = this.#hasVectors && isOurs(manifest);
      this.#database.exec(`
CREATE TABLE snapshot_chunk_${String(n)} (n INTEGER PRIMARY KEY, id TEXT NOT NULL, doc_id TEXT NOT NULL, title TEXT NOT NULL, section TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE snapshot_words_${String(n)} USING fts5 (title, text, content='', tokenize='porter unicode61 remove_diacritics 2');
${withVectors ? `CREATE VIRTUAL TABLE snapshot_vectors_${String(n)} USING vec0 (embedding float[${String(LOCAL_DIM)}]);` : ''}`);
      const insert = this.#database.prepare(
        `INSERT INTO snapshot_chunk_${String(n)} VALUES (?, ?, ?, ?, ?, ?)`,
      );
      const words = this.#database.prepare(
        `INSERT INTO snapshot_words_${String(n)} (rowid, title, text) VALUES (?, ?, ?)`,
      );
      const vectors = withVectors
        ? this.#database.prepare(`INSERT INTO snapshot_vectors_${String(n)} (rowid, embedding) VALUES (?, ?)`)
        : null;
      for (const [index, { id, docId, title, section, text, embedding }] of chunks.entries()) {
        insert.run(index + 1, id, docId, title, section, text);
        words.run(index + 1, title, text);
        vectors?.run(BigInt(index + 1), Buffer.from(embedding, 'base64'));
      }
      return n;
    })();
  }

  #find(
    n: number,
    manifest: SnapshotManifest,
    query: string,
    weightOf: (word: string) => number,
    leftOut: string | null = null,
  ): readonly PublishedHit[] {
    const match = matchOf(query);
    // Whatever is left out afterwards must not take the places of others.
    const ofLeftOut = leftOut === null ? 0 : (this.#database.prepare(`SELECT count(*) FROM snapshot_chunk_${String(n)} WHERE doc_id = ?`).pluck().get(leftOut) as number); // prettier-ignore
    const most = Math.min(CANDIDATES + ofLeftOut, MOST_NEAREST);
    const byWords =
      match === null
        ? []
        : (this.#database
            .prepare(
              `SELECT rowid FROM snapshot_words_${String(n)} WHERE snapshot_words_${String(n)} MATCH ? ORDER BY rank LIMIT ?`,
            )
            .pluck()
            .all(match, most) as number[]);
    const vector = this.#hasVectors && isOurs(manifest) ? questionVector(query, weightOf) : null;
    const byVector = vector?.some(value => value !== 0)
      ? (this.#database
          .prepare(
            `SELECT rowid FROM snapshot_vectors_${String(n)} WHERE embedding MATCH ? AND k = ? ORDER BY distance`,
          )
          .pluck()
          .all(Buffer.from(vector.buffer), most) as number[])
      : [];
    const chunk = this.#database.prepare(
      `SELECT id AS chunkId, doc_id AS docId, title, section, text FROM snapshot_chunk_${String(n)} WHERE n = ?`,
    );
    return reciprocalRank([byWords, byVector])
      .map(rowid => chunk.get(rowid) as PublishedHit)
      .filter(({ docId }) => docId !== leftOut);
  }

  /** Tables of builds that were not finished or are over, and parts that no snapshot of now names. */
  #dropOthers(): void {
    const active = this.active();
    const others = this.#database
      .prepare('SELECT n FROM snapshot WHERE n <> ?')
      .pluck()
      .all(active?.n ?? -1) as number[];
    this.#database.transaction(() => {
      for (const n of others) {
        for (const table of ['chunk', 'words', 'vectors']) {
          // Without the extension a table of vectors can neither be read nor dropped; it stays until there is one.
          if (table === 'vectors' && !this.#hasVectors) continue;
          this.#database.exec(`DROP TABLE IF EXISTS snapshot_${table}_${String(n)}`);
        }
        this.#database.prepare('DELETE FROM snapshot WHERE n = ?').run(n);
      }
    })();
  }

  /** Parts that the active snapshot does not name. @returns how many went */
  forgetParts(): number {
    const kept = new Set(this.active()?.manifest.parts.map(({ sha256 }) => sha256));
    const all = this.#database.prepare('SELECT sha256 FROM snapshot_part').pluck().all() as string[];
    const drop = this.#database.prepare('DELETE FROM snapshot_part WHERE sha256 = ?');
    const gone = all.filter(sha256 => !kept.has(sha256));
    for (const sha256 of gone) drop.run(sha256);
    return gone.length;
  }
}

/** Vectors of another model are not compared with ours: such a snapshot is searched by its words alone (SYN33). */
const isOurs = ({ embedModel, dim }: SnapshotManifest): boolean =>
  embedModel === LOCAL_MODEL && dim === LOCAL_DIM;

/** As the worker weighs words: by how rare each is in the texts of the snapshot. */
function weightsOf(chunks: readonly { readonly title: string; readonly text: string }[]) {
  const weightOf = weightsIn(chunks.map(({ title, text }) => `${title}. ${text}`));
  const rarest = rarityOf(1, chunks.length);
  return { weightOf, rarityOf: (word: string): number => Math.min(weightOf(word), rarest) };
}
