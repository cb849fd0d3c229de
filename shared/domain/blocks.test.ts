import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editBlocks, joinBlocks, splitBlocks, type Block } from './blocks.ts';

const line = fc.constantFrom(
  '# Returns',
  'You have 30 days.',
  '- a lamp',
  '| a | b |',
  '```',
  '~~~~',
  'x',
  '',
  ' ',
);
const markdown = fc.array(line, { maxLength: 14 }).map(lines => lines.join('\n'));

const counter = (): (() => string) => {
  let next = 0;
  return () => `new-${String((next += 1))}`;
};
const blocksOf = (...texts: readonly string[]): readonly Block[] =>
  texts.map((text, at) => ({ id: `b${String(at)}`, text }));
const edited = (before: readonly Block[], ...texts: readonly string[]): readonly string[] =>
  editBlocks(before, texts, counter()).map(({ id }) => id);

describe('blocks', () => {
  test('[KN1] splitting and joining is stable, and nothing but blank lines is lost', () => {
    fc.assert(
      fc.property(markdown, text => {
        const blocks = splitBlocks(text);
        expect(splitBlocks(joinBlocks(blocks))).toEqual(blocks);
        const inked = (words: string): readonly string[] =>
          words
            .split('\n')
            .filter(one => one.trim() !== '')
            .map(one => one.trimEnd());
        expect(inked(joinBlocks(blocks))).toEqual(inked(text));
      }),
    );
  });

  test('[KN1] a fence is one block, blank lines in it and all; other marks inside do not close it', () => {
    expect(splitBlocks('Before\n\n```\none\n\n~~~\ntwo\n```\n\nAfter')).toEqual([
      'Before',
      '```\none\n\n~~~\ntwo\n```',
      'After',
    ]);
    expect(splitBlocks('A\r\n\r\nB\r\n')).toEqual(['A', 'B']);
  });

  test('[KN2] what stays, moves or is changed in place keeps its id', () => {
    const before = blocksOf('# Returns', 'You have 30 days to send it back.', 'Refunds take five days.');
    expect(
      edited(before, '# Returns', 'You have 45 days to send it back.', 'Refunds take five days.'),
    ).toEqual(['b0', 'b1', 'b2']);
    expect(edited(before, '# Returns', 'Gift cards are final.', 'You have 30 days to send it back.')).toEqual(
      ['b0', 'new-1', 'b1'],
    );
    expect(
      edited(before, 'Refunds take five days.', '# Returns', 'You have 30 days to send it back.'),
    ).toEqual(['b2', 'b0', 'b1']);
  });

  test('[KN2] no id stands twice, whatever is done, and an unchanged text changes no id', () => {
    const texts = fc.array(fc.constantFrom('a b c', 'a b d', 'x y', 'x z', 'lamp', 'a b c d e'), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(texts, texts, (old, wanted) => {
        const before = blocksOf(...old);
        const after = editBlocks(before, wanted, counter());
        expect(after.map(({ text }) => text)).toEqual(wanted);
        expect(new Set(after.map(({ id }) => id)).size).toBe(after.length);
        expect(editBlocks(before, old, counter())).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });
});
