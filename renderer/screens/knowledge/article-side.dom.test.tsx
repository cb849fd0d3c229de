import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { FLOOR_NOW_MS } from '#tests/fixtures/busy-floor.ts';
import { UNREACHABLE } from '#tests/fixtures/fake-knowledge.ts';
import { renderKnowledge } from '#tests/fixtures/render-knowledge.tsx';

async function askAs(question: string): Promise<void> {
  const field = screen.getByRole('textbox', { name: 'Question of a caller' });
  fireEvent.change(field, { target: { value: question } });
  await act(async () => {
    fireEvent.submit(field);
    await Promise.resolve();
  });
}

test('[KNW16] the answer comes from the text on the screen, with its sources and what Lane C says', async () => {
  const { editor, knowledge, step } = await renderKnowledge({ open: 'credit' });
  knowledge.answer = {
    ...knowledge.answer,
    citations: [
      {
        docId: 'credit',
        title: 'Store credit',
        section: '',
        quote: 'Credit is added at once',
        isDraft: true,
      },
    ],
  };
  const view = await editor();
  act(() => view.dispatch({ changes: { from: 0, insert: 'New: ' } }));
  await askAs('  When do I get my credit? ');
  await step();
  expect(knowledge.askedFor('ask-knowledge')).toEqual([
    {
      question: 'When do I get my credit?',
      draft: { docId: 'credit', title: 'Store credit', markdown: view.state.doc.toString() },
    },
  ]);
  const answer = screen.getByRole('status', { name: 'Answer' });
  expect(answer.textContent).toContain('within two working days');
  expect(answer.textContent).toContain('Lane C allows it');
  expect(answer.textContent).toContain('38 ms');
  expect(within(answer).getByRole('list', { name: 'Sources of the answer' }).textContent).toContain(
    'this draft',
  );
  expect(screen.getByText(/Answers from this draft, not yet published\. Nobody hears it/u)).toBeTruthy();
  act(() => view.dispatch({ changes: { from: 0, insert: 'Newer: ' } }));
  expect(screen.getByText('The text has changed since this answer')).toBeTruthy();
});

test('[KNW16] what Lane C would stop is said with its policy, and without a worker who can answer', async () => {
  const { knowledge, step } = await renderKnowledge({ open: 'credit' });
  knowledge.answer = {
    ...knowledge.answer,
    verdicts: [{ policy: 'no-refund-promise', decision: 'veto', reason: 'promised-refund' }],
  };
  await askAs('Do I get a refund?');
  await step();
  const answer = screen.getByRole('status', { name: 'Answer' });
  expect(answer.textContent).toContain('Lane C stops it: no refund promises (promised a refund)');
  expect(answer.textContent).toContain('It rests on no article');
  knowledge.refusals.set('ask-knowledge', UNREACHABLE);
  await askAs('And now?');
  await step();
  expect(answer.textContent).toContain('Only the worker can answer');
  expect(answer.textContent).toContain('worker.unreachable');
});

test('[SYN35] without the worker the passages of this desk are shown, or that there are none', async () => {
  const { knowledge, step } = await renderKnowledge({ open: 'credit' });
  const passage = { docId: 'credit', title: 'Store credit', section: 'Store credit', isDraft: true };
  const here = { from: 'desk', snapshotId: 's', asOfMs: FLOOR_NOW_MS - 60_000 } as const;
  knowledge.answerHere = { ...here, passages: [{ ...passage, quote: 'Credit is added at once.' }] };
  await askAs('When do I get my credit?');
  await step();
  const answer = screen.getByRole('status', { name: 'Answer' });
  expect(answer.textContent).toContain('No worker: these are the passages the AI would answer from');
  const list = within(answer).getByRole('list', { name: 'Passages the AI would answer from' });
  expect(list.textContent).toBe('1Store credit this draft“Credit is added at once.”');
  expect(answer.textContent).not.toContain('Lane C');
  knowledge.answerHere = { ...here, passages: [] };
  await askAs('Do you sell horses?');
  await step();
  expect(answer.textContent).toContain('the AI would say that it does not have that information');
  expect(within(answer).queryByRole('list')).toBeNull();
});

test('[KNW17] seven bars and a sentence say how often it is spoken; vetoes lead to their sentences', async () => {
  const { step, console } = await renderKnowledge({ open: 'returns' });
  await step();
  expect(document.querySelectorAll('.usage-bars > span')).toHaveLength(7);
  expect(screen.getByText('78 answers in seven days, 3 of them interrupted')).toBeTruthy();
  expect(screen.getByText(/7 answers that cited it were stopped by no refund promises/u)).toBeTruthy();
  const list = screen.getByRole('list', { name: 'Stopped by no refund promises' });
  act(() =>
    within(list)
      .getByRole('button', { name: /You get your money back/u })
      .click(),
  );
  await step(300);
  expect(console.ui.getState().screen).toBe('call');
  expect(console.call.state.getState().callId).toBe('call-veto');
});

test('[KNW17] an article that is not spoken says so, and usage that cannot be read says why', async () => {
  const { knowledge, openArticle, step } = await renderKnowledge();
  knowledge.usage = {
    days: knowledge.usage.days.map(day => ({ ...day, answers: 0, interrupted: 0 })),
    vetoes: [],
  };
  await openArticle('credit');
  await step();
  expect(screen.getByText('Not spoken in seven days')).toBeTruthy();
  expect(screen.queryByText('Vetoes this could prevent')).toBeNull();
  knowledge.refusals.set('get-knowledge-usage', UNREACHABLE);
  await openArticle('money');
  await step();
  expect(screen.getByText(/The worker counts the answers, and cannot be reached/u)).toBeTruthy();
});
