import { expect, test } from 'vitest';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import type { KnowledgeDocument } from './document.ts';
import { KnowledgeSnapshot } from './knowledge-snapshot.ts';
import { searchDeps } from './load-knowledge.ts';
import { snapshotParts, type SnapshotParts } from './snapshot-parts.ts';

const WARES = ['lamps', 'chairs', 'shelves', 'carpets', 'mirrors', 'vases', 'clocks'];
const article = (at: number, body = `Number ${String(at)} is about ${WARES[at % 7] ?? ''}. Ask at counter ${String(at * 7)}.`): KnowledgeDocument => ({ id: `article-${String(at).padStart(4, '0')}`, title: `Article ${String(at)}`, status: 'approved', owner: 'Ada', approvedOn: '2026-01-01', kind: 'fact', heard: [], body }); // prettier-ignore
const MANY = Array.from({ length: 300 }, (_, at) => article(at * 2));

async function partsOf(documents: readonly KnowledgeDocument[]): Promise<SnapshotParts> {
  const deps = searchDeps(createVirtualClock());
  return snapshotParts(await KnowledgeSnapshot.build(documents, deps, new AbortController().signal), 1);
}
const fetched = (before: SnapshotParts, after: SnapshotParts): number =>
  [...after.parts.keys()].filter(sha256 => !before.parts.has(sha256)).length;

const rareWord = 'Unicycles of zirconium go by freight, as chairs and lamps do.';
test.each<readonly [what: string, most: number, after: readonly KnowledgeDocument[]]>([
  [
    'changed, with words that many others have too',
    1,
    MANY.map((one, at) => (at === 150 ? article(300, rareWord) : one)),
  ],
  // At a cut, an article more or less parts or joins what stands beside it.
  ['added in the middle', 2, [...MANY.slice(0, 150), article(299, rareWord), ...MANY.slice(150)]],
  ['added first', 2, [{ ...article(0, rareWord), id: 'article' }, ...MANY]],
  ['taken out', 1, MANY.filter((_, at) => at !== 150)],
])('[KN30][SYN34] one article of many %s: at most %i parts are fetched anew', async (_what, most, after) => {
  const before = await partsOf(MANY);
  expect(before.parts.size).toBeGreaterThan(8);
  const now = await partsOf(after);
  expect(fetched(before, now)).toBeGreaterThan(0);
  expect(fetched(before, now)).toBeLessThanOrEqual(most);
});
