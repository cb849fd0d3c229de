import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbedderFactory } from '#shared/adapters/embedder.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { parseDocument, type KnowledgeDocument } from './document.ts';
import { KnowledgeSnapshot, type SnapshotDeps } from './knowledge-snapshot.ts';
import { LocalEmbedder } from './local-embedder.ts';
import { MemoryVectorIndex } from './memory-vector-index.ts';

/** A remote embedder that takes longer is done without: Lane B must not wait for it. Source: perf research G1. */
const QUERY_DEADLINE_MS = 150;

/** How a worker searches: in memory, by vectors of the local embedder unless another is given. */
export function searchDeps(clock: Clock, createEmbedder: EmbedderFactory = localEmbedder): SnapshotDeps {
  return {
    clock,
    createEmbedder,
    createIndex: (dim, vectors) => new MemoryVectorIndex(dim, vectors),
    queryDeadlineMs: QUERY_DEADLINE_MS,
  };
}

/** Reads every document of a folder into one immutable snapshot. Rejects with the file's name if one is broken. */
export async function loadKnowledge(folder: string, clock: Clock): Promise<KnowledgeSnapshot> {
  return KnowledgeSnapshot.build(readFolder(folder), searchDeps(clock), new AbortController().signal);
}

function readFolder(folder: string): readonly KnowledgeDocument[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .sort()
    .map(name => {
      try {
        return parseDocument(readFileSync(join(folder, name), 'utf8'));
      } catch (cause) {
        throw new Error(`cannot read the knowledge document ${name}`, { cause });
      }
    });
}

const localEmbedder: EmbedderFactory = corpus => new LocalEmbedder(corpus);
