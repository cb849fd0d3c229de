import { expect, test } from 'vitest';
import type { KnowledgeChanges } from '#shared/protocol/knowledge.ts';
import { DEMO_ORG, knowledgeBench } from '#tests/fakes/knowledge-bench.ts';
import { changesPage, MAX_PAGE_CHARS } from './changes-page.ts';

const NONE = { documents: [], revisions: [], conflicts: [] };
/** A book in which each change is one document of so many characters. */
const bookOf =
  (sizes: readonly number[], reads: number[] = []) =>
  (after: number, limit: number): Promise<KnowledgeChanges> => {
    reads.push(limit);
    const taken = sizes.slice(after, after + limit);
    return Promise.resolve({
      ...NONE,
      version: after + taken.length,
      hasMore: after + taken.length < sizes.length,
      revisions: taken.map((size, at) => ({ id: `r${String(after + at)}`, text: 'x'.repeat(size) })) as never,
    });
  };
async function follow(read: ReturnType<typeof bookOf>, limit: number, maxChars: number) {
  const pages: KnowledgeChanges[] = [];
  for (let after = 0, more = true; more;) {
    const page = await changesPage(read, after, limit, maxChars);
    expect(page.version).toBeGreaterThan(after);
    pages.push(page);
    after = page.version;
    more = page.hasMore;
  }
  return pages;
}

test.each<readonly [what: string, sizes: readonly number[]]>([
  ['small ones', Array.from({ length: 300 }, () => 10)],
  ['large ones', Array.from({ length: 30 }, () => 900)],
  ['one that is larger than a page', [10, 10, 5_000, 10, 10]],
  ['nothing but such', [5_000, 5_000, 5_000]],
  ['a mixture', Array.from({ length: 100 }, (_, at) => (at * 37) % 700)],
])('[KN18] a page ends by count and by size, and following them misses nothing: %s', async (_what, sizes) => {
  const pages = await follow(bookOf(sizes), 50, 1_000);
  expect(pages.flatMap(({ revisions }) => revisions.map(({ id }) => id))).toEqual(
    sizes.map((_, at) => `r${String(at)}`),
  );
  for (const { revisions } of pages) {
    expect(revisions.length).toBeLessThanOrEqual(50);
    if (revisions.length > 1) expect(JSON.stringify(revisions).length).toBeLessThanOrEqual(1_000);
  }
});

test('[KN18] what is small comes in few reads', async () => {
  const reads: number[] = [];
  const page = await changesPage(bookOf(Array.from({ length: 1_000 }, () => 10), reads), 0, 200); // prettier-ignore
  expect(page.revisions).toHaveLength(200);
  expect(reads.reduce((sum, one) => sum + one, 0)).toBe(200);
  expect(reads.length).toBeLessThan(8);
  expect(MAX_PAGE_CHARS).toBeLessThan(4_000_000);
});

test('[KN18] pages of a real book, joined, are what one large page is', { timeout: 30_000 }, async () => {
  const bench = await knowledgeBench();
  try {
    const read = (after: number, limit: number): Promise<KnowledgeChanges> =>
      bench.store.knowledgeChanges(DEMO_ORG, after, limit);
    const whole = await read(0, 500);
    const pages = await follow(read, 500, 3_000);
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.flatMap(({ documents }) => documents)).toEqual(whole.documents);
    expect(pages.flatMap(({ revisions }) => revisions)).toEqual(whole.revisions);
    expect(await changesPage(read, 0, 500)).toEqual(whole);
  } finally {
    await bench.stop();
  }
});
