import { act, screen, within } from '@testing-library/react';
import { EditorView } from '@codemirror/view';
import { expect, test } from 'vitest';
import { CRUSHED_BOX, SHOP_ARTICLES } from '#tests/fixtures/fake-knowledge.ts';
import { renderKnowledge } from '#tests/fixtures/render-knowledge.tsx';

const card = () => screen.getByRole('region', { name: 'Conflict' });

test('[KNW14] both people’s texts are shown with their times, and nothing else waits for it', async () => {
  const { editor } = await renderKnowledge({ open: 'returns' });
  expect(card().textContent).toContain('K. Adeyemi changed the same paragraph while you were writing');
  expect(card().textContent).toMatch(/Yours, .*stands now/u);
  expect(card().textContent).toContain('open a claim with the carrier');
  expect(card().textContent).toContain('Everything else was merged');
  expect(screen.getByText('Conflict in 1 paragraph')).toBeTruthy();
  const view = await editor();
  expect(view.state.readOnly).toBe(false);
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Ask for review' }).disabled).toBe(false);
});

test('[KNW14] keeping mine settles without changing the text, keeping theirs puts it in', async () => {
  const mine = await renderKnowledge({ open: 'returns' });
  const before = mine.knowledge.doc('returns').markdown;
  act(() => within(card()).getByRole('button', { name: 'Keep mine' }).click());
  await mine.step();
  expect(mine.knowledge.askedFor('save-knowledge')).toMatchObject([
    { markdown: before, resolves: ['conflict-1'] },
  ]);
  expect(screen.queryByRole('region', { name: 'Conflict' })).toBeNull();
  mine.unmount();
  const theirs = await renderKnowledge({ open: 'returns' });
  act(() => within(card()).getByRole('button', { name: 'Keep theirs' }).click());
  await theirs.step();
  expect(theirs.knowledge.doc('returns').markdown).toMatch(
    /one photo\.\n\nIf the box is crushed, open a claim/u,
  );
  expect(theirs.knowledge.doc('returns').markdown).not.toContain('offer a replacement first');
});

test('[KNW14] both are written one after the other for a person to make one of; the next saving settles it', async () => {
  const { editor, knowledge, press, step } = await renderKnowledge({ open: 'returns' });
  act(() => within(card()).getByRole('button', { name: 'Write both into one' }).click());
  await step();
  const view = await editor();
  expect(view.state.doc.toString()).toMatch(/same day\.\n\nIf the box is crushed, open a claim/u);
  expect(knowledge.askedFor('save-knowledge')).toHaveLength(0);
  expect(screen.queryByRole('region', { name: 'Conflict' })).toBeNull();
  await press('s', { ctrlKey: true });
  expect(knowledge.askedFor('save-knowledge')).toMatchObject([{ resolves: ['conflict-1'] }]);
});

test('[KNW14] the next conflict comes under the hand that settled the last, and half typed text is not saved by the way', async () => {
  const title = {
    ...CRUSHED_BOX,
    id: 'conflict-2',
    blockId: 'title',
    head: 'Returns and refunds',
    mine: 'Returns',
  };
  const articles = SHOP_ARTICLES.map(one =>
    one.docId === 'returns' ? { ...one, conflicts: [CRUSHED_BOX, title] } : one,
  );
  const { editor, knowledge, step } = await renderKnowledge({ articles, open: 'returns' });
  expect(card().textContent).toContain('1 more after this');
  const view = await editor();
  act(() => view.dispatch({ changes: { from: 0, insert: 'Half ' } }));
  act(() => within(card()).getByRole('button', { name: 'Keep mine' }).click());
  await step();
  expect(knowledge.askedFor('save-knowledge')).toHaveLength(0);
  expect(card().textContent).toContain('K. Adeyemi changed the title');
  expect(document.activeElement).toBe(within(card()).getByRole('button', { name: 'Keep mine' }));
  act(() => within(card()).getByRole('button', { name: 'Keep theirs' }).click());
  act(() => screen.getByRole('button', { name: /^Save/u }).click());
  await step();
  expect(knowledge.askedFor('save-knowledge')).toMatchObject([
    { resolves: ['conflict-1', 'conflict-2'], fields: { title: 'Returns' } },
  ]);
});

test('[KNW15] side by side both whole texts stand, and what is made of the right settles every conflict', async () => {
  const { knowledge, step } = await renderKnowledge({ open: 'returns' });
  act(() => within(card()).getByRole('button', { name: 'Side by side' }).click());
  await step();
  const dialog = screen.getByRole('dialog', { name: 'Side by side' });
  const left = EditorView.findFromDOM(within(dialog).getByLabelText('Text of K. Adeyemi'));
  const right = EditorView.findFromDOM(within(dialog).getByLabelText('Text that is saved'));
  expect(left?.state.readOnly).toBe(true);
  expect(left?.state.doc.toString()).toContain('open a claim');
  expect(right?.state.doc.toString()).toContain('offer a replacement first');
  act(() => right?.dispatch({ changes: { from: right.state.doc.length, insert: ' Or a refund.' } }));
  act(() => within(dialog).getByRole('button', { name: 'Save the right side' }).click());
  await step();
  await step();
  expect(knowledge.askedFor('save-knowledge')).toMatchObject([{ resolves: ['conflict-1'] }]);
  expect(knowledge.doc('returns').markdown).toMatch(/same day\. Or a refund\.$/u);
});

test('[KNW14] who may not edit sees both sides and no buttons', async () => {
  await renderKnowledge({ role: 'agent', open: 'returns' });
  expect(within(card()).queryAllByRole('button')).toHaveLength(0);
});
