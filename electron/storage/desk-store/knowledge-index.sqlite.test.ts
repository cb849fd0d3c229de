import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryFiles } from '#tests/fixtures/memory-store.ts';
import { DeskDatabase } from './desk-database.ts';
import { excerptOf, hitsIn } from './knowledge-words.ts';

const ALL = { query: '', filter: 'all', space: 'knowledge', limit: 100, nowMs: 0 } as const;

function desk(useVectors = true) {
  const { knowledge } = new DeskDatabase(memoryFiles(useVectors)).parts;
  const save = (title: string, markdown: string, more: { docId?: string; baseId?: string } = {}) =>
    knowledge.save(
      { docId: null, baseId: null, ...more, markdown, fields: { title }, note: '', resolves: [] },
      { author: 'Lind', nowMs: 1 },
    );
  const titles = (query: string) => knowledge.list({ ...ALL, query }).items.map(({ title }) => title);
  return { knowledge, save, titles };
}

test('[DST20] documents are found by beginnings, by other forms and by slips of the pen, and an edit is found at once', () => {
  const { save, titles } = desk();
  const { docId, revisionId } = save('Returns', 'You have thirty days to return shoes.');
  save('Delivery', 'Parcels arrive within a week.');
  save('Gift cards', 'A gift card is final and cannot be exchanged.');
  expect(titles('parc')[0]).toBe('Delivery');
  expect(titles('returned shoe')[0]).toBe('Returns');
  expect(titles('gift crad exchnage')[0]).toBe('Gift cards');
  expect(titles('zebra quartz')).toEqual([]);
  save('Returns', 'You have thirty days to return unicycles.', { docId, baseId: revisionId });
  expect(titles('unicycle')).toEqual(['Returns']);
  expect(titles('shoes')).not.toContain('Returns');
});

test('[DST21] a query of any signs is words, and never an error', { timeout: 60_000 }, () => {
  const { save, titles } = desk();
  save('Returns', 'You have thirty days.');
  for (const query of ['"', 'a AND', 'NEAR(', '*', 'title:x', '-', '()', 'days"; DROP', '^days'])
    expect(() => titles(query)).not.toThrow();
  fc.assert(
    fc.property(fc.string({ maxLength: 60, unit: 'binary' }), query => Array.isArray(titles(query))),
    {
      numRuns: 150,
    },
  );
});

test('[DST22] hits are marked where they stand, in title and excerpt', () => {
  const { knowledge, save } = desk();
  save('Refunds and returns', `${'Filler words stand here. '.repeat(30)}\n\nA refund takes a week.`);
  const [item] = knowledge.list({ ...ALL, query: 'refund' }).items;
  const marked = (text: string, hits: readonly { from: number; to: number }[]) =>
    hits.map(({ from, to }) => text.slice(from, to));
  expect(marked(item?.title ?? '', item?.titleHits ?? [])).toEqual(['Refund']);
  expect(item?.excerpt).toBe('A refund takes a week.');
  expect(marked(item?.excerpt ?? '', item?.excerptHits ?? [])).toEqual(['refund']);
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, query) =>
      hitsIn(text, query).every(({ from, to }) => from < to && to <= text.length),
    ),
  );
  expect(excerptOf(`# Heading\n\n${'word '.repeat(100)}target end`, 'target')).toContain('target');
});

test('[DST11][DST14] statuses, filters and counts follow from what is published, waits and is due', () => {
  const { knowledge, save } = desk(false);
  const { docId, revisionId } = save('Returns', 'Thirty days.');
  knowledge.remove(docId, revisionId, { author: 'Lind', nowMs: 2 });
  save('Delivery', 'A week.');
  const { items, counts } = knowledge.list(ALL);
  expect(items.map(({ title, status }) => [title, status])).toEqual([['Delivery', 'draft']]);
  expect(counts).toMatchObject({ all: 1, draft: 1, approved: 0, waiting: 1, conflict: 0 });
  expect(() => knowledge.get('nowhere')).toThrow(/no such document/u);
  expect(() => save('x', 'y', { docId, baseId: 'nowhere' })).toThrow(/does not have the version/u);
});

test('[POL70] policies are a list of their own, said by their clauses and found by any phrase in them', () => {
  const { knowledge, save, titles } = desk(false);
  save('Returns', 'We promise thirty days.');
  const clause = (name: string, phrase: string): string =>
    JSON.stringify({ kind: 'phrases', name, phrases: [phrase] });
  save('shop', `${clause('no-promise', 'we promise')}\n\n${clause('no-gift', 'as a gift')}`, {
    docId: 'policy.shop',
  });
  const policies = (query: string) => knowledge.list({ ...ALL, query, space: 'policies' });
  expect(policies('').items).toMatchObject([
    { docId: 'policy.shop', excerpt: 'no-promise, no-gift', isPublished: false },
  ]);
  expect(policies('').counts.all).toBe(1);
  expect(policies('AS A GIFT').items.map(({ title }) => title)).toEqual(['shop']);
  expect(policies('returns').items).toEqual([]);
  expect(titles('promise')).toEqual(['Returns']);
  expect(knowledge.list(ALL)).toMatchObject({ counts: { all: 1 }, conflictsElsewhere: 0 });
});
