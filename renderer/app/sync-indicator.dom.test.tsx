import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import { syncText } from '#renderer/stores/sync-text.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';

const STATUS: SyncStatus = {
  state: { name: 'live' },
  waiting: 0,
  waits: [],
  refused: [],
  lastSyncedAtMs: null,
  lastError: null,
  nextTryAtMs: null,
  store: { mode: 'normal', problem: null, search: 'hybrid' },
};
const words = (change: Partial<SyncStatus>): string =>
  syncText({ ...STATUS, ...change }, atMs => `at ${String(atMs)}`).words;

test('[DST51][DST52] each state is said in words', () => {
  expect(words({})).toBe('Synced');
  expect(words({ waiting: 1 })).toBe('Sending 1 change');
  expect(words({ state: { name: 'catching-up', done: 120, total: 900 } })).toBe('Catching up 120 of 900');
  expect(words({ state: { name: 'offline', sinceMs: 5 }, waiting: 2 })).toBe(
    'Offline since at 5, 2 changes waiting',
  );
  expect(words({ state: { name: 'offline', sinceMs: 5 } })).toBe('Offline since at 5');
  expect(words({ state: { name: 'conflict', count: 1 } })).toBe('Conflict in 1 document');
  expect(words({ state: { name: 'refused', count: 1 } })).toBe('1 change not accepted');
  expect(words({ store: { mode: 'read-only', problem: null, search: 'hybrid' } })).toBe(
    'Nothing can be saved here',
  );
  expect(words({ store: { mode: 'unavailable', problem: null, search: 'keywords' } })).toBe(
    'Nothing is kept on this desk',
  );
});

test('[DST50][DST52] the status bar opens to what waits, what was not accepted, the last error with its code, and tries again', async () => {
  const view = await renderConsole();
  const asked: string[] = [];
  view.desk.answers = name => {
    asked.push(name);
    return null;
  };
  expect(screen.queryByRole('button', { name: /^Sync:/u })).toBeNull();
  act(() =>
    view.desk.tell('sync-changed', {
      ...STATUS,
      state: { name: 'refused', count: 1 },
      waiting: 1,
      waits: [{ id: 'r2', what: 'knowledge', title: 'Gift cards', sinceMs: 1 }],
      refused: [
        {
          id: 'r1',
          docId: 'returns',
          title: 'Returns',
          reason: 'Your role may not edit knowledge.',
          atMs: 2,
        },
      ],
      lastError: {
        code: 'worker.unreachable',
        message: 'The worker cannot be reached.',
        retryable: true,
        origin: 'electron',
        atMs: 3,
      },
      store: {
        mode: 'read-only',
        problem: { code: 'storage.full', message: 'The disk is full.', retryable: true, origin: 'electron' },
        search: 'keywords',
      },
    }),
  );
  await act(async () => screen.getByRole('button', { name: 'Sync: 1 change not accepted' }).click());
  const details = screen.getByRole('dialog', { name: 'Sync' });
  for (const text of [
    'Returns',
    'Your role may not edit knowledge.',
    'Gift cards',
    'worker.unreachable',
    'storage.full',
    'goes by words only',
  ])
    expect(details.textContent).toContain(text);
  await act(async () => screen.getByRole('button', { name: 'Try now' }).click());
  expect(asked).toContain('sync-now');
});
