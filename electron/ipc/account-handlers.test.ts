import { expect, test } from 'vitest';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';
import type { RememberedUser } from '#electron/storage/desk-store/people.ts';
import { appError } from '#shared/errors/app-error.ts';
import { memoryStore } from '#tests/fixtures/memory-store.ts';
import { accountHandlers } from './account-handlers.ts';

const MORGAN: RememberedUser = { userId: 'morgan', name: 'Morgan', role: 'supervisor', capabilities: [] };

function desk(store: DeskData['store']) {
  let signedOut = 0;
  const core = {
    signOut: () => {
      signedOut += 1;
      return Promise.resolve();
    },
  } as unknown as DeskCore;
  return { handlers: accountHandlers(core, { store }), signedOut: () => signedOut };
}

test('[DST41] who signs out is forgotten by the desk', async () => {
  const store = memoryStore();
  await store.people.remember(MORGAN);
  expect(await store.people.last()).toEqual(MORGAN);
  const { handlers, signedOut } = desk(store);
  expect(await handlers['sign-out']({})).toEqual({});
  expect(await store.people.last()).toBeNull();
  expect(signedOut()).toBe(1);
  await store.close();
});

test('[DST41] a store that cannot be written keeps nobody from signing out', async () => {
  const people = { forget: () => Promise.reject(appError('storage.read-only', 'No.')) };
  const { handlers, signedOut } = desk({ people } as unknown as DeskData['store']);
  await handlers['sign-out']({});
  expect(signedOut()).toBe(1);
});

test('[DST42] the names of colleagues stay with the desk, and one who has signed out leaves them here', async () => {
  const store = memoryStore();
  expect(await store.people.team()).toEqual([]);
  const team = [{ userId: 'u1', name: 'Kehinde Adeyemi' }];
  await store.people.keepTeam(team);
  await store.people.forget();
  expect(await store.people.team()).toEqual(team);
  await store.close();
});
