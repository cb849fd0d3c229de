import { expect, test } from 'vitest';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { KnowledgeChanges, SavedRevision } from '#shared/protocol/knowledge.ts';
import { storeOf, memoryFiles } from '#tests/fixtures/memory-store.ts';
import { DeskDatabase } from '#electron/storage/desk-store/desk-database.ts';
import { LIMITS } from './keep-small.ts';
import type { SyncApi } from './sync-api.ts';
import { Outdated, SyncSteps } from './sync-steps.ts';

const page = (more: Partial<KnowledgeChanges> = {}): KnowledgeChanges => ({
  version: 0,
  hasMore: false,
  documents: [],
  revisions: [],
  conflicts: [],
  ...more,
});
const never = (): Promise<never> => Promise.reject(new Error('nobody asks'));
const api = (more: Partial<SyncApi>): SyncApi => ({
  changes: never,
  push: never,
  sendFrame: never,
  snapshot: never,
  snapshotPart: never,
  recentCalls: never,
  erasedCalls: never,
  callEvents: never,
  ...more,
});

function desk() {
  const database = new DeskDatabase(memoryFiles());
  const store = storeOf(database);
  const steps = new SyncSteps({ store, now: () => 5, limits: LIMITS, onDocs: () => undefined });
  const save = (markdown: string) =>
    database.parts.knowledge.save(
      { docId: null, baseId: null, markdown, fields: { title: markdown }, note: '', resolves: [] },
      { author: 'Lind', nowMs: 1 },
    );
  return { database, store, steps, save };
}

test('[SYN23][DST13] one revision that is not understood is set apart with its reason, and those beside it arrive', async () => {
  const { database, steps, save } = desk();
  const [one, poison, three] = ['one', 'poison', 'three'].map(text => save(text));
  const taken: string[] = [];
  const worker = api({
    push: async (revisions: readonly SavedRevision[]) => {
      if (revisions.some(({ id }) => id === poison?.revisionId))
        throw appError('input.invalid', 'blocks: not understood');
      taken.push(...revisions.map(({ id }) => id));
      return {
        answers: revisions.map(({ id }) => ({ revisionId: id, outcome: 'forwarded' as const })),
        version: 1,
      };
    },
  });
  for (let round = 0; round < 10; round += 1) await steps.run('push', worker, () => true);
  expect(taken).toEqual([one?.revisionId, three?.revisionId]);
  const waits = database.waits();
  expect(waits.waiting).toBe(0);
  expect(waits.refused).toMatchObject([
    { id: poison?.revisionId, title: 'poison', reason: 'blocks: not understood' },
  ]);
  const doc = database.parts.knowledge.get(poison?.docId ?? '');
  expect(doc).toMatchObject({ waiting: 1, unsaved: { markdown: 'poison', baseId: null } });
  database.parts.outbox.dropUnsaved(doc.docId);
  expect(database.waits().refused).toEqual([]);
});

test('[SYN23][DST13] without the right all of them are kept with the reason, and saving again answers it', async () => {
  const { database, steps, save } = desk();
  const { docId, revisionId } = save('mine');
  await steps.run(
    'push',
    api({ push: () => Promise.reject(appError('access.denied', 'Not you.')) }),
    () => true,
  );
  expect(database.waits().refused).toMatchObject([{ id: revisionId, reason: 'Not you.' }]);
  database.parts.knowledge.save(
    { docId, baseId: revisionId, markdown: 'mine again', fields: {}, note: '', resolves: [] },
    { author: 'Lind', nowMs: 2 },
  );
  expect(database.waits()).toMatchObject({ refused: [], waiting: 1 });
});

test('[SYN22][DST12] an answer to what was given up moves nothing; a worker that says nothing of it is asked again', async () => {
  const { database, steps, save } = desk();
  save('mine');
  let isCurrent = true;
  const late = api({
    push: async revisions => {
      isCurrent = false;
      return { answers: [{ revisionId: revisions[0]?.id ?? '', outcome: 'forwarded' }], version: 1 };
    },
  });
  await expect(steps.run('push', late, () => isCurrent)).rejects.toBeInstanceOf(Outdated);
  const silent = api({ push: async () => ({ answers: [], version: 1 }) });
  await expect(steps.run('push', silent, () => true)).rejects.toSatisfy(
    error => AppError.is(error) && error.body.retryable,
  );
  expect(database.waits().waiting).toBe(1);
});

test('[DST12] what the worker took stays shown until the copy has it', async () => {
  const { database, steps, save } = desk();
  const { docId, revisionId } = save('mine');
  const { revision } = database.parts.outbox.all()[0] ?? { revision: null };
  await steps.run(
    'push',
    api({ push: async () => ({ answers: [{ revisionId, outcome: 'forwarded' }], version: 3 }) }),
    () => true,
  );
  expect(database.parts.knowledge.get(docId)).toMatchObject({ headId: revisionId, waiting: 0 });
  const documents = [{ docId, headId: revisionId, publishedId: null, isDeleted: false, version: 3 }];
  const revisions = revision ? [revision] : [];
  await steps.run(
    'changes',
    api({ changes: async () => page({ version: 3, documents, revisions }) }),
    () => true,
  );
  expect(database.parts.outbox.all()).toEqual([]);
  expect(database.parts.knowledge.get(docId)).toMatchObject({ headId: revisionId, markdown: 'mine' });
});

test('[SYN25] a counter that went back: everything is read again, and what was taken is sent again', async () => {
  const { database, steps, save } = desk();
  await steps.run('changes', api({ changes: async () => page({ version: 9 }) }), () => true);
  const { revisionId } = save('mine');
  await steps.run(
    'push',
    api({ push: async () => ({ answers: [{ revisionId, outcome: 'forwarded' }], version: 12 }) }),
    () => true,
  );
  const asked: number[] = [];
  const restored = api({
    changes: async after => {
      asked.push(after);
      return page({ version: 2 });
    },
  });
  expect(await steps.run('changes', restored, () => true)).toBe('changes');
  expect(await steps.run('changes', restored, () => true)).toBe('push');
  expect(asked).toEqual([9, 0]);
  expect(database.waits().waiting).toBe(1);
});

test('[SYN23] what the worker refuses for good is told and holds up nothing that comes after it', async () => {
  const { steps } = desk();
  const refusing = api({ changes: () => Promise.reject(appError('access.denied', 'Not you.')) });
  expect(await steps.run('changes', refusing, () => true)).toBe('audit');
  expect(steps.trouble?.code).toBe('access.denied');
});
