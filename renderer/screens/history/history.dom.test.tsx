import { screen, within } from '@testing-library/react';
import { act } from 'react';
import { expect, test } from 'vitest';
import { listedCalls } from '#tests/fixtures/listed-calls.ts';
import { LONG_CALL_ID, longCall } from '#tests/fixtures/long-call.ts';
import { recordedCall, recordedShape, RICH_CALL_ID } from '#tests/fixtures/rich-call.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';

const UNREACHABLE = {
  code: 'worker.unreachable',
  message: 'The worker cannot be reached. It is tried again.',
  retryable: true,
  origin: 'electron',
} as const;

async function openHistory(options: Parameters<typeof renderConsole>[0] = {}) {
  const view = await renderConsole(options);
  await view.press('h');
  return view;
}

test('[HIS1] the list says of each call when, who, what and how it ended', async () => {
  const { step } = await openHistory({ history: listedCalls(3) });
  await step(300);
  const rows = screen.getAllByRole('row').slice(1);
  expect(rows).toHaveLength(3);
  expect(within(rows[0] as HTMLElement).getByText('Caller 0')).toBeTruthy();
  expect(rows[1]?.textContent).toContain('A person took over · One sentence stopped');
  expect(rows[1]?.textContent).toContain('The caller hung up');
  expect(within(rows[0] as HTMLElement).getByLabelText('Recorded')).toBeTruthy();
});

test('[HIS1] ten thousand calls: the rows in view exist, and older pages are read as they come near', async () => {
  const { step, console } = await openHistory({ history: listedCalls(10_000) });
  await step(300);
  expect(screen.getAllByRole('row').length).toBeLessThan(60);
  expect(console.history.state.getState().calls).toHaveLength(100);
  await act(() => console.history.more());
  expect(console.history.state.getState().calls).toHaveLength(200);
  expect(new Set(console.history.state.getState().calls.map(call => call.id)).size).toBe(200);
});

test('[HIS2] search and filters ask anew, and a late answer to an older question is not shown', async () => {
  const { step, console } = await openHistory({ history: listedCalls(30) });
  await step(300);
  await act(async () => {
    const first = console.history.ask({ query: 'Caller 2' });
    const second = console.history.ask({ query: 'Caller 29' });
    await Promise.all([first, second]);
  });
  await step(300);
  expect(console.history.state.getState().calls.map(call => call.displayName)).toEqual(['Caller 29']);
  screen.getByRole('button', { name: 'Sentences stopped' }).click();
  await step(300);
  expect(screen.getByText('No call matches')).toBeTruthy();
  screen.getByRole('button', { name: 'Show all calls' }).click();
  await step(300);
  expect(console.history.state.getState().calls).toHaveLength(30);
});

test('[HIS9] loading, empty and unreadable each say so and offer the next step', async () => {
  const empty = await openHistory({ history: [] });
  expect(screen.getByRole('status', { name: 'Loading the history' })).toBeTruthy();
  await empty.step(300);
  expect(screen.getByText('No calls yet')).toBeTruthy();
  empty.unmount();
  const failed = await openHistory({ callsFail: UNREACHABLE });
  await failed.step(300);
  expect(screen.getByText('The history cannot be read')).toBeTruthy();
  expect(screen.getByText('worker.unreachable')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
});

test('[HIS3][HIS4] a call of the history opens read-only, is walked through, and Escape goes back to the list', async () => {
  const history = listedCalls(1).map(call => ({ ...call, id: LONG_CALL_ID as never }));
  const { press, step, console } = await openHistory({ history, stored: longCall(200) });
  await step(300);
  await press('Enter');
  await step(100);
  expect(screen.queryByRole('region', { name: 'What you can do' })).toBeNull();
  const slider = screen.getByRole('slider', { name: 'Position in the call' });
  expect(screen.getByRole('log').textContent).toContain('Question number 10');
  const { connectedAtMs } = console.call.state.getState().timeline;
  act(() => console.replay.seek((connectedAtMs ?? 0) + 10_000));
  await step();
  expect(screen.getByRole('log').textContent).toContain('Question number 0');
  expect(screen.getByRole('log').textContent).not.toContain('Question number 10');
  expect(slider.getAttribute('aria-valuetext')).toMatch(/^0:10 of /u);
  await press('ArrowRight');
  expect(slider.getAttribute('aria-valuetext')).toMatch(/^0:15 of /u);
  await press('Escape');
  expect(screen.getByRole('heading', { name: 'History' })).toBeTruthy();
});

test('[HIS5] space plays and pauses, and a call without a recording says so', async () => {
  const history = listedCalls(1).map(call => ({ ...call, id: LONG_CALL_ID as never }));
  const view = await openHistory({ history, stored: longCall(200) });
  view.recording.refusal = { code: 'recording.none', message: 'none', retryable: false, origin: 'worker' };
  await view.step(300);
  await view.press('Enter');
  await view.step(100);
  await view.press(' ');
  expect(screen.getByRole('button', { name: /^Pause/u })).toBeTruthy();
  expect(screen.getByText('No sound: this call was not recorded')).toBeTruthy();
  await view.press(' ');
  expect(screen.getByRole('button', { name: /^Play/u })).toBeTruthy();
});

test('[HIS7] on a running call looking back says how far, keeps the dock, and L returns', async () => {
  const { press, step, console } = await renderConsole({}, 'call');
  act(() => console.replay.skip(-23_000));
  await step();
  expect(screen.getByText('Behind live by 0:23')).toBeTruthy();
  expect(screen.getByRole('button', { name: /^Take over/u })).toBeTruthy();
  await press('l');
  expect(screen.queryByText(/^Behind live/u)).toBeNull();
});

test('[HIS5] the slider has its own keys, and the console keeps the others', async () => {
  const history = listedCalls(1).map(call => ({ ...call, id: LONG_CALL_ID as never }));
  const { press, step, console } = await openHistory({ history, stored: longCall(200) });
  await step(300);
  await press('Enter');
  await step(100);
  act(() => screen.getByRole('slider', { name: 'Position in the call' }).focus());
  await press('ArrowLeft');
  expect(console.replay.state.getState().atMs).toBeNull();
  await press('Escape');
  expect(screen.getByRole('heading', { name: 'History' })).toBeTruthy();
});

test('[REC14] a recorded call shows its shape as the track of the slider, with a person, what was left out and who joined', async () => {
  const history = listedCalls(1).map(call => ({ ...call, id: RICH_CALL_ID as never }));
  const { press, step, recording, container } = await openHistory({
    history,
    stored: [...recordedCall()],
    entries: [],
    role: 'admin',
  });
  recording.shape = recordedShape();
  await step(300);
  await press('Enter');
  await step(100);
  const slider = screen.getByRole('slider', { name: 'Position in the call' });
  const shape = slider.parentElement?.querySelector('svg');
  const sides = [...(shape?.querySelectorAll('path[data-side]') ?? [])].map(path =>
    path.getAttribute('data-side'),
  );
  expect(sides).toEqual(['caller', 'heard', 'human']);
  expect(shape?.querySelectorAll('[data-mark=hushed]')).toHaveLength(1);
  expect(shape?.querySelectorAll('[data-mark=joined]')).toHaveLength(2);
  expect(container.querySelector('.recording-shape')?.getAttribute('aria-hidden')).toBe('true');
  slider.focus();
  await press('ArrowLeft');
  expect(slider.getAttribute('aria-valuetext')).toMatch(/^3:0\d of /u);
});

test('[REC10][REC14] who may not play recordings asks for none of their shapes', async () => {
  const history = listedCalls(1).map(call => ({ ...call, id: RICH_CALL_ID as never }));
  const { press, step, recording } = await openHistory({
    history,
    stored: [...recordedCall()],
    entries: [],
    role: 'supervisor',
  });
  recording.shape = recordedShape();
  await step(300);
  await press('Enter');
  await step(100);
  expect(recording.asked).not.toContain('peaks');
  expect(document.querySelector('.recording-shape')).toBeNull();
});
