import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinBlocks, splitBlocks } from '#shared/domain/blocks.ts';
import type { KnowledgeConflict } from '#shared/protocol/knowledge.ts';
import { aboutOf, bothOf, settledWith, sidesOf } from './settle-conflict.ts';

const ME = { userId: 'user-maya', name: 'Maya Rossi' };
const conflict = (more: Partial<KnowledgeConflict> = {}): KnowledgeConflict => ({
  id: 'c-1',
  docId: 'doc',
  blockId: 'block-1',
  base: 'was',
  head: 'stands',
  mine: 'wanted',
  headAuthor: 'user-maya',
  mineAuthor: 'K. Adeyemi',
  headAtMs: 1,
  mineAtMs: 2,
  mineRevisionId: 'r-2',
  resolvedBy: null,
  ...more,
});
const article = { markdown: 'first\n\nstands\n\nlast', fields: { title: 'T' } };

test('[KNW14] the person at the desk reads their own side first, whichever of the two stands', () => {
  const [mine, theirs] = sidesOf(conflict(), ME);
  expect([mine.isMe, mine.text, mine.stands]).toEqual([true, 'stands', true]);
  expect([theirs.who, theirs.text, theirs.stands]).toEqual(['K. Adeyemi', 'wanted', false]);
  const [own] = sidesOf(conflict({ headAuthor: 'K. Adeyemi', mineAuthor: 'Maya Rossi' }), ME);
  expect([own.isMe, own.text, own.stands]).toEqual([true, 'wanted', false]);
});

test('[KNW14] a deletion that lost against a change is shown as one', () => {
  const [mine, theirs] = sidesOf(conflict({ head: 'wanted', mine: 'wanted' }), ME);
  expect([mine.isMe, mine.text]).toEqual([true, null]);
  expect([theirs.text, theirs.stands]).toEqual(['wanted', true]);
});

test('[KNW14] either side takes the place of what stands, also after that was edited, and both can stand one after the other', () => {
  expect(settledWith(article, conflict(), 'wanted').markdown).toBe('first\n\nwanted\n\nlast');
  expect(settledWith(article, conflict(), null).markdown).toBe('first\n\nlast');
  expect(settledWith(article, conflict(), bothOf(conflict())).markdown).toBe(
    'first\n\nstands\n\nwanted\n\nlast',
  );
  const edited = { ...article, markdown: 'first\n\nit stands here and now\n\nlast' };
  const about = conflict({ head: 'it stands here' });
  expect(settledWith(edited, about, 'wanted').markdown).toBe('first\n\nwanted\n\nlast');
});

test('[KNW14] a field and a whole document are settled without touching the text', () => {
  const field = conflict({ blockId: 'title', head: 'T', mine: 'U' });
  expect(aboutOf(field)).toEqual({ name: 'field', field: 'title' });
  expect(settledWith(article, field, 'U')).toEqual({ ...article, fields: { title: 'U' } });
  expect(settledWith(article, field, null).fields).toEqual({});
  const whole = conflict({ blockId: '@document', head: 'kept', mine: 'deleted' });
  expect(aboutOf(whole)).toEqual({ name: 'document' });
  expect(settledWith(article, whole, 'kept')).toBe(article);
});

test('[KNW14] whatever the texts are, settling changes one paragraph at most and loses none of the others', () => {
  const text = fc.stringMatching(/^[a-z]{1,6}( [a-z]{1,6}){0,4}$/u);
  fc.assert(
    fc.property(
      fc.uniqueArray(text, { minLength: 1, maxLength: 6 }),
      fc.nat(5),
      text,
      (texts, pick, wanted) => {
        const head = texts[pick % texts.length] ?? '';
        const settled = settledWith({ markdown: joinBlocks(texts), fields: {} }, conflict({ head }), wanted);
        const after = splitBlocks(settled.markdown);
        expect(after).toEqual(texts.map(one => (one === head ? wanted : one)));
      },
    ),
  );
});
