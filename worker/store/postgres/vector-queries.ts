import type { PassageVectors } from '#shared/adapters/passage-vectors.ts';
import { inTransaction, type PostgresAccess } from './connection.ts';
import { text } from './insert-rows.ts';

/** Rows a statement; more make one message of many megabytes. */
const ROWS = 1_000;

/** Vectors in columns of pgvector beside their bytes; only where the extension is (PG9). Searched exactly, by the server. */
export function vectorQueries({ inOrg }: PostgresAccess): PassageVectors {
  return {
    keepVectors: (orgId, { snapshotId, model, docIds, vectors }, atMs) =>
      inOrg(orgId, client =>
        inTransaction(client, async () => {
          await client.query({
            name: 'drop-old-vectors',
            text: 'DELETE FROM knowledge_embeddings WHERE org_id = $1 AND NOT starts_with(id, $2)',
            values: [text(orgId), `${snapshotId}:`],
          });
          for (let first = 0; first < vectors.length; first += ROWS) {
            const some = vectors.slice(first, first + ROWS);
            await client.query({
              name: 'keep-vectors',
              text: `INSERT INTO knowledge_embeddings (id, doc_id, org_id, embedding, dim, model, created_at, embedding_vector)
                     SELECT given.id, given.doc_id, $1, given.bytes, $5, $6, $7, given.vector::vector
                     FROM unnest($2::text[], $3::text[], $4::bytea[], $8::text[]) AS given (id, doc_id, bytes, vector)
                     ON CONFLICT DO NOTHING`,
              values: [
                text(orgId),
                some.map((_, at) => `${snapshotId}:${String(first + at)}`),
                some.map((_, at) => docIds[first + at] ?? ''),
                some.map(bytesOf),
                some[0]?.length ?? 0,
                text(model),
                Math.round(atMs),
                some.map(wordsOf),
              ],
            });
          }
        }),
      ),
    nearestVectors: (orgId, snapshotId, query, limit) =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<{ index: number; distance: number }>({
          name: 'nearest-vectors',
          text: `SELECT split_part(id, ':', 2)::int AS index, embedding_vector <=> $3::vector AS distance
                 FROM knowledge_embeddings WHERE org_id = $1 AND starts_with(id, $2)
                 ORDER BY embedding_vector <=> $3::vector, split_part(id, ':', 2)::int LIMIT $4`,
          values: [text(orgId), `${snapshotId}:`, wordsOf(query), limit],
        });
        if (rows.length === 0) return null;
        // A text without a telling word has the zero vector, which is near nothing.
        return rows.map(({ index, distance }) => ({
          index,
          similarityRatio: Number.isNaN(distance) ? 0 : 1 - distance,
        }));
      }),
  };
}

const wordsOf = (vector: Float32Array): string => `[${vector.join(',')}]`;

/** Little-endian, as snapshots have them. */
function bytesOf(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * 4));
  return bytes;
}
