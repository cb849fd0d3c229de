import { localVector, weightsIn } from '#shared/domain/local-vector.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { VetoCluster } from '#shared/protocol/policy-replay.ts';

/** Two sentences nearer than this are stopped for the same thing. Guarded by `veto-clusters.test.ts`. */
const NEAR_RATIO = 0.3;
const MAX_CLUSTERS = 20;
const MAX_MEMBERS = 50;

interface Veto {
  readonly callId: string;
  readonly seq: number;
  readonly atMs: number;
  readonly policy: string;
  readonly text: string;
  /** What the approved knowledge had nearest to the caller's question. */
  readonly article: { readonly docId: string; readonly title: string } | null;
}

/** What policies stopped on one call, with the article that was nearest to what was asked. Pure. */
export function vetoesOf(events: readonly CallEvent[]): readonly Veto[] {
  const drafts = new Map<string, string>();
  const nearest = new Map<string, Veto['article']>();
  const vetoes: Veto[] = [];
  for (const event of events) {
    if (event.type === 'chunk.drafted') drafts.set(event.chunkId, event.text);
    else if (event.type === 'retrieval.finished') {
      const [hit] = event.hits;
      if (hit) nearest.set(event.turnId ?? '', { docId: hit.docId, title: hit.title });
    } else if (event.type === 'chunk.vetoed' && event.by === 'policy') {
      const text = drafts.get(event.chunkId) ?? '';
      if (text.trim() !== '')
        vetoes.push({
          callId: event.conversationId,
          seq: event.seq,
          atMs: event.atMs,
          policy: event.policy,
          text,
          article: nearest.get(event.turnId ?? '') ?? null,
        });
    }
  }
  return vetoes;
}

/** Groups what one policy stopped by how alike it sounds, largest first (REP3). The same vetoes give the same groups. */
export function clusterVetoes(vetoes: readonly Veto[]): readonly VetoCluster[] {
  const weight = weightsIn(vetoes.map(({ text }) => text));
  const groups: { policy: string; centre: Float32Array; members: { veto: Veto; vector: Float32Array }[] }[] =
    [];
  for (const veto of vetoes) {
    const vector = localVector(veto.text, word => 0.2 + weight(word));
    const near = groups
      .filter(({ policy }) => policy === veto.policy)
      .map(group => ({ group, cosine: cosine(group.centre, vector) }))
      .toSorted((one, other) => other.cosine - one.cosine)[0];
    if (near && near.cosine >= NEAR_RATIO) {
      near.group.members.push({ veto, vector });
      near.group.centre = near.group.centre.map((value, at) => value + (vector[at] ?? 0));
    } else groups.push({ policy: veto.policy, centre: vector, members: [{ veto, vector }] });
  }
  return groups
    .toSorted((one, other) => other.members.length - one.members.length)
    .slice(0, MAX_CLUSTERS)
    .map(({ policy, centre, members }) => ({
      policy,
      count: members.length,
      example:
        members.toSorted((one, other) => cosine(centre, other.vector) - cosine(centre, one.vector))[0]?.veto
          .text ?? '',
      members: members
        .map(({ veto: { callId, seq, atMs, text } }) => ({ callId, seq, atMs, text }))
        .toSorted((one, other) => other.atMs - one.atMs)
        .slice(0, MAX_MEMBERS),
      article: mostFrequent(members.flatMap(({ veto: { article } }) => (article ? [article] : []))),
    }));
}

function mostFrequent(articles: readonly { docId: string; title: string }[]): VetoCluster['article'] {
  const counts = new Map<string, number>();
  for (const { docId } of articles) counts.set(docId, (counts.get(docId) ?? 0) + 1);
  const [best] = [...counts].toSorted(([, one], [, other]) => other - one);
  return articles.find(({ docId }) => docId === best?.[0]) ?? null;
}

function cosine(one: Float32Array, other: Float32Array): number {
  let dot = 0;
  for (let at = 0; at < one.length; at += 1) dot += (one[at] ?? 0) * (other[at] ?? 0);
  const length = Math.hypot(...one) * Math.hypot(...other);
  return length === 0 ? 0 : dot / length;
}
