import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CACHE_FILE, openStoreFiles } from '#electron/storage/desk-store/open-store-files.ts';
import { matchOf } from '#electron/storage/desk-store/knowledge-index.ts';
import { SnapshotStore } from '#electron/storage/desk-store/snapshot-store.ts';
import { CACHE_MIGRATIONS } from '#electron/storage/desk-store/cache-schema.ts';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import {
  LOCAL_DIM,
  LOCAL_MODEL,
  passageVector,
  questionVector,
  weightsIn,
} from '#shared/domain/local-vector.ts';
import type { SnapshotChunk, SnapshotManifest } from '#shared/protocol/knowledge.ts';
import { openDatabase, type Database } from '#shared/sqlite/open-database.ts';
import { percentile, type BenchOptions, type Figure } from '../figure.ts';

type Goal = Figure['goal'];
const figure = (
  metric: string,
  arm: string,
  value: number,
  unit: string,
  n: number,
  goal: Goal = null,
): Figure => ({ bench: 'store', metric, arm, value, unit, n, goal, context: {} });

const WORDS = 20_000;
const WORDS_PER_CHUNK = 60;
const PART_CHUNKS = 1_000;
const CANDIDATES = 50;

/** Numbers of 0 to 1, the same in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Chunks of made-up words, as often as words are (Zipf), so that full text has long and short lists. */
function chunksOf(count: number): readonly SnapshotChunk[] {
  const roll = dice(7);
  const word = (): string => `w${Math.floor(WORDS ** roll()).toString(36)}x`;
  const texts = Array.from({ length: count }, () => Array.from({ length: WORDS_PER_CHUNK }, word).join(' '));
  return texts.map((text, n) => ({
    id: `c${String(n)}`,
    docId: `d${String(n)}`,
    title: `Article ${String(n)}`,
    section: '',
    text,
    embedding: Buffer.from(passageVector(text).buffer).toString('base64'),
  }));
}

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function snapshotOf(chunks: readonly SnapshotChunk[]) {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < chunks.length; at += PART_CHUNKS)
    parts.push(
      gzipSync(
        chunks
          .slice(at, at + PART_CHUNKS)
          .map(chunk => JSON.stringify(chunk))
          .join('\n'),
      ),
    );
  const said = {
    snapshotId: 'bench',
    version: 1,
    embedModel: LOCAL_MODEL,
    dim: LOCAL_DIM,
    chunkCount: chunks.length,
    parts: parts.map(bytes => ({ sha256: sha256(bytes), bytes: bytes.length })),
    canaries: [],
  };
  const manifest: SnapshotManifest = { ...said, sha256: sha256(canonicalJson(said)) };
  return { manifest, parts };
}

const inMs = (work: () => void): number => {
  const fromMono = performance.now();
  work();
  return performance.now() - fromMono;
};

/** Full text and nearness by the bare driver, in tables like ours: what a search cannot be faster than (C9). */
function rawTables(database: Database, chunks: readonly SnapshotChunk[]): number {
  database.exec(`CREATE VIRTUAL TABLE raw_words USING fts5 (title, text, content='', tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE raw_vectors USING vec0 (embedding float[${String(LOCAL_DIM)}]);`);
  const words = database.prepare('INSERT INTO raw_words (rowid, title, text) VALUES (?, ?, ?)');
  const vectors = database.prepare('INSERT INTO raw_vectors (rowid, embedding) VALUES (?, ?)');
  return inMs(() =>
    database.transaction(() => {
      for (const [n, { title, text, embedding }] of chunks.entries()) {
        words.run(n + 1, title, text);
        vectors.run(BigInt(n + 1), Buffer.from(embedding, 'base64'));
      }
    })(),
  );
}

async function* searchAt(folder: string, count: number, rounds: number): AsyncGenerator<Figure> {
  const place = join(folder, `search-${String(count)}`);
  mkdirSync(place);
  const files = openStoreFiles({ folder: place, nowMs: 0 });
  const chunks = chunksOf(count);
  const { manifest, parts } = snapshotOf(chunks);
  const store = new SnapshotStore(files.cache, files.hasVectors);
  for (const bytes of parts) store.addPart(sha256(bytes), bytes);
  const at = `at ${String(count)} chunks`;
  let refused: string | null = null;
  const applyMs = inMs(() => (refused = store.apply(manifest, 0)));
  if (refused !== null) throw new Error(`the snapshot was refused: ${String(refused)}`);
  const rawMs = rawTables(files.cache, chunks);
  yield figure(`snapshot applied, ${at} (C13)`, 'ours', count / (applyMs / 1000), 'rows/s', 1);
  yield figure(`snapshot applied, ${at} (C13)`, 'raw driver', count / (rawMs / 1000), 'rows/s', 1);
  yield figure(`snapshot applied, ${at} (C13)`, 'ours / raw driver', rawMs / applyMs, 'ratio', 1, {
    min: 0.8,
  });

  const roll = dice(11);
  const weightOf = weightsIn(chunks.map(({ title, text }) => `${title}. ${text}`));
  const rawWords = files.cache
    .prepare('SELECT rowid FROM raw_words WHERE raw_words MATCH ? ORDER BY rank LIMIT ?')
    .pluck();
  const rawVectors = files.cache
    .prepare('SELECT rowid FROM raw_vectors WHERE embedding MATCH ? AND k = ? ORDER BY distance')
    .pluck();
  store.search('warm up');
  const [ours, words, near]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const said = (chunks[Math.floor(roll() * count)]?.text ?? '').split(' ');
    const query = Array.from({ length: 6 }, () => said[Math.floor(roll() * said.length)] ?? '').join(' ');
    const vector = Buffer.from(questionVector(query, weightOf).buffer);
    words.push(inMs(() => rawWords.all(matchOf(query), CANDIDATES)));
    near.push(inMs(() => rawVectors.all(vector, CANDIDATES)));
    ours.push(inMs(() => store.search(query)));
  }
  const p95 = (samples: readonly number[]): number => percentile(samples, 0.95);
  // 10 ms is the goal of C10, and only at the size of a team's knowledge.
  yield figure(
    `hybrid search p95, ${at} (C10)`,
    'ours',
    p95(ours),
    'ms',
    rounds,
    count <= 10_000 ? { max: 10 } : null,
  );
  yield figure(
    `hybrid search p95, ${at} (C9)`,
    'raw full text + raw nearness',
    p95(words) + p95(near),
    'ms',
    rounds,
  );
  yield figure(
    `hybrid search p95, ${at} (C9)`,
    'ours / raw',
    p95(ours) / (p95(words) + p95(near)),
    'ratio',
    rounds,
    {
      max: 1.15,
    },
  );
  files.close();
}

/** A desk that was away from its files: opening must not read them. */
async function* coldOpen(folder: string, bytes: number, rounds: number): AsyncGenerator<Figure> {
  const place = join(folder, 'cold');
  mkdirSync(place);
  openStoreFiles({ folder: place, nowMs: 0 }).close();
  const file = join(place, CACHE_FILE);
  const filling = openDatabase(file, CACHE_MIGRATIONS);
  const insert = filling.prepare('INSERT INTO call_event VALUES (?, ?, ?, ?, ?)');
  const payload = JSON.stringify({ text: 'x'.repeat(4_000) });
  for (let call = 0; statSync(file).size < bytes; call += 1) {
    filling.transaction(() => {
      for (let seq = 0; seq < 2_000; seq += 1)
        insert.run(`c${String(call)}`, seq, seq, 'transcript.final', payload);
    })();
    filling.pragma('wal_checkpoint(TRUNCATE)');
  }
  filling.close();
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    raw.push(inMs(() => openDatabase(file, CACHE_MIGRATIONS).close()));
    ours.push(inMs(() => openStoreFiles({ folder: place, nowMs: 0 }).close()));
  }
  const metric = `open of a desk store of ${String(Math.round(statSync(file).size / 2 ** 20))} MiB, p50`;
  yield figure(metric, 'ours: lock, two files, checks, vectors', percentile(ours, 0.5), 'ms', rounds);
  yield figure(metric, 'raw: one file', percentile(raw, 0.5), 'ms', rounds);
  yield figure(metric, 'ours / raw', percentile(ours, 0.5) / percentile(raw, 0.5), 'ratio', rounds);
}

/** What a desk's own store does alone: published passages by words and nearness, and being opened. */
export async function* onDesk(folder: string, { quick }: BenchOptions): AsyncGenerator<Figure> {
  for (const count of quick ? [10_000] : [10_000, 100_000]) yield* searchAt(folder, count, quick ? 60 : 200);
  yield* coldOpen(folder, (quick ? 128 : 1_024) * 2 ** 20, quick ? 5 : 15);
}
