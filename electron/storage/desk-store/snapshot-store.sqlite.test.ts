import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import { LOCAL_DIM, LOCAL_MODEL, passageVector } from '#shared/domain/local-vector.ts';
import type { SnapshotManifest } from '#shared/protocol/knowledge.ts';
import { Crash, crashing } from '#tests/fakes/desk-world/memory-desk.ts';
import { memoryFiles } from '#tests/fixtures/memory-store.ts';
import { bytesOf } from './knowledge-index.ts';
import { SnapshotStore } from './snapshot-store.ts';

const hash = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const OLD = ['You have thirty days to return shoes.', 'Refunds take a week.', 'Gift cards are final.'];
const NEW = [
  'You have forty-five days to return shoes.',
  'Refunds take three days.',
  'Unicycles go by freight.',
];

function snapshot(texts: readonly string[], more: Partial<SnapshotManifest> = {}) {
  const chunks = texts.map((text, at) => ({
    id: `c${String(at)}`,
    docId: `doc${String(at)}`,
    title: 'Shop',
    section: 'Shop',
    text,
    embedding: bytesOf(passageVector(`Shop. ${text}`)).toString('base64'),
  }));
  const parts = chunks.map(chunk => gzipSync(`${JSON.stringify(chunk)}\n`));
  const said = {
    snapshotId: hash(texts.join()).slice(0, 16),
    version: 1,
    embedModel: LOCAL_MODEL,
    dim: LOCAL_DIM,
    chunkCount: chunks.length,
    parts: parts.map(bytes => ({ sha256: hash(bytes), bytes: bytes.length })),
    canaries: chunks.map(({ id, text }) => ({ question: text, chunkId: id })),
    ...more,
  };
  const manifest: SnapshotManifest = { ...said, sha256: hash(canonicalJson(said)) };
  return { manifest, parts };
}

function filled(store: SnapshotStore, { manifest, parts }: ReturnType<typeof snapshot>) {
  for (const bytes of parts) expect(store.addPart(hash(bytes), bytes)).toBe(true);
  return manifest;
}

test('[SYN30][SYN32] a snapshot is searched by words and nearness, the next takes its place, and its parts are asked for once', () => {
  const store = new SnapshotStore(memoryFiles(true).cache, true);
  const old = snapshot(OLD);
  expect(store.missing(old.manifest)).toHaveLength(3);
  expect(store.apply(filled(store, old), 1)).toBeNull();
  expect(store.isHybrid()).toBe(true);
  expect(store.search('return shoes')[0]?.text).toBe(OLD[0]);
  // A slip of the pen shares letters and no word.
  expect(store.search('refnuds')[0]?.text).toBe(OLD[1]);
  expect(store.missing(old.manifest)).toEqual([]);
  expect(store.apply(filled(store, snapshot(NEW)), 2)).toBeNull();
  expect(store.search('unicycles')[0]?.text).toBe(NEW[2]);
  expect(store.search('gift cards').map(({ text }) => text)).not.toContain(OLD[2]);
  expect(store.forgetParts()).toBe(3);
});

test('[SYN31] what is damaged, wrong or does not answer its own questions is refused, and the old one stays', () => {
  const store = new SnapshotStore(memoryFiles(true).cache, true);
  store.apply(filled(store, snapshot(OLD)), 1);
  const next = snapshot(NEW);
  expect(store.addPart(hash('else'), next.parts[0] ?? new Uint8Array())).toBe(false);
  expect(store.apply({ ...next.manifest, version: 9 }, 2)).toBe('manifest-damaged');
  expect(store.apply(next.manifest, 2)).toBe('part-missing');
  filled(store, next);
  expect(store.apply(snapshot(NEW, { chunkCount: 4 }).manifest, 2)).toBe('wrong-count');
  const canaries = [{ question: 'Unicycles', chunkId: 'nowhere' }];
  expect(store.apply(snapshot(NEW, { canaries }).manifest, 2)).toBe('canary-failed');
  const noJson = gzipSync('no JSON');
  store.addPart(hash(noJson), noJson);
  const parts = [{ sha256: hash(noJson), bytes: noJson.length }];
  expect(store.apply(snapshot(NEW, { parts }).manifest, 2)).toBe('part-damaged');
  expect(store.search('gift cards')[0]?.text).toBe(OLD[2]);
});

test('[SYN31] a part that was changed on the disk is found before it is used, and fetched again', () => {
  const { cache } = memoryFiles(true);
  const store = new SnapshotStore(cache, true);
  const { manifest } = { manifest: filled(store, snapshot(OLD)) };
  cache
    .prepare('UPDATE snapshot_part SET bytes = ? WHERE sha256 = ?')
    .run(Buffer.from('x'), manifest.parts[0]?.sha256);
  expect(store.apply(manifest, 1)).toBe('part-damaged');
  expect(store.missing(manifest)).toEqual([manifest.parts[0]?.sha256]);
});

test('[SYN33] vectors of another model are left out: the words are searched', () => {
  const store = new SnapshotStore(memoryFiles(true).cache, true);
  expect(store.apply(filled(store, snapshot(OLD, { embedModel: 'another' })), 1)).toBeNull();
  expect(store.isHybrid()).toBe(false);
  expect(store.search('gift cards')[0]?.text).toBe(OLD[2]);
  expect(store.search('refnuds')).toEqual([]);
});

test(
  '[SYN30] killed at any statement while it is applied: the old one or the new one, whole, and the next try succeeds',
  { timeout: 120_000 },
  () => {
    let killed = 0;
    for (let diesIn = 1; diesIn < 200; diesIn += 1) {
      const { cache } = memoryFiles(true);
      const first = new SnapshotStore(cache, true);
      first.apply(filled(first, snapshot(OLD)), 1);
      filled(first, snapshot(NEW));
      let left = diesIn;
      const dying = new SnapshotStore(
        crashing(cache, () => {
          if ((left -= 1) === 0) throw new Crash();
        }),
        true,
      );
      let isDead = false;
      try {
        dying.apply(snapshot(NEW).manifest, 2);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        isDead = true;
      }
      const after = new SnapshotStore(cache, true);
      const texts = after.search('days shoes refunds gift cards unicycles freight').map(({ text }) => text);
      const all = texts.toSorted();
      expect([OLD.toSorted(), NEW.toSorted()]).toContainEqual(all);
      expect(after.apply(snapshot(NEW).manifest, 3)).toBeNull();
      expect(after.search('unicycles')[0]?.text).toBe(NEW[2]);
      if (!isDead) break;
      killed += 1;
    }
    expect(killed).toBeGreaterThan(10);
  },
);
