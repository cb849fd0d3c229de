import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { SnapshotChunk, SnapshotManifest } from '#shared/protocol/knowledge.ts';
import { payloadHash } from '#worker/audit/canonical-json.ts';
import type { KnowledgeSnapshot } from './knowledge-snapshot.ts';

/** A part ends at the end of a document: by its id one in so many, so that a change elsewhere does not move it. */
const CUT_ONE_IN = 16;
/** And at the latest here, before compression. */
const MAX_PART_BYTES = 2 * 1024 * 1024;
const MAX_CANARIES = 8;

export interface SnapshotParts {
  readonly manifest: SnapshotManifest;
  /** Bytes by their SHA-256. */
  readonly parts: ReadonlyMap<string, Buffer>;
}

/** A snapshot as desks fetch it: passages with their vectors in parts that are named by their content (KN30). */
export async function snapshotParts(snapshot: KnowledgeSnapshot, version: number): Promise<SnapshotParts> {
  const chunks = chunksOf(snapshot);
  const parts = new Map<string, Buffer>();
  for (const lines of cut(chunks)) {
    const bytes = gzipSync(lines, { level: 6 });
    parts.set(createHash('sha256').update(bytes).digest('hex'), bytes);
  }
  const body = {
    snapshotId: snapshot.snapshotId,
    version,
    embedModel: snapshot.embedder.model,
    dim: snapshot.embedder.dim,
    chunkCount: chunks.length,
    parts: [...parts].map(([sha256, { length }]) => ({ sha256, bytes: length })),
    canaries: await canariesOf(snapshot, chunks),
  };
  return { manifest: { ...body, sha256: payloadHash(body) }, parts };
}

function chunksOf(snapshot: KnowledgeSnapshot): readonly SnapshotChunk[] {
  return snapshot.passages.map(({ document, quote, span }, index) => ({
    id: `${document.id}:${String(span[0])}-${String(span[1])}`,
    docId: document.id,
    title: document.title,
    section: document.title,
    text: quote,
    embedding: base64Of(snapshot.vectors[index] ?? new Float32Array(snapshot.embedder.dim)),
  }));
}

/** Little-endian, whatever this machine is. */
function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * 4));
  return bytes.toString('base64');
}

function cut(chunks: readonly SnapshotChunk[]): readonly string[] {
  const parts: string[] = [];
  let lines = '';
  chunks.forEach((chunk, at) => {
    lines += `${JSON.stringify(chunk)}\n`;
    const next = chunks[at + 1];
    const isDocumentOver = next?.docId !== chunk.docId;
    if (lines.length < MAX_PART_BYTES && !(isDocumentOver && (isCut(chunk.docId) || !next))) return;
    parts.push(lines);
    lines = '';
  });
  return parts;
}

const isCut = (docId: string): boolean =>
  (createHash('sha256').update(docId).digest()[0] ?? 0) % CUT_ONE_IN === 0;

/** Passages that come first when they are asked for in their own words; those that do not here prove nothing elsewhere. */
async function canariesOf(
  snapshot: KnowledgeSnapshot,
  chunks: readonly SnapshotChunk[],
): Promise<SnapshotManifest['canaries']> {
  const canaries: SnapshotManifest['canaries'] = [];
  const stride = Math.max(1, Math.floor(chunks.length / MAX_CANARIES));
  for (let at = 0; at < chunks.length && canaries.length < MAX_CANARIES; at += stride) {
    const chunk = chunks[at];
    if (!chunk) continue;
    const [first] = await snapshot.fits(chunk.text);
    if (first && first.passage === snapshot.passages[at])
      canaries.push({ question: chunk.text, chunkId: chunk.id });
  }
  return canaries;
}
