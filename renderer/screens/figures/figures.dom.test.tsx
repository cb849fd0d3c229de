import { screen } from '@testing-library/react';
import { act } from 'react';
import { expect, test } from 'vitest';
import type { CallFigures } from '#shared/domain/call-figures.ts';
import { NO_FIGURES } from '#shared/projections/fold-figures.ts';
import { FLOOR_NOW_MS } from '#tests/fixtures/busy-floor.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';

const CALLS: readonly CallFigures[] = [
  {
    ...NO_FIGURES,
    outcome: 'succeeded',
    firstAudioMs: [260],
    turnLatencyMs: [1300],
    toolMs: { lookup_order: [12] },
  },
  { ...NO_FIGURES, outcome: 'cut-off', escalated: true, judgedChunks: 4, vetoedChunks: 1 },
];
const figures = CALLS.map((call, at) => ({ endedAtMs: FLOOR_NOW_MS - 60_000 * (at + 1), figures: call }));

async function openFigures(options: Parameters<typeof renderConsole>[0] = {}) {
  const view = await renderConsole(options);
  await view.press('i');
  await view.step();
  return view;
}

const rowOf = (name: string): string =>
  screen.getByRole('rowheader', { name }).closest('tr')?.textContent ?? '';

test('[MET9] each figure stands with its goal, in words where it is missed', async () => {
  await openFigures({ figures });
  expect(screen.getByText('2 calls')).toBeTruthy();
  expect(rowOf('First sound after the caller')).toContain('260 msgoal 400');
  expect(rowOf('Answer after the caller')).toContain('1300 msover 1200');
  expect(rowOf('Silence after an interruption')).toContain('nothing yet');
  expect(rowOf('Tool: lookup order')).toContain('12 ms');
  expect(rowOf('Ended in good order')).toContain('50.0 %');
  expect(rowOf('Stopped by a policy')).toContain('25.0 %');
  expect(rowOf('Found in the knowledge')).toContain('nothing yet');
});

test('[MET9] without an ended call the screen says what will appear', async () => {
  await openFigures();
  expect(screen.getByText('Nothing to count yet')).toBeTruthy();
});

test('[MET9] figures that cannot be read say why, and what was read before stays', async () => {
  const error = {
    code: 'worker.unreachable',
    message: 'The worker cannot be reached. It is tried again.',
    retryable: true,
    origin: 'electron',
  } as const;
  const view = await openFigures({ figuresFail: error });
  expect(screen.getByText('The figures cannot be read')).toBeTruthy();
  view.stop();
  view.unmount();
  const other = await openFigures({ figures });
  other.desk.failFigures(error);
  await other.step(15_000);
  expect(screen.getByText(/What you see was read before\./u)).toBeTruthy();
  expect(screen.getByText('2 calls')).toBeTruthy();
});

test('[MET9] another window is read at once, and an old answer is not shown for it', async () => {
  const view = await openFigures({ figures });
  act(() => screen.getByRole('button', { name: 'Last 7 days' }).click());
  await view.step();
  expect(view.console.figures.state.getState()).toMatchObject({ window: 'week', status: { name: 'ready' } });
  expect(screen.getByRole('heading', { name: 'Calls by day' })).toBeTruthy();
});
