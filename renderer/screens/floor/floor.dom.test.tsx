import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { busyFloor } from '#tests/fixtures/busy-floor.ts';
import { endedFigures } from '#tests/fixtures/listed-calls.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { JUN, RICH_CALL_ID, richCall } from '#tests/fixtures/rich-call.ts';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

const FLOOR = busyFloor(13);

test('[UI1][UI2] calls that need a person are cards with words, the others rows, and the header counts them', async () => {
  await renderConsole({ entries: FLOOR });
  const cards = screen.getByRole('region', { name: 'Needs you' });
  expect(within(cards).getAllByRole('button')).toHaveLength(3);
  expect(within(cards).getByText('Promise vetoed')).toBeTruthy();
  expect(within(cards).getByText('Asked for a person')).toBeTruthy();
  expect(screen.getByText('live').textContent).toBe('13live');
  expect(screen.getByText('need you').textContent).toBe('3need you');
  expect(screen.getByText('with a person').textContent).toBe('1with a person');
  expect(within(screen.getByRole('table')).getByText('Held by you')).toBeTruthy();
});

test('[UI3] arrows walk along the shown order and Enter opens', async () => {
  const { console, press } = await renderConsole({ entries: FLOOR });
  const { order } = console.ui.getState();
  expect(console.ui.getState().focusedCallId).toBe(order[0]);
  await press('ArrowDown');
  expect(console.ui.getState().focusedCallId).toBe(order[1]);
  await press('ArrowUp');
  await press('ArrowUp');
  expect(console.ui.getState().focusedCallId).toBe(order[0]);
  await press('ArrowDown');
  await press('Enter');
  expect(console.ui.getState().screen).toBe('call');
  expect(console.call.state.getState().callId).toBe(RICH_CALL_ID);
});

test('[UI4] of 500 calls only the rows in view exist', async () => {
  await renderConsole({ entries: busyFloor(500) });
  expect(screen.getByText('497 calls')).toBeTruthy();
  const rows = screen.getAllByRole('row').length;
  expect(rows).toBeGreaterThan(15);
  expect(rows).toBeLessThan(60);
}, 30_000);

test('[UI8] the side panel shows the sentence that waits, and V stops it from the floor', async () => {
  const { desk, press, console } = await renderConsole();
  console.ui.setState({ focusedCallId: RICH_CALL_ID });
  await press('v');
  expect(desk.sent).toEqual([{ callId: RICH_CALL_ID, verb: 'veto-chunk', args: { chunkId: 'b-5' } }]);
});

test('[UI30] before the snapshot there is an outline, without calls the words of what will come', async () => {
  const { desk, step } = await renderConsole({ entries: undefined as never });
  expect(screen.getByLabelText('Loading the floor')).toBeTruthy();
  desk.push({ type: 'snapshot', position: -1, calls: [] });
  await step();
  expect(screen.getByText('No calls now')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Look at calls that have been' }));
  await step();
  expect(screen.getByRole('heading', { name: 'History' })).toBeTruthy();
});

test('[UI67] beside the floor stands what calls do now and what became of the last hour', async () => {
  const { step } = await renderConsole({ entries: FLOOR, figures: endedFigures() });
  await step();
  const pulse = screen.getByTestId('pulse');
  const count = (name: string): number =>
    Number(within(pulse).getByText(name).parentElement?.querySelector('dd')?.textContent);
  expect(count('With a person')).toBe(1);
  expect(count('Held')).toBe(1);
  const now = [...pulse.querySelectorAll('section:first-child dd')].map(one => Number(one.textContent));
  expect(now.reduce((sum, one) => sum + one, 0)).toBe(13);
  expect(count('In good order')).toBe(8);
  expect(count('Cut off')).toBe(1);
});

test('[UI69] an agent is told that looking on is all, and who can change it', async () => {
  const { console, step } = await renderConsole({ role: 'agent' });
  const words = 'You look on. An administrator can let you listen and take over.';
  expect(screen.getByText(words)).toBeTruthy();
  act(() => console.actions.openCall(RICH_CALL_ID as never));
  await step();
  expect(within(screen.getByRole('region', { name: 'What you can do' })).getByText(words)).toBeTruthy();
});

test('[UI31] a lost worker keeps the screen and says since when', async () => {
  const { desk, step, clock } = await renderConsole({ entries: FLOOR });
  const sinceMs = clock.now();
  desk.link({ name: 'lost', sinceMs, attempt: 1, code: 'worker.unreachable', message: 'gone' });
  await step(65_000);
  expect(screen.getByText('Nothing here has changed for', { exact: false }).textContent).toContain('1:05');
  expect(screen.getByText('worker.unreachable')).toBeTruthy();
  expect(screen.getByRole('table')).toBeTruthy();
});

test('[UI32] a desk that cannot start says what happened, with its code', async () => {
  const failsWith = {
    code: 'worker.unreachable',
    message: 'Start the worker.',
    retryable: true,
    origin: 'electron',
  } as const;
  await renderConsole({ failsWith });
  expect(screen.getByText('Start the worker.')).toBeTruthy();
  expect(screen.getByText('worker.unreachable')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
});

test('[UI76] a caller on hold, or with a colleague, is shown so on the floor: in the row and on the card, with whom it is about', async () => {
  const view = await renderConsole();
  const card = () => document.querySelector(`[data-call="${RICH_CALL_ID}"]`)?.textContent ?? '';
  await view.step();
  const last = richCall().at(-1) as CallEvent;
  let seq = richCall().length;
  const happens = async (fact: object): Promise<void> => {
    const event = { ...last, seq, id: `late-${String(seq)}`, ...fact } as CallEvent;
    seq += 1;
    const entries = entriesOf([event]).map(entry => ({ ...entry, position: 20_000 + event.seq }));
    view.desk.push({ type: 'batch', entries, notices: [] });
    await view.step();
  };
  const target = '+4930200';
  await happens({ type: 'call.parked', with: 'hold', target });
  expect(card()).toContain(`On hold, transferring to ${target}`);
  // Counted once a second.
  await view.step(1_000);
  expect(within(screen.getByTestId('pulse')).getByText('In transfer')).toBeTruthy();
  await happens({ type: 'floor.changed', holder: 'human', cause: 'take-over', ...JUN });
  expect(card()).toContain(`Transferring to ${target}`);
  expect(card()).not.toContain('On hold');
  await happens({ type: 'floor.changed', holder: 'ai', cause: 'hand-back', ...JUN });
  await happens({ type: 'call.parked', with: 'colleague', target });
  expect(card()).toContain(`The caller is with ${target}`);
  await happens({ type: 'call.unparked', cause: 'colleague-left' });
  expect(card()).not.toContain(target);
});
