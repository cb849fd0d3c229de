import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { RICH_CALL_ID, takenOverCall } from '#tests/fixtures/rich-call.ts';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';

async function onTheLine() {
  const view = await renderConsole({ entries: entriesOf(takenOverCall()), notices: [] }, 'call');
  await view.press('4');
  await view.step();
  view.audio.speak();
  await view.step();
  return view;
}

test('[SUP56] on the line the newest suggestion comes first, with verdict and sources; a refused one cannot be used', async () => {
  await onTheLine();
  expect(screen.getByRole('tab', { name: 'Suggestions' }).getAttribute('aria-selected')).toBe('true');
  const cards = screen.getAllByRole('article');
  expect(cards.map(card => card.querySelector('p')?.textContent)).toEqual([
    'I can open a refund request for you. Could you send us a photo of the box?',
    'Would you rather have a replacement lamp? It could leave today.',
    'You will have your money back today, I promise.',
  ]);
  expect(cards[0]?.textContent).toContain('From Damaged on arrival');
  expect(cards[2]?.textContent).toContain('Do not say this. No refund promises: promised a refund');
  expect(within(cards[2] as HTMLElement).queryByRole('button')).toBeNull();
});

test('[SUP56] one key uses a suggestion, which then says so and loses its key', async () => {
  const { press, desk, console, step } = await onTheLine();
  await press('2', { altKey: true, code: 'Digit2' });
  expect(desk.sent.at(-1)).toMatchObject({
    callId: RICH_CALL_ID,
    verb: 'use-suggestion',
    args: { suggestionId: 'suggestion-2' },
  });
  const { lastSeq } = console.call.state.getState().timeline;
  const [last] = takenOverCall().slice(-1);
  if (!last) throw new Error('the call has events');
  desk.push({
    type: 'batch',
    notices: [],
    entries: [
      {
        position: 100_000,
        event: {
          ...last,
          id: 'used-1',
          seq: lastSeq + 1,
          type: 'suggestion.used',
          suggestionId: 'suggestion-2',
          text: 'Would you rather have a replacement lamp? It could leave today.',
          userId: 'user-maya',
          userName: 'Maya',
        } as never,
      },
    ],
  });
  await step();
  expect(screen.getByText('Used; the AI counts it as said')).toBeTruthy();
  await press('2', { altKey: true, code: 'Digit2' });
  expect(desk.sent.filter(({ verb }) => verb === 'use-suggestion')).toHaveLength(1);
});

test('[SUP57] what the host before suggested is shown as old and has no key; what comes then is fresh', async () => {
  const { desk, console, step, press } = await onTheLine();
  const [drafted] = takenOverCall()
    .filter(event => event.type === 'suggestion.drafted')
    .slice(-1);
  if (!drafted) throw new Error('the call has suggestions');
  const { lastSeq } = console.call.state.getState().timeline;
  const push = async (at: number, event: object): Promise<void> => {
    const told = { ...drafted, id: `late-${String(at)}`, seq: lastSeq + at, ...event } as never;
    desk.push({ type: 'batch', notices: [], entries: [{ position: 100_000 + at, event: told }] });
    await step();
  };
  await push(1, { type: 'call.resumed', host: 'host-2', gapMs: 900 });
  const cards = screen.getAllByRole('article');
  expect(cards[0]?.textContent).toContain('From before the interruption; the caller may have gone on');
  for (const card of cards) expect(within(card).queryByRole('button')).toBeNull();
  await press('1', { altKey: true, code: 'Digit1' });
  expect(desk.sent.filter(({ verb }) => verb === 'use-suggestion')).toEqual([]);
  await push(2, { suggestionId: 'fresh', decision: 'allow', veto: null, text: 'A lamp leaves today.' });
  const [first, second] = screen.getAllByRole('article');
  expect(first?.textContent).not.toContain('interruption');
  expect(within(first as HTMLElement).getByRole('button')).toBeTruthy();
  expect(second?.textContent).toContain('From before the interruption');
});
