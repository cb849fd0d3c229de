import { act, fireEvent, screen } from '@testing-library/react';
import { EditorView } from '@codemirror/view';
import { expect, test } from 'vitest';
import { FakeKnowledge, UNREACHABLE } from '#tests/fixtures/fake-knowledge.ts';
import { MAYA, richCall } from '#tests/fixtures/rich-call.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import '#tests/fixtures/render-knowledge.tsx';

const RETURNS = {
  docId: 'doc-returns',
  published: 'A refund request is answered within two working days.',
  markdown: 'A refund request is answered within two working days.',
  fields: { title: 'Returns and refunds' },
};

async function inCall(role: 'admin' | 'agent' = 'admin') {
  const made: { knowledge?: FakeKnowledge } = {};
  const view = await renderConsole({ role }, 'call', desk => {
    made.knowledge = new FakeKnowledge(desk, [RETURNS]);
  });
  const { knowledge } = made;
  if (!knowledge) throw new Error('no knowledge was made');
  return { ...view, knowledge };
}
const panel = () => screen.getByRole('tabpanel');

test('[KNW23] J leads from a spoken word to its sentence, passage, author, policies and times, and steps go on by keys', async () => {
  const { press, step, console } = await inCall();
  await press('j');
  await step();
  expect(screen.getByRole('tab', { name: 'Word' }).getAttribute('aria-selected')).toBe('true');
  expect(panel().textContent).toContain('Where it comes from');
  expect(panel().textContent).toContain('What each policy said');
  expect(panel().textContent).toContain('Draft to verdict');
  const before = console.ui.getState().trace;
  act(() => screen.getByRole('button', { name: 'Word before' }).click());
  expect(console.ui.getState().trace).not.toEqual(before);
});

test('[KNW23] a quoted word says who wrote its passage and leads to the article', async () => {
  const { step, console } = await inCall();
  const { chunks } = console.call.state.getState().timeline;
  const chunk = Object.values(chunks).find(one =>
    one.citations.some(({ sourceId }) => sourceId === 'doc-returns'),
  );
  const offset = chunk?.text.indexOf('two working days') ?? -1;
  expect(offset).toBeGreaterThan(0);
  act(() => console.ui.setState({ trace: { chunkId: chunk?.chunkId ?? '', offset }, tab: 'word' }));
  await step();
  expect(panel().textContent).toContain('Word for word from this passage');
  expect(panel().textContent).toContain('Written by K. Adeyemi');
  act(() => screen.getByRole('button', { name: /^Open the article Returns/u }).click());
  await step();
  expect(console.ui.getState().screen).toBe('knowledge');
  expect(console.knowledge.desk.state.getState()).toMatchObject({
    name: 'open',
    doc: { docId: 'doc-returns' },
  });
});

test('[KNW23] a click on a spoken word finds it, and a click while text is selected does not', async () => {
  const { console, step } = await inCall();
  const chunk = document.querySelector<HTMLElement>('[data-chunk][data-state=spoken]');
  const node = chunk?.firstChild;
  if (!chunk || !node) throw new Error('nothing was spoken');
  document.caretPositionFromPoint = () => ({ offsetNode: node, offset: 3, getClientRect: () => null });
  fireEvent.click(chunk);
  await step();
  expect(console.ui.getState().trace).toEqual({ chunkId: chunk.dataset['chunk'], offset: 3 });
  act(() => console.ui.setState({ trace: null }));
  window.getSelection()?.selectAllChildren(chunk);
  fireEvent.click(chunk);
  expect(console.ui.getState().trace).toBeNull();
});

test('[KNW22] a citation is fixed for this call without leaving it, and kept as a draft as well', async () => {
  const { console, knowledge, step } = await inCall();
  act(() => console.ui.setState({ tab: 'sources' }));
  act(() => screen.getByRole('button', { name: /^Fix Returns/u }).click());
  await step();
  const dialog = screen.getByRole('dialog', { name: 'Fix for this call' });
  const box = await screen.findByTestId('code-editor', {}, { timeout: 20_000 });
  const view = EditorView.findFromDOM(box);
  act(() => view?.dispatch({ changes: { from: 0, insert: 'Now: ' } }));
  knowledge.refusals.set('patch-call-knowledge', {
    ...UNREACHABLE,
    code: 'call.already-ended',
    message: 'The call has ended.',
  });
  act(() => screen.getByRole('button', { name: 'Use in this call' }).click());
  await step();
  expect(dialog.textContent).toContain('The call has ended. call.already-ended');
  knowledge.refusals.clear();
  act(() => screen.getByRole('button', { name: 'Use in this call' }).click());
  await step();
  await step();
  const text = `Now: ${RETURNS.markdown}`;
  expect(knowledge.askedFor('patch-call-knowledge')[1]).toMatchObject({
    callId: 'call-elena',
    docId: 'doc-returns',
    title: 'Returns and refunds',
    markdown: text,
  });
  expect(knowledge.doc('doc-returns').markdown).toBe(text);
  expect(knowledge.doc('doc-returns').publishedMarkdown).toBe(RETURNS.markdown);
  expect(console.ui.getState().screen).toBe('call');
  expect(screen.getByText('Used in this call from its next answer on, and in no other')).toBeTruthy();
});

test('[KNW22] from the editor one of the running calls is chosen', async () => {
  const { console, knowledge, press, step } = await inCall();
  act(() => console.actions.openArticle('doc-returns'));
  await step();
  await screen.findByTestId('code-editor', {}, { timeout: 20_000 });
  const more = screen.getByRole('button', { name: 'More' });
  act(() => more.focus());
  await press('Enter');
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Use in a running call' }));
  await step();
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Use in this call' }).disabled).toBe(true);
  act(() => screen.getByRole('radio', { name: /Elena Fischer/u }).click());
  act(() => screen.getByRole('button', { name: 'Use in this call' }).click());
  await step();
  expect(knowledge.askedFor('patch-call-knowledge')).toMatchObject([
    { callId: 'call-elena', docId: 'doc-returns' },
  ]);
  expect(knowledge.askedFor('save-knowledge')).toHaveLength(0);
});

test('[KNW22] who may not edit is offered no fix', async () => {
  const { console } = await inCall('agent');
  act(() => console.ui.setState({ tab: 'sources' }));
  expect(screen.queryByRole('button', { name: /^Fix Returns/u })).toBeNull();
  expect(screen.getByRole('button', { name: /^Open the article Returns/u })).toBeTruthy();
});

test('[KNW22] the call shows of which articles it has a text of its own, and who gave it', async () => {
  const { console, desk, step, knowledge } = await inCall();
  const { timeline } = console.call.state.getState();
  const event = {
    ...richCall()[0],
    id: 'patched',
    type: 'knowledge.patched',
    seq: timeline.lastSeq + 1,
    patchId: 'p',
    docId: 'doc-returns',
    title: 'Returns and refunds',
    markdown: 'x',
    publishedId: knowledge.doc('doc-returns').publishedId,
    snapshotId: 's',
    ...MAYA,
  } as unknown as CallEvent;
  act(() => desk.push({ type: 'batch', entries: [{ position: 100_000, event }], notices: [] }));
  await step(50);
  expect(screen.getByTestId('own-texts').textContent).toBe('Own text: Returns and refunds');
  expect(screen.getByTestId('own-texts').title).toContain('Maya Rossi');
  knowledge.others('doc-returns', 'Refunds take three working days.');
  await step(50);
  expect(screen.getByTestId('own-texts')).toBeTruthy();
  knowledge.publishes('doc-returns');
  await step(50);
  expect(screen.queryByTestId('own-texts')).toBeNull();
});
