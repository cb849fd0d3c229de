import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block } from './blocks.ts';
import { mergeBlocks, mergeFields, type Merged } from './merge-blocks.ts';

const B = (id: string, text: string): Block => ({ id, text });
const BASE = [B('a', 'Returns'), B('b', 'You have 30 days.'), B('c', 'Refunds take five days.')];
const textOf = (blocks: readonly Block[], id: string): string | null =>
  blocks.find(block => block.id === id)?.text ?? null;
const ids = ({ blocks }: Merged): string => blocks.map(({ id }) => id).join('');

/** A version of a document: some of the base's blocks, changed or not, in some order, and new ones. */
const version = (base: readonly Block[], own: string): fc.Arbitrary<readonly Block[]> =>
  fc
    .record({
      fates: fc.array(fc.constantFrom('keep', 'keep', 'change', 'same', 'delete'), {
        minLength: base.length,
        maxLength: base.length,
      }),
      added: fc.array(fc.nat(base.length), { maxLength: 3 }),
      moved: fc.option(fc.nat(Math.max(0, base.length - 1)), { nil: null }),
    })
    .map(({ fates, added, moved }) => {
      const blocks = base.flatMap((block, at) => {
        const fate = fates[at];
        if (fate === 'delete') return [];
        if (fate === 'change') return [B(block.id, `${block.text} ${own}`)];
        return [fate === 'same' ? B(block.id, `${block.text} alike`) : block];
      });
      if (moved !== null) blocks.push(...blocks.splice(Math.min(moved, blocks.length), 1));
      added.forEach((at, index) => blocks.splice(at, 0, B(`${own}${String(index)}`, `new of ${own}`)));
      return blocks;
    });
const base = fc
  .array(fc.constantFrom('one', 'two', 'three'), { maxLength: 6 })
  .map(texts => texts.map((text, at) => B(`b${String(at)}`, text)));
const three = base.chain(blocks =>
  fc.tuple(fc.constant(blocks), version(blocks, 'head'), version(blocks, 'mine')),
);

describe('merge', () => {
  test('[KN3] each side’s changes are taken over', () => {
    const merged = mergeBlocks(
      BASE,
      [B('a', 'Returns'), B('b', 'You have 45 days.'), B('c', 'Refunds take five days.')],
      [B('n', 'Gift cards are final.'), B('a', 'Returns and refunds'), B('b', 'You have 30 days.')],
    );
    expect(merged.conflicts).toEqual([]);
    expect(merged.blocks).toEqual([
      B('n', 'Gift cards are final.'),
      B('a', 'Returns and refunds'),
      B('b', 'You have 45 days.'),
    ]);
  });

  test('[KN3] a side that did nothing is overruled, and doing the same is no conflict', () => {
    fc.assert(
      fc.property(three, ([was, head]) => {
        expect(mergeBlocks(was, head, was)).toEqual({ blocks: head, conflicts: [] });
        expect(mergeBlocks(was, was, head)).toEqual({ blocks: head, conflicts: [] });
        expect(mergeBlocks(was, head, head)).toEqual({ blocks: head, conflicts: [] });
      }),
      { numRuns: 500 },
    );
  });

  test('[KN3] who alone moved a block is followed; where both did, the head is', () => {
    const [a, b, c] = BASE as [Block, Block, Block];
    expect(ids(mergeBlocks(BASE, BASE, [c, a, b]))).toBe('cab');
    expect(ids(mergeBlocks(BASE, [b, a, c], [c, a, b]))).toBe('bac');
    expect(ids(mergeBlocks(BASE, [a, B('h', 'x'), b, c], [c, a, b]))).toBe('cahb');
  });

  test('[KN4] two different changes, or a change and a deletion, are a conflict that names all three', () => {
    const mine = [B('a', 'Returns'), B('b', 'You have 60 days.')];
    const { blocks, conflicts } = mergeBlocks(
      BASE,
      [B('a', 'Returns'), B('b', 'You have 45 days.'), B('c', 'Refunds take a week.')],
      mine,
    );
    expect(conflicts).toEqual([
      { blockId: 'b', base: 'You have 30 days.', head: 'You have 45 days.', mine: 'You have 60 days.' },
      { blockId: 'c', base: 'Refunds take five days.', head: 'Refunds take a week.', mine: null },
    ]);
    expect(textOf(blocks, 'b')).toBe('You have 45 days.');
    expect(textOf(blocks, 'c')).toBe('Refunds take a week.');
    const revived = mergeBlocks(
      BASE,
      mine,
      BASE.map(block => (block.id === 'c' ? B('c', 'Refunds: ten days.') : block)),
    );
    expect(textOf(revived.blocks, 'c')).toBe('Refunds: ten days.');
    expect(revived.conflicts.map(({ blockId }) => blockId)).toEqual(['c']);
  });

  test('[KN5] every change of either side is in the result or in a conflict', () => {
    fc.assert(
      fc.property(three, ([was, head, mine]) => {
        const { blocks, conflicts } = mergeBlocks(was, head, mine);
        expect(new Set(blocks.map(({ id }) => id)).size).toBe(blocks.length);
        for (const side of [head, mine])
          for (const id of new Set([...was, ...side].map(block => block.id))) {
            const before = textOf(was, id);
            const wanted = textOf(side, id);
            if (before === wanted || textOf(blocks, id) === wanted) continue;
            const named = conflicts.find(conflict => conflict.blockId === id);
            expect(named, `${id} of ${side === head ? 'head' : 'mine'}`).toBeDefined();
            if (side === mine) expect(named?.mine).toBe(wanted);
          }
      }),
      { numRuns: 2000 },
    );
  });

  test('[KN6] fields merge each on its own', () => {
    expect(
      mergeFields(
        { title: 'Returns', owner: 'Lind' },
        { title: 'Returns', owner: 'Okafor' },
        { title: 'Returns and refunds', owner: 'Lind', tag: 'shop' },
      ),
    ).toEqual({ fields: { title: 'Returns and refunds', owner: 'Okafor', tag: 'shop' }, conflicts: [] });
    expect(mergeFields({ title: 'A' }, { title: 'B' }, { title: 'C' }).conflicts).toHaveLength(1);
  });

  test('[KN7] merging the result again, from either side, changes nothing', () => {
    fc.assert(
      fc.property(three, ([was, head, mine]) => {
        const { blocks } = mergeBlocks(was, head, mine);
        expect(mergeBlocks(head, blocks, head)).toEqual({ blocks, conflicts: [] });
        expect(mergeBlocks(was, blocks, was)).toEqual({ blocks, conflicts: [] });
      }),
      { numRuns: 1000 },
    );
  });
});
