import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { busyFloor } from '#tests/fixtures/busy-floor.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { RICH_CALL_ID } from '#tests/fixtures/rich-call.ts';

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
});

test('[UI8] the side panel shows the sentence that waits, and V stops it from the floor', async () => {
  const { desk, press, console } = await renderConsole();
  console.ui.setState({ focusedCallId: RICH_CALL_ID });
  await press('v');
  expect(desk.sent).toEqual([{ callId: RICH_CALL_ID, verb: 'veto-chunk', args: { chunkId: 'b-5' } }]);
});

test('[UI30] before the snapshot there is an outline, without calls the words of what will come', async () => {
  const { desk, step } = await renderConsole({ entries: undefined as never });
  expect(screen.getByLabelText('Loading the floor')).toBeTruthy();
  desk.push({ type: 'snapshot', position: -1, entries: [] });
  await step();
  expect(screen.getByText('No calls now')).toBeTruthy();
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
