import { afterAll, expect, test } from 'vitest';
import type { DeskStore } from '#electron/storage/desk-store/desk-store.ts';
import { playWorld, worldDatabase } from '#tests/torture/desks/desk-worlds.ts';
import type { Mutant } from '#tests/fakes/desk-world/desk-world.ts';

const SCHEDULES = Number(process.env['SIDETONE_SCHEDULES'] ?? 1500);
const SEED = Number(process.env['SIDETONE_SEED'] ?? 1);
const world = worldDatabase();
afterAll(() => world.close());

test(
  `[KN14][SYN6][SYN20][SYN22][SYN23][SYN29] three desks and a worker: whatever happens, in the end all agree and nothing is lost (${String(SCHEDULES)} schedules)`,
  { timeout: 900_000 },
  async () => {
    for (let seed = SEED; seed < SEED + SCHEDULES; seed += 1)
      expect([seed, await playWorld(world.database, seed)]).toEqual([seed, []]);
  },
);

/** A part of a store with one method replaced. */
const withMethod = <Part extends keyof DeskStore>(
  store: DeskStore,
  part: Part,
  replaced: Partial<DeskStore[Part]>,
): DeskStore =>
  new Proxy(store, {
    get: (target, name) =>
      name === part
        ? new Proxy(target[part], {
            get: (methods, method) =>
              (replaced as Record<string | symbol, unknown>)[method] ?? Reflect.get(methods, method),
          })
        : (Reflect.get(target, name) as unknown),
  });

/** Rules of the sync left out, one at a time. */
const MUTANTS: Readonly<Record<string, Mutant>> = {
  'the outbox moves with the sending': {
    api: (api, store) => ({
      ...api,
      push: async revisions => {
        await store().outbox.forget(revisions.map(({ id }) => id));
        return api.push(revisions);
      },
    }),
  },
  'the cursor moves before the rows': {
    store: store =>
      withMethod(store, 'knowledgeCache', {
        apply: async (after, changes) => {
          await store.knowledgeCache.apply(after, {
            ...changes,
            documents: [],
            revisions: [],
            conflicts: [],
          });
          return store.knowledgeCache.apply(changes.version, changes);
        },
      }),
  },
  'what is refused is thrown away': {
    store: store =>
      withMethod(store, 'outbox', {
        settle: async (answer, nowMs) => {
          await store.outbox.settle(answer, nowMs);
          const refused = answer.answers.filter(({ outcome }) => outcome === 'refused');
          await store.outbox.forget(refused.map(({ revisionId }) => revisionId));
        },
      }),
  },
  'a failed push is taken for done': {
    api: api => ({
      ...api,
      push: revisions =>
        api.push(revisions).catch(() => ({
          answers: revisions.map(({ id }) => ({ revisionId: id, outcome: 'forwarded' as const })),
          version: 0,
        })),
    }),
  },
  'the chain acknowledges what was sent': {
    api: api => ({
      ...api,
      sendFrame: frame =>
        api.sendFrame(frame).catch(error => {
          const last = frame.entries.at(-1);
          if (!last) throw error;
          return { outcome: 'ok' as const, epoch: frame.epoch, head: { seq: last.seq, hash: last.hash } };
        }),
    }),
  },
  'what is published is not told apart': {
    store: store =>
      withMethod(store, 'knowledgeCache', {
        apply: (after, changes) =>
          store.knowledgeCache.apply(after, {
            ...changes,
            documents: changes.documents.map(doc => ({ ...doc, publishedId: doc.headId })),
          }),
      }),
  },
  'conflicts are not kept': {
    store: store =>
      withMethod(store, 'knowledgeCache', {
        apply: (after, changes) => store.knowledgeCache.apply(after, { ...changes, conflicts: [] }),
      }),
  },
};

test.each(Object.entries(MUTANTS))(
  '[SYN29] would be noticed: %s',
  { timeout: 300_000 },
  async (_name, mutant) => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const faults = await playWorld(world.database, seed, mutant).catch((error: unknown) => [String(error)]);
      if (faults.length > 0) return;
    }
    expect.unreachable('400 schedules did not notice it');
  },
);
