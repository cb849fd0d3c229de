import { act, fireEvent, screen, within } from '@testing-library/react';
import type { EditorView } from '@codemirror/view';
import { expect, test } from 'vitest';
import { SHOP_ARTICLES, UNREACHABLE, type LIVE_SYNC } from '#tests/fixtures/fake-knowledge.ts';
import { SHOP_POLICIES } from '#tests/fixtures/policy-articles.ts';
import { renderKnowledge, type KnowledgeOptions } from '#tests/fixtures/render-knowledge.tsx';
import '#renderer/screens/knowledge/open-policy-pane.tsx';

async function renderPolicies(options: KnowledgeOptions = {}) {
  const view = await renderKnowledge({ articles: [...SHOP_ARTICLES, ...SHOP_POLICIES], ...options });
  act(() => screen.getByRole('button', { name: /^Policies/u }).click());
  await view.step(200);
  return view;
}
const rows = () => screen.getAllByRole('option').map(row => row.textContent);
const typeOver = (view: EditorView, from: string, to: string): void => {
  const at = view.state.doc.toString().indexOf(from);
  if (at < 0) throw new Error(`the text has no ${from}`);
  act(() =>
    view.dispatch({ changes: { from: at, to: at + from.length, insert: to }, userEvent: 'input.type' }),
  );
};
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

test('[POL70] the list says of each policy whether it is in force, changed, in conflict or waiting, apart from the articles', async () => {
  const { console } = await renderPolicies();
  expect(rows()).toHaveLength(4);
  expect(rows().find(row => row.startsWith('shop'))).toMatch(/Changed, on this desk.*Waiting to sync/u);
  expect(rows().find(row => row.startsWith('calls'))).toContain('In force');
  expect(rows().find(row => row.startsWith('sale'))).toContain('Conflict');
  expect(rows().find(row => row.startsWith('winter'))).toContain('Not in force yet');
  // The badge counts both lists, whichever is shown.
  expect(button('Articles 1 conflict')).toBeTruthy();
  act(() => button('Articles 1 conflict').click());
  expect(await screen.findByRole('button', { name: 'Policies 1 conflict' })).toBeTruthy();
  act(() => console.knowledge.openDoc('policy.calls'));
  expect(await screen.findByRole('heading', { name: 'calls' })).toBeTruthy();
  expect(rows()).toHaveLength(4);
});

test('[POL71] faults stand at their clause and are told without a worker; nothing broken can be put in force', async () => {
  const { openArticle, knowledge } = await renderPolicies();
  knowledge.tellSync({ state: { name: 'offline' } as typeof LIVE_SYNC.state });
  const view = await openArticle('policy.winter');
  expect(screen.getByTestId('faults').textContent).toBe('2 faults, see the clause');
  expect(document.querySelector('.clause-fault-note')?.textContent).toContain(
    'phrases[0]: has 1 characters; expected at least 2 characters',
  );
  expect(button('Put in force').disabled).toBe(true);
  expect(button('Try on past calls').disabled).toBe(true);
  typeOver(view, '["a"],\n  "more": 1', '["snow"]');
  expect(screen.getByTestId('faults').textContent).toBe('1 clause, no fault');
  expect(document.querySelector('.clause-fault-note')).toBeNull();
  expect(button('Put in force').disabled).toBe(false);
  typeOver(view, '"no-snow"', '"no-snow');
  expect(document.querySelector('.clause-fault-note')?.textContent).toContain('is no JSON');
});

test('[POL72] putting in force asks once, names what changes, and is refused in words without a worker', async () => {
  const { openArticle, knowledge, step } = await renderPolicies();
  await openArticle('policy.shop');
  act(() => button('Put in force').click());
  const sheet = within(screen.getByRole('dialog', { name: 'Put in force' }));
  expect(
    within(sheet.getByRole('list'))
      .getAllByRole('listitem')
      .map(item => item.textContent),
  ).toEqual(['no-refund-promiseChanged', 'no-guaranteeNew', 'grounded-figuresNo longer there']);
  act(() => sheet.getByRole('button', { name: 'Cancel' }).click());
  expect(knowledge.askedFor('publish-knowledge')).toHaveLength(0);
  knowledge.refusals.set('publish-knowledge', UNREACHABLE);
  act(() => button('Put in force').click());
  act(() => within(screen.getByRole('dialog')).getByRole('button', { name: 'Put in force' }).click());
  await step(200);
  expect(screen.getByText('Not put in force').parentElement?.textContent).toContain('needs the worker');
  knowledge.refusals.clear();
  act(() => button('Put in force').click());
  act(() => within(screen.getByRole('dialog')).getByRole('button', { name: 'Put in force' }).click());
  await step(200);
  expect(knowledge.askedFor('publish-knowledge').at(-1)).toMatchObject({ docId: 'policy.shop' });
  expect(button('In force').disabled).toBe(true);
});

test('[POL73] a text is tried on past calls as it stands on the screen', async () => {
  const { openArticle, console } = await renderPolicies();
  await openArticle('policy.shop');
  act(() => button('Try on past calls').click());
  expect(console.ui.getState().screen).toBe('history');
  expect(JSON.parse(console.archive.state.getState().draft)).toMatchObject({
    name: 'shop',
    policies: [{ name: 'no-refund-promise' }, { name: 'topic-bounds' }, { name: 'no-guarantee' }],
  });
});

test('[POL74] without the right a policy is read and says whom to ask', async () => {
  const { openArticle } = await renderPolicies({ role: 'supervisor' });
  const view = await openArticle('policy.shop');
  expect(view.state.readOnly).toBe(true);
  expect(screen.getByTestId('standing').textContent).toContain('An admin can give you the right');
  for (const name of ['Put in force', 'Try on past calls', 'More', 'New'])
    expect(screen.queryByRole('button', { name })).toBeNull();
});

test('[POL70] a new policy has a name that verdicts can give, and begins as a text without a fault', async () => {
  const { knowledge, step } = await renderPolicies();
  act(() => button('New').click());
  const name = screen.getByRole('textbox', { name: 'Name, as it stands in verdicts' });
  fireEvent.change(name, { target: { value: 'Big Sale' } });
  act(() => button('Begin').click());
  expect(screen.getByText(/small letters, digits and dashes/u)).toBeTruthy();
  fireEvent.change(name, { target: { value: 'shop' } });
  expect(screen.getByText(/There is a policy of this name/u)).toBeTruthy();
  fireEvent.change(name, { target: { value: 'big-sale' } });
  act(() => button('Begin').click());
  await step(200);
  expect(knowledge.askedFor('save-knowledge')).toMatchObject([{ docId: 'policy.big-sale', baseId: null }]);
  expect(await screen.findByRole('heading', { name: 'big-sale' })).toBeTruthy();
  expect(screen.getByTestId('faults').textContent).toBe('1 clause, no fault');
});
