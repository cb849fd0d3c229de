import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { FakeKnowledge, LIVE_SYNC, UNREACHABLE, type SeedArticle } from '#tests/fixtures/fake-knowledge.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { renderKnowledge } from '#tests/fixtures/render-knowledge.tsx';

const rows = () => screen.getAllByRole('option');
const row = (name: string): HTMLElement => {
  const found = rows().find(one => one.textContent.includes(name));
  if (!found) throw new Error(`no row ${name}`);
  return found;
};

test('[KNW1] a row says title, passage, where it stands, who edited it when, and what waits', async () => {
  await renderKnowledge();
  expect(row('Returns and refunds').textContent).toContain('Conflict');
  expect(row('Returns and refunds').textContent).toContain('Waiting to sync');
  expect(row('When money reaches').textContent).toContain('Approved');
  expect(row('When money reaches').textContent).toContain('K. Adeyemi, edited');
  expect(row('Store credit').textContent).toContain('Draft, on this desk');
  expect(row('Shipping times').textContent).toContain('Due');
});

test('[KNW1] of ten thousand articles the rows in view exist', async () => {
  const articles = Array.from({ length: 10_000 }, (_, at): SeedArticle => ({
    docId: `doc-${at}`,
    markdown: `Text of article ${at} that goes on for a while, longer than a line of the column.`,
  }));
  await renderKnowledge({ articles });
  expect(rows().length).toBeLessThan(40);
  expect(rows()[0]?.getAttribute('aria-setsize')).toBe('10000');
});

test('[KNW2] what is typed is searched, marked, timed; a late answer to an older question is not shown', async () => {
  const { step, console } = await renderKnowledge();
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'refund' } });
  await step(100);
  expect(rows().map(one => within(one).getAllByText(/refund/iu)[0]?.tagName)).toContain('MARK');
  expect(rows()).toHaveLength(4);
  expect(screen.getByText('4 ms')).toBeTruthy();
  expect(screen.getByText('4 articles found')).toBeTruthy();
  await act(async () => {
    const first = console.knowledge.list.ask({ query: 'photo' });
    const second = console.knowledge.list.ask({ query: 'credit' });
    await Promise.all([first, second]);
  });
  expect(rows()).toHaveLength(1);
  expect(row('Store credit')).toBeTruthy();
});

test('[KNW3] chips count whatever is searched, and those without an article are not there', async () => {
  const { step } = await renderKnowledge();
  const chips = () => within(screen.getByRole('group', { name: 'Which articles' })).getAllByRole('button');
  expect(chips().map(chip => chip.textContent)).toEqual([
    'All 5',
    'Draft 2',
    'Approved 3',
    'Due 1',
    'Conflict 1',
    'Waiting 2',
  ]);
  act(() => screen.getByRole('button', { name: 'Due 1' }).click());
  await step(100);
  expect(rows()).toHaveLength(1);
  expect(screen.getByRole('button', { name: 'Due 1' }).getAttribute('aria-pressed')).toBe('true');
});

test('[KNW4] loading, empty, no match and unreadable each say so and offer the next step', async () => {
  const empty = await renderKnowledge({ articles: [] });
  expect(screen.getByText('No articles yet')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Write the first article' })).toBeTruthy();
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nothing like it' } });
  await empty.step(100);
  expect(screen.getByText('No article matches')).toBeTruthy();
  empty.unmount();
  const failing = await renderKnowledge();
  failing.knowledge.refusals.set('list-knowledge', {
    ...UNREACHABLE,
    code: 'storage.failed',
    message: 'The disk failed.',
  });
  await act(() => failing.console.knowledge.list.read());
  expect(screen.getByText(/What you see was read before/u)).toBeTruthy();
  expect(rows()).toHaveLength(5);
});

test('[KNW4] without any answer yet the outline of the list is shown, and a first failure can be tried again', async () => {
  const view = await renderConsole({ role: 'admin' });
  await view.press('u');
  expect(screen.getByRole('status', { name: 'Loading the knowledge' })).toBeTruthy();
  await view.step(200);
  expect(screen.getByText('The knowledge cannot be read')).toBeTruthy();
  new FakeKnowledge(view.desk, [{ docId: 'one', markdown: 'One.' }]);
  act(() => screen.getByRole('button', { name: 'Try again' }).click());
  await view.step(100);
  expect(rows()).toHaveLength(1);
});

test('[KNW5] arrows go along the list and open, Enter writes, N begins, / searches, Escape leaves text and then screen', async () => {
  const { press, editor, console } = await renderKnowledge();
  await press('ArrowDown');
  await press('ArrowDown');
  await editor();
  expect(row('When money reaches').getAttribute('aria-selected')).toBe('true');
  await press('Enter');
  expect(document.activeElement?.id).toBe('article-text');
  await press('Escape');
  expect(document.activeElement).toBe(document.body);
  await press('n');
  await editor();
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Title' }).value).toBe('');
  await press('/');
  expect(document.activeElement).toBe(screen.getByRole('searchbox'));
  await press('Escape');
  act(() => (document.activeElement as HTMLElement).blur());
  await press('Escape');
  expect(console.ui.getState().screen).toBe('floor');
});

test('[KNW5] the way there is in the rail with what waits for this person, and in the palette', async () => {
  const { knowledge, step, press, console } = await renderKnowledge();
  expect(screen.getByRole('button', { name: 'Knowledge, 1 waiting for you' })).toBeTruthy();
  const refused = [{ id: 'r', docId: 'credit', title: 'Store credit', reason: 'not allowed', atMs: 0 }];
  act(() => knowledge.tellSync({ ...LIVE_SYNC, state: { name: 'refused', count: 1 }, refused }));
  await step(200);
  expect(screen.getByRole('button', { name: 'Knowledge, 2 waiting for you' })).toBeTruthy();
  await press('Escape');
  await press('k', { ctrlKey: true });
  fireEvent.change(screen.getByRole('combobox', { name: 'Do anything' }), { target: { value: 'knowledge' } });
  await press('Enter');
  expect(console.ui.getState().screen).toBe('knowledge');
  await press('k', { ctrlKey: true });
  fireEvent.change(screen.getByRole('combobox', { name: 'Do anything' }), {
    target: { value: 'new article' },
  });
  await press('Enter');
  expect(console.knowledge.desk.state.getState().name).toBe('open');
});

test('[KNW24] who may not edit has no way to begin, import or publish, and is told whom to ask', async () => {
  const { editor, press } = await renderKnowledge({ role: 'agent', open: 'credit' });
  const view = await editor();
  expect(view.state.readOnly).toBe(true);
  for (const name of ['Publish', 'Ask for review', 'New', 'Import files', 'Verified today'])
    expect(screen.queryByRole('button', { name: new RegExp(`^${name}`, 'u') })).toBeNull();
  expect(screen.getByRole('button', { name: 'Export all articles' })).toBeTruthy();
  await press('n');
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Title' }).value).toBe('Store credit');
});

test('[KNW24] who may edit and not publish has everything but the publish button', async () => {
  await renderKnowledge({ role: 'supervisor', open: 'credit' });
  expect(screen.queryByRole('button', { name: 'Publish' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Ask for review' })).toBeTruthy();
});
