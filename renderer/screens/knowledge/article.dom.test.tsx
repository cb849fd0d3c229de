import { act, fireEvent, screen, within } from '@testing-library/react';
import type { EditorView } from '@codemirror/view';
import { expect, test } from 'vitest';
import { KEEP_AFTER_MS } from '#renderer/stores/knowledge-desk.ts';
import { LIVE_SYNC, UNREACHABLE } from '#tests/fixtures/fake-knowledge.ts';
import { renderKnowledge } from '#tests/fixtures/render-knowledge.tsx';

/** Puts words at the end, as typing does. */
const typeInto = (view: EditorView, text: string): void =>
  act(() =>
    view.dispatch({
      changes: { from: view.state.doc.length, insert: text },
      selection: { anchor: view.state.doc.length + text.length },
      userEvent: 'input.type',
    }),
  );
const changed = () => document.querySelectorAll('.diff-new, .diff-gone');

test('[KNW6] what differs from the published text is marked, and the marks can be switched off', async () => {
  await renderKnowledge({ open: 'returns' });
  expect([...changed()].map(one => one.textContent).join(' ')).toMatch(/three|two/u);
  act(() => screen.getByRole('button', { name: 'Changes' }).click());
  expect(changed()).toHaveLength(0);
});

test('[KNW6] an article that is published as it stands has nothing to mark', async () => {
  await renderKnowledge({ open: 'money' });
  expect(screen.queryByRole('button', { name: 'Changes' })).toBeNull();
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Published' }).disabled).toBe(true);
});

test('[KNW7] the toolbar and its keys do the same', async () => {
  const { editor } = await renderKnowledge({ open: 'credit' });
  const view = await editor();
  act(() => view.dispatch({ selection: { anchor: 2 } }));
  act(() => screen.getByRole('button', { name: 'Bold' }).click());
  expect(view.state.doc.toString()).toContain('**Credit**');
  act(() => void fireEvent.keyDown(view.contentDOM, { key: 'b', code: 'KeyB', keyCode: 66, ctrlKey: true }));
  expect(view.state.doc.toString()).not.toContain('**');
  act(() => screen.getByRole('button', { name: 'Heading' }).click());
  expect(view.state.doc.toString()).toMatch(/^## Credit/u);
});

test('[KNW8] the preview reads as Markdown, keeps HTML as text, loads no image and leads only to https', async () => {
  const markdown =
    '# Store\n\n**Bold** <img src=x onerror=alert(1)> and <b>tags</b>\n\n![a lamp](https://example.org/x.png)\n\n[good](https://example.org) [bad](javascript:alert(1)) [file](file:///etc/passwd)\n\n| a | b |\n| - | - |\n| 1 | 2 |';
  const { press } = await renderKnowledge({ articles: [{ docId: 'x', markdown }], open: 'x' });
  act(() => screen.getByRole('button', { name: 'Preview' }).focus());
  await press('e', { ctrlKey: true });
  const preview = await screen.findByTestId('preview', {}, { timeout: 20_000 });
  expect(within(preview).getByRole('heading', { name: 'Store' })).toBeTruthy();
  expect(within(preview).getByRole('table')).toBeTruthy();
  expect(preview.querySelector('img, b, script')).toBeNull();
  expect(preview.textContent).toContain('<b>tags</b>');
  expect(within(preview).getByText('[a lamp]')).toBeTruthy();
  const links = within(preview).getAllByRole('link');
  expect(links.map(link => link.getAttribute('href'))).toEqual(['https://example.org']);
  expect(links[0]?.getAttribute('rel')).toContain('noopener');
});

test('[KNW9] what is typed is kept after a pause, is there when it is opened again, and can be thrown away', async () => {
  const { editor, knowledge, openArticle, standing, step, clock } = await renderKnowledge({ open: 'credit' });
  typeInto(await editor(), ' Also by post.');
  expect(standing()).toBe('Not saved yet');
  expect(knowledge.askedFor('keep-unsaved-knowledge')).toHaveLength(0);
  await step(KEEP_AFTER_MS);
  await step();
  expect(standing()).toBe('Not saved yet, kept on this desk');
  expect(clock.now()).toBeGreaterThan(0);
  await openArticle('money');
  const view = await openArticle('credit');
  expect(view.state.doc.toString()).toContain('Also by post.');
  expect(screen.getByText('Not saved the last time')).toBeTruthy();
  act(() => screen.getByRole('button', { name: 'Throw it away' }).click());
  await step();
  expect((await editor()).state.doc.toString()).not.toContain('Also by post.');
  expect(knowledge.docs.get('credit')?.unsaved).toBeNull();
});

test('[KNW9] leaving an article keeps at once, and text that cannot be kept says so', async () => {
  const { editor, knowledge, openArticle, step } = await renderKnowledge({ open: 'credit' });
  typeInto(await editor(), ' One.');
  await openArticle('money');
  expect(knowledge.docs.get('credit')?.unsaved?.markdown).toContain('One.');
  knowledge.refusals.set('keep-unsaved-knowledge', {
    ...UNREACHABLE,
    code: 'storage.full',
    message: 'The disk is full.',
  });
  typeInto(await editor(), ' Two.');
  await step(KEEP_AFTER_MS);
  await step();
  expect(screen.getByText('What you type is only in this window')).toBeTruthy();
  expect(screen.getByText('storage.full')).toBeTruthy();
});

test('[KNW9] a new article becomes a draft with its first words', async () => {
  const { press, editor, knowledge, step } = await renderKnowledge();
  await press('n');
  const view = await editor();
  fireEvent.change(screen.getByRole('textbox', { name: 'Title' }), { target: { value: 'Gift cards' } });
  typeInto(view, 'They last three years.');
  await step(KEEP_AFTER_MS);
  await step();
  expect(knowledge.askedFor('save-knowledge')).toMatchObject([
    {
      docId: null,
      baseId: null,
      markdown: 'They last three years.',
      fields: { title: 'Gift cards', stage: 'draft' },
    },
  ]);
  typeInto(await editor(), ' From the day they are bought.');
  await step(KEEP_AFTER_MS);
  await step();
  expect(knowledge.askedFor('save-knowledge')).toHaveLength(1);
  expect(knowledge.askedFor('keep-unsaved-knowledge')).toHaveLength(1);
});

test('[KNW10] Ctrl+S saves from the text with the revision that was on the screen, and says what waits', async () => {
  const { editor, knowledge, press, standing, step } = await renderKnowledge({ open: 'money' });
  act(() => knowledge.tellSync({ ...LIVE_SYNC, state: { name: 'offline', sinceMs: 0 } }));
  const view = await editor();
  const before = knowledge.doc('money').headId;
  typeInto(view, ' Weekends count.');
  act(() => view.focus());
  await press('s', { ctrlKey: true });
  expect(knowledge.askedFor('save-knowledge')).toMatchObject([
    { docId: 'money', baseId: before, resolves: [] },
  ]);
  expect(standing()).toBe('Saved on this desk, 1 change waiting to sync');
  typeInto(view, ' Holidays do not.');
  await press('s', { ctrlKey: true });
  expect(standing()).toBe('Saved on this desk, 2 changes waiting to sync');
  const stored = knowledge.docs.get('money');
  if (stored) stored.waiting = 0;
  act(() => knowledge.tellSync({ ...LIVE_SYNC, waiting: 1 }));
  await step();
  expect(standing()).toBe('Saved');
});

test('[KNW10] what cannot be saved stays in the editor, is kept, and the reason is said', async () => {
  const { editor, knowledge, press, step } = await renderKnowledge({ open: 'money' });
  knowledge.refusals.set('save-knowledge', { ...UNREACHABLE, code: 'storage.full', message: 'No space.' });
  const view = await editor();
  typeInto(view, ' Weekends count.');
  await press('s', { ctrlKey: true });
  await step();
  expect(screen.getByText('Not saved')).toBeTruthy();
  expect(screen.getByText(/make room and save again/u)).toBeTruthy();
  expect(view.state.doc.toString()).toContain('Weekends count.');
  expect(knowledge.docs.get('money')?.unsaved?.markdown).toContain('Weekends count.');
  knowledge.refusals.clear();
  await press('s', { ctrlKey: true });
  expect(screen.queryByText('Not saved')).toBeNull();
  expect(knowledge.doc('money').markdown).toContain('Weekends count.');
});

test('[KNW10] what is typed while it is being saved is unsaved on top of it', async () => {
  const { editor, knowledge, console, step, standing } = await renderKnowledge({ open: 'money' });
  const view = await editor();
  typeInto(view, ' One.');
  const saving = console.knowledge.desk.save();
  const work = () => (console.knowledge.desk.state.getState() as { work?: string }).work;
  while (work() !== 'saving') await Promise.resolve();
  typeInto(view, ' Two.');
  await act(() => saving);
  await step();
  expect(view.state.doc.toString()).toMatch(/One\. Two\.$/u);
  expect(standing()).toContain('Not saved yet');
  const first = knowledge.doc('money').headId;
  await act(() => console.knowledge.desk.save());
  expect(knowledge.askedFor('save-knowledge')[1]).toMatchObject({ baseId: first });
});

test('[KNW11] text without unsaved edits follows others; text with unsaved edits stays and says what saving does', async () => {
  const { editor, knowledge, step } = await renderKnowledge({ open: 'credit' });
  const view = await editor();
  act(() => view.dispatch({ selection: { anchor: 6 } }));
  act(() => knowledge.others('credit', 'Credit is added at once and expires after a year.'));
  await step();
  expect(view.state.doc.toString()).toContain('after a year');
  expect(view.state.selection.main.head).toBe(6);
  typeInto(view, ' Ask first.');
  const base = knowledge.doc('credit').headId;
  act(() => knowledge.others('credit', 'Something else.'));
  await step();
  expect(view.state.doc.toString()).toContain('after a year. Ask first.');
  expect(screen.getByText('K. Adeyemi changed this meanwhile')).toBeTruthy();
  act(() => screen.getByRole('button', { name: /^Save/u }).click());
  await step();
  expect(knowledge.askedFor('save-knowledge')).toMatchObject([{ baseId: base }]);
  expect(screen.queryByText('K. Adeyemi changed this meanwhile')).toBeNull();
});

test('[KNW12] the history says who, when and what, shows each change, and restores one as a new revision', async () => {
  const { knowledge, step } = await renderKnowledge({ open: 'returns' });
  act(() => screen.getByRole('button', { name: 'History of this article' }).click());
  await step();
  const list = screen.getByRole('listbox', { name: 'Revisions' });
  const revisions = within(list).getAllByRole('option');
  expect(revisions).toHaveLength(2);
  expect(revisions[1]?.textContent).toContain('K. Adeyemi');
  expect(revisions[1]?.textContent).toContain('Published');
  const dialog = screen.getByRole('dialog', { name: 'History' });
  expect([...dialog.querySelectorAll('.diff-new')].map(one => one.textContent)).toContain('two');
  fireEvent.keyDown(list, { key: 'ArrowDown' });
  await step();
  act(() => within(dialog).getByRole('button', { name: 'Against the text now' }).click());
  await step();
  act(() => within(dialog).getByRole('button', { name: 'Restore this text' }).click());
  await step();
  expect(screen.queryByRole('dialog', { name: 'History' })).toBeNull();
  expect(knowledge.askedFor('save-knowledge')).toMatchObject([{ note: 'Back to the text of K. Adeyemi' }]);
  expect(knowledge.doc('returns').markdown).toContain('three working days');
  expect(knowledge.docs.get('returns')?.revisions).toHaveLength(3);
});

test('[KNW13] review is asked for and taken back; publishing saves first and is done', async () => {
  const { editor, knowledge, step } = await renderKnowledge({ open: 'credit' });
  act(() => screen.getByRole('button', { name: 'Ask for review' }).click());
  await step();
  expect(knowledge.doc('credit').fields.stage).toBe('in-review');
  act(() => screen.getByRole('button', { name: 'Back to draft' }).click());
  await step();
  typeInto(await editor(), ' Ask first.');
  act(() => screen.getByRole('button', { name: 'Publish' }).click());
  await step();
  await step();
  expect(knowledge.askedFor('sync-now')).toHaveLength(1);
  expect(knowledge.doc('credit').publishedMarkdown).toContain('Ask first.');
  expect(screen.getByRole('button', { name: 'Published' })).toBeTruthy();
});

test('[KNW13] a refused publication is said in words with its code, and the text is saved all the same', async () => {
  const { editor, knowledge, step } = await renderKnowledge({ open: 'credit' });
  knowledge.refusals.set('publish-knowledge', UNREACHABLE);
  typeInto(await editor(), ' Ask first.');
  act(() => screen.getByRole('button', { name: 'Publish' }).click());
  await step();
  await step();
  expect(screen.getByText('Not published')).toBeTruthy();
  expect(screen.getByText(/publish it when the worker is back/u)).toBeTruthy();
  expect(knowledge.doc('credit').markdown).toContain('Ask first.');
});

test('[KNW18] every colleague can own an article, by name', async () => {
  const { knowledge, step, press } = await renderKnowledge({ open: 'shipping' });
  const owner = screen.getByRole('combobox', { name: 'Owner' });
  expect(
    within(owner)
      .getAllByRole('option')
      .map(({ textContent }) => textContent),
  ).toContain('Kehinde Adeyemi');
  fireEvent.change(owner, { target: { value: 'user-adeyemi' } });
  await step();
  await press('Ctrl+S');
  await step();
  expect(knowledge.doc('shipping').fields).toMatchObject({ ownerId: 'user-adeyemi' });
});

test('[KNW18] owner, interval and the look of today are fields of the article', async () => {
  const { knowledge, step, press, clock } = await renderKnowledge({ open: 'shipping' });
  const side = within(screen.getByRole('complementary', { name: 'About this article' }));
  expect(side.getByText(/^Due since/u)).toBeTruthy();
  fireEvent.change(screen.getByRole('combobox', { name: 'Owner' }), { target: { value: 'user-maya' } });
  fireEvent.change(screen.getByRole('combobox', { name: 'Verify' }), { target: { value: '90' } });
  act(() => screen.getByRole('button', { name: 'Verified today' }).click());
  await step();
  expect(knowledge.doc('shipping').fields).toMatchObject({ ownerId: 'user-maya', verifyEveryDays: '90' });
  expect(Number(knowledge.doc('shipping').fields.verifiedAtMs)).toBeGreaterThan(clock.now() - 60_000);
  expect(side.getByText(/^Verify by/u)).toBeTruthy();
  await press('Escape');
});

test('[KNW19] archiving and deleting act at once and are taken back by Undo', async () => {
  const { console, knowledge, step } = await renderKnowledge({ open: 'credit' });
  await act(() => console.knowledge.desk.archive());
  expect(knowledge.doc('credit').fields.stage).toBe('archived');
  act(() => screen.getByRole('button', { name: 'Undo' }).click());
  await step();
  await step();
  expect(knowledge.doc('credit').fields.stage).toBe('draft');
  await act(() => console.knowledge.desk.remove());
  expect(knowledge.docs.get('credit')?.isDeleted).toBe(true);
  expect(screen.getByText('Deleted “Store credit”')).toBeTruthy();
  await step(6_500);
  act(() => screen.getByRole('button', { name: 'Undo' }).click());
  await step();
  expect(knowledge.docs.get('credit')?.isDeleted).toBe(false);
  await step();
  expect(console.knowledge.desk.state.getState().name).toBe('open');
});

test('[KNW19] what the AI answers from has no Delete before it is archived and published as that', async () => {
  const { console, press, step } = await renderKnowledge({ open: 'money' });
  const items = async (): Promise<string[]> => {
    act(() => screen.getByRole('button', { name: 'More' }).focus());
    await press('Enter');
    const found = screen.getAllByRole('menuitem').map(item => item.textContent);
    fireEvent.keyDown(screen.getByRole('menu'), { key: 'Escape' });
    await step();
    return found;
  };
  expect(await items()).not.toContain('Delete');
  await act(() => console.knowledge.desk.archive());
  expect(screen.getByText(/until you publish this as well/u)).toBeTruthy();
  expect(await items()).not.toContain('Delete');
  await act(() => console.knowledge.desk.publish());
  expect(await items()).toContain('Delete');
});
