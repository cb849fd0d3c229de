import { expect, test } from 'vitest';
import { ROLE_CAPABILITIES, type Role } from '#shared/domain/roles.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';
import { memoryStore } from '#tests/fixtures/memory-store.ts';
import { noteHandlers } from './note-handlers.ts';

function desk(role: Role | null) {
  const store = memoryStore();
  const recorded: { readonly kind: string; readonly payload: unknown }[] = [];
  const told: unknown[] = [];
  const user = role && { userId: 'u', name: 'Lind', role, capabilities: ROLE_CAPABILITIES[role] };
  const handlers = noteHandlers(
    { user, tell: (_name: string, notice: unknown) => told.push(notice) } as unknown as DeskCore,
    {
      store,
      sync: { wake: () => undefined },
      record: (kind: string, payload: unknown) => recorded.push({ kind, payload }),
    } as unknown as DeskData,
  );
  return { store, handlers, recorded, told };
}
const NEW = { callId: 'c1' as never, noteId: null, baseId: null, flag: null, resolves: [] };

test('[NOT4] saving and deleting are entries of the desk’s audit without the words, and the page is told', async () => {
  const { handlers, recorded, told } = desk('supervisor');
  const { noteId, revisionId } = await handlers['save-call-note']({
    ...NEW,
    text: 'Secret words.',
    flag: 'coach',
  });
  expect((await handlers['list-call-notes']({ callId: NEW.callId })).notes).toMatchObject([
    { text: 'Secret words.', writtenBy: 'Lind' },
  ]);
  expect(await handlers['count-call-notes']({ callIds: [NEW.callId] })).toEqual({
    counts: { c1: { notes: 1, flags: ['coach'] } },
  });
  await handlers['delete-call-note']({ noteId, baseId: revisionId });
  expect(recorded).toMatchObject([
    { kind: 'note.saved', payload: { noteId, revisionId, callId: 'c1', flag: 'coach' } },
    { kind: 'note.deleted', payload: { noteId } },
  ]);
  expect(JSON.stringify(recorded)).not.toContain('Secret');
  expect(told).toEqual([{ docIds: [noteId] }, { docIds: [noteId] }]);
});

test('[NOT3] an agent writes notes too; whoever may not, or has not signed in, is told before the worker is', async () => {
  const agent = desk('agent');
  await agent.handlers['save-call-note']({ ...NEW, text: 'x' });
  expect(agent.recorded).toHaveLength(1);
  const nobody = desk(null);
  await expect(nobody.handlers['save-call-note']({ ...NEW, text: 'x' })).rejects.toMatchObject({
    body: { code: 'access.denied' },
  });
  await nobody.store.people.remember({
    userId: 'u',
    name: 'Lind',
    role: 'agent',
    capabilities: ['call.view'],
  });
  await expect(nobody.handlers['save-call-note']({ ...NEW, text: 'x' })).rejects.toMatchObject({
    body: { code: 'access.denied', message: 'Your role may not write notes on calls.' },
  });
});

test('[NOT4] a note without words and flag, and what is no note, are refused with a code', async () => {
  const { handlers, recorded } = desk('supervisor');
  for (const refused of [
    handlers['save-call-note']({ ...NEW, text: ' \n' }),
    handlers['delete-call-note']({ noteId: 'returns', baseId: 'r1' }),
    handlers['drop-refused-note']({ noteId: 'returns' }),
  ])
    await expect(refused).rejects.toMatchObject({ body: { code: 'input.invalid' } });
  expect(recorded).toEqual([]);
});
