import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { policyDocId } from '#shared/domain/document-space.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { appError, AppError } from '#shared/errors/app-error.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { KnowledgeWatch } from '#worker/knowledge/knowledge-watch.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import type { Store } from '#worker/store/store.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { PolicyBook } from './policy-book.ts';
import { PolicyDocuments, type PolicyDocumentsDeps } from './policy-documents.ts';

const ORG = 'org-1' as OrgId;
const ADA = { userId: 'ada', name: 'Ada' };
const BASE = policyDocId('base');
let root = '';
let store: Store;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'policies-'));
  mkdirSync(join(root, 'shipped'));
  write('shipped/base.json', document('base', 1, 'guarantee'));
  store = await openSqliteStore({ file: join(root, 'worker.sqlite') });
});
afterEach(async () => {
  await store.close();
  rmSync(root, { recursive: true, force: true });
});

const document = (name: string, version: number, ...phrases: readonly string[]) => ({
  format: 2,
  name,
  version,
  policies: phrases.map((phrase, at) => ({
    kind: 'phrases',
    name: `${name}-${String(at)}-words`,
    phrases: [phrase],
  })),
});
const write = (file: string, value: unknown): void =>
  writeFileSync(join(root, file), typeof value === 'string' ? value : JSON.stringify(value));

/** One worker of the team: its folder and its rules, over the book they share. */
function worker(name: string, more: Partial<PolicyDocumentsDeps> = {}) {
  mkdirSync(join(root, name, ORG), { recursive: true });
  const applied: string[] = [];
  const errors: unknown[] = [];
  const told: OrgId[] = [];
  const rules = new PolicyBook({
    clock: systemClock,
    shipped: join(root, 'shipped'),
    folder: join(root, name),
    ask: null,
    onApplied: (_orgId, label, by) => applied.push(`${label} by ${by}`),
    onRefused: () => undefined,
  });
  const documents = new PolicyDocuments({
    book: store,
    rules,
    clock: systemClock,
    onPublished: orgId => told.push(orgId),
    onError: error => errors.push(error),
    ...more,
  });
  return { rules, documents, applied, errors, told, label: () => rules.rules(ORG).label };
}
const headOf = async (docId: string): Promise<SavedRevision> => {
  const known = await store.knowledgeDocument(ORG, docId);
  if (!known) throw new Error(`there is no ${docId}`);
  return known.head;
};
const publishedId = async (docId: string): Promise<string | null> =>
  (await store.knowledgeDocument(ORG, docId))?.state.publishedId ?? null;
/** A desk saves another text of the document. */
async function edit(
  id: string,
  base: SavedRevision,
  change: (text: string) => string,
): Promise<SavedRevision> {
  const blocks = base.blocks.map(block => ({ ...block, text: change(block.text) }));
  const revision = { ...base, id, parents: [base.id], deviceId: 'desk', blocks, note: '', resolves: [] };
  await store.saveRevision(ORG, revision, { userId: 'ben' as UserId, name: 'Ben', atMs: 1 as EpochMs });
  return revision;
}
const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'done';
  } catch (error) {
    return AppError.is(error) ? `${error.body.code}: ${error.body.message}` : String(error);
  }
};

describe('policies as documents of the book', { timeout: 30_000 }, () => {
  test('[POL62] what is in force becomes documents once, the same from two workers', async () => {
    mkdirSync(join(root, 'one', ORG), { recursive: true });
    write(`one/${ORG}/own.json`, document('own', 4, 'surely'));
    const [one, two] = [worker('one'), worker('two')];
    await Promise.all([one.documents.start(ORG), two.documents.start(ORG)]);
    await two.documents.follow(ORG);
    expect([one.label(), two.label(), one.errors, two.errors]).toEqual([
      'base@1+own@4',
      'base@1+own@4',
      [],
      [],
    ]);
    const { version } = await store.knowledgeVersions(ORG);
    expect((await headOf('policy.own')).fields).toEqual({ title: 'own', policyVersion: '4' });
    expect(await publishedId(BASE)).toBe((await headOf(BASE)).id);
    await worker('one').documents.start(ORG);
    await worker('three').documents.start(ORG);
    expect((await store.knowledgeVersions(ORG)).version).toBe(version);
    expect(readFileSync(join(root, 'three', ORG, 'own.json'), 'utf8')).toContain('surely');
  });

  test('[POL62] a shipped document that nobody changed follows the software; a changed one stays', async () => {
    await worker('one').documents.start(ORG);
    write('shipped/base.json', document('base', 2, 'promise'));
    const two = worker('two');
    await two.documents.start(ORG);
    expect([two.label(), (await headOf(BASE)).blocks[0]?.text]).toEqual([
      'base@2',
      expect.stringContaining('promise'),
    ]);
    await edit('r1', await headOf(BASE), text => text.replace('promise', 'surely'));
    await two.documents.putInForce(ORG, ADA, BASE, 'r1');
    write('shipped/base.json', document('base', 9, 'never'));
    const three = worker('three');
    await three.documents.start(ORG);
    expect(three.label()).toBe('base@3');
  });

  test('[POL63][POL64] the newest text is put in force under the next version, by name, and another worker follows', async () => {
    const [one, two] = [worker('one'), worker('two')];
    await one.documents.start(ORG);
    await two.documents.start(ORG);
    await edit('r1', await headOf(BASE), text => text.replace('guarantee', 'surely'));
    expect(one.label()).toBe('base@1');
    const answer = await one.documents.putInForce(ORG, ADA, BASE, 'r1');
    expect(answer).toMatchObject({ label: 'base@2', publishedId: await publishedId(BASE) });
    expect([one.applied, one.told]).toEqual([['base@2 by ada'], [ORG]]);
    expect(await headOf(BASE)).toMatchObject({ author: 'Ada', note: 'Version 2, put in force' });
    // Again, as after a lost answer.
    expect(await one.documents.putInForce(ORG, ADA, BASE, 'r1')).toMatchObject({ label: 'base@2' });
    expect(one.applied).toHaveLength(1);
    expect(two.label()).toBe('base@1');
    await two.documents.follow(ORG);
    expect([two.label(), two.applied]).toEqual(['base@2', ['base@2 by team']]);
  });

  test('[POL64] a word that gets lost costs time only: the counter of the book tells', async () => {
    const [one, two] = [worker('one'), worker('two')];
    await one.documents.start(ORG);
    await two.documents.start(ORG);
    const clock = createVirtualClock();
    const rotated: Promise<void>[] = [];
    const rotate = (orgId: OrgId): Promise<void> => {
      rotated.push(two.documents.follow(orgId));
      return rotated.at(-1) ?? Promise.resolve();
    };
    const deaf = {
      say: () => Promise.resolve(),
      onWord: () => () => undefined,
      close: () => Promise.resolve(),
    };
    const watch = new KnowledgeWatch(
      { book: store, channel: deaf, clock, rotate, onError: () => undefined },
      [ORG],
    );
    await one.documents.putDocument(ORG, ADA, document('base', 2, 'surely'));
    expect(two.label()).toBe('base@1');
    clock.advance(15_000);
    await expect.poll(() => rotated.length).toBe(1);
    await Promise.all(rotated);
    expect(two.label()).toBe('base@2');
    watch.stop();
  });

  test('[POL61][POL63] what cannot be put in force is refused with its reason, and nothing changes anywhere', async () => {
    const { documents, label } = worker('one');
    await documents.start(ORG);
    const first = await headOf(BASE);
    const broken = await edit(
      'broken',
      first,
      () => '{ "kind": "phrases", "name": "x y", "phrases": ["a"] }',
    );
    const before = await store.knowledgeVersions(ORG);
    expect(await refusal(documents.putInForce(ORG, ADA, BASE, 'broken'))).toMatch(
      /^policy\.invalid: Clause 1, name: is "x y"; expected .*\nClause 1, phrases\[0\]: has 1 characters/u,
    );
    expect(await refusal(documents.putInForce(ORG, ADA, BASE, 'nowhere'))).toMatch(/^knowledge\.unknown/u);
    expect(await refusal(documents.putInForce(ORG, ADA, BASE, first.id))).toBe('done');
    await edit('ours', broken, () => '{ "kind": "card-data" }');
    expect(await refusal(documents.putInForce(ORG, ADA, BASE, 'broken'))).toMatch(
      /^knowledge\.refused: Somebody/u,
    );
    await edit('theirs', broken, () => '{ "kind": "personal-data" }');
    const conflicted = await headOf(BASE);
    const { version } = await store.knowledgeVersions(ORG);
    expect(await refusal(documents.putInForce(ORG, ADA, BASE, conflicted.id))).toMatch(
      /^knowledge\.conflict/u,
    );
    expect(await store.knowledgeVersions(ORG)).toEqual({ ...before, version });
    expect([label(), await publishedId(BASE)]).toEqual(['base@1', first.id]);
  });

  test('[POL63] documents that do not go together are refused before anything is written', async () => {
    const { documents, label } = worker('one');
    await documents.start(ORG);
    await documents.putDocument(ORG, ADA, document('own', 1, 'surely'));
    const clash = { ...document('own', 2, 'x y'), policies: document('base', 1, 'a b').policies };
    const before = await store.knowledgeVersions(ORG);
    expect(await refusal(documents.putDocument(ORG, ADA, clash))).toContain('"base-0-words" is the name of');
    expect([label(), await store.knowledgeVersions(ORG)]).toEqual(['base@1+own@1', before]);
  });

  test('[POL23][POL65] a document over the API needs a higher version, and is a revision by whoever sent it', async () => {
    const { documents, label, applied } = worker('one');
    await documents.start(ORG);
    const put = (version: number, ...phrases: readonly string[]) =>
      refusal(documents.putDocument(ORG, ADA, document('base', version, ...phrases)));
    expect(await put(1, 'surely')).toMatch(/^policy\.version-taken: base@1 is in force/u);
    expect([await put(5, 'surely', 'never'), label()]).toEqual(['done', 'base@5']);
    expect(await put(5, 'no way')).toMatch(/^policy\.version-taken/u);
    expect(applied).toEqual(['base@5 by ada']);
    const head = await headOf(BASE);
    expect(head).toMatchObject({ author: 'Ada', deviceId: 'api', fields: { policyVersion: '5' } });
    // What somebody drafts in one clause stays while another clause is put in force.
    await edit('draft', head, text => text.replace('never', 'never ever'));
    expect(await put(6, 'for sure', 'never')).toBe('done');
    expect((await headOf(BASE)).blocks.map(({ text }) => text).join(' ')).toMatch(/for sure.*never ever/su);
    const large = {
      ...document('own', 1, 'x y'),
      policies: [
        {
          kind: 'phrases',
          name: 'many',
          phrases: Array.from({ length: 900 }, (_, at) => `phrase number ${String(at)}`),
        },
      ],
    };
    expect(await refusal(documents.putDocument(ORG, ADA, large))).toMatch(/^input\.too-large/u);
  });

  test('[POL65][POL21] a changed file is taken in with its version; one that cannot be used stays and says why', async () => {
    const { documents, rules, label } = worker('one');
    await documents.start(ORG);
    write(`one/${ORG}/base.json`, document('base', 3, 'surely'));
    await documents.takeFiles(ORG);
    expect([label(), (await headOf(BASE)).author, rules.problems(ORG)]).toEqual([
      'base@3',
      'Policy files',
      [],
    ]);
    write(`one/${ORG}/base.json`, document('base', 3, 'other words'));
    await documents.takeFiles(ORG);
    expect([label(), rules.problems(ORG)[0]]).toEqual([
      'base@3',
      expect.stringContaining('needs a higher version'),
    ]);
    write(`one/${ORG}/base.json`, '{ half');
    await documents.takeFiles(ORG);
    expect([label(), rules.problems(ORG)[0]]).toEqual([
      'base@3',
      expect.stringContaining('base.json is not JSON'),
    ]);
    // Another document is put in force meanwhile: the file is left alone, and what is wrong with it is still said.
    await documents.putDocument(ORG, ADA, document('own', 1, 'never'));
    await documents.follow(ORG);
    expect([label(), rules.problems(ORG)[0]]).toEqual([
      'base@3+own@1',
      expect.stringContaining('base.json is not JSON'),
    ]);
    expect(readFileSync(join(root, 'one', ORG, 'base.json'), 'utf8')).toBe('{ half');
    write(`one/${ORG}/base.json`, document('base', 4, 'mended'));
    await documents.takeFiles(ORG);
    expect([label(), rules.problems(ORG)]).toEqual(['base@4+own@1', []]);
  });

  test('[POL64][POL65] while the record is away a worker starts with what was last in force, and a file waits', async () => {
    const first = worker('one');
    await first.documents.start(ORG);
    await first.documents.putDocument(ORG, ADA, document('base', 2, 'surely'));
    let isAway = true;
    const away = (): Promise<never> =>
      Promise.reject(appError('storage.unreachable', 'away', { retryable: true }));
    const one = worker('one', {
      book: new Proxy(store, {
        get: (target, name: keyof Store) => (isAway ? away : target[name].bind(target)),
      }),
    });
    await one.documents.start(ORG);
    expect([one.label(), one.errors]).toHaveLength(2);
    expect(one.label()).toBe('base@2');
    write(`one/${ORG}/base.json`, document('base', 3, 'never'));
    await one.documents.takeFiles(ORG);
    expect([one.label(), one.rules.problems(ORG)]).toEqual(['base@2', ['away']]);
    expect(await refusal(one.documents.putDocument(ORG, ADA, document('base', 4, 'x y')))).toMatch(
      /^storage\.unreachable/u,
    );
    isAway = false;
    await one.documents.follow(ORG);
    await one.documents.follow(ORG);
    expect([one.label(), one.rules.problems(ORG)]).toEqual(['base@3', []]);
  });

  test('[POL66] a policy that is archived and published is out of force on every worker, and its shipped one holds again', async () => {
    const [one, two] = [worker('one'), worker('two')];
    await one.documents.start(ORG);
    await one.documents.putDocument(ORG, ADA, document('base', 2, 'surely'));
    await two.documents.start(ORG);
    const head = await headOf(BASE);
    const archived = {
      ...head,
      id: 'archived',
      parents: [head.id],
      deviceId: 'desk',
      fields: { ...head.fields, stage: 'archived' },
    };
    await store.saveRevision(ORG, archived, { userId: 'ben' as UserId, name: 'Ben', atMs: 1 as EpochMs });
    await one.documents.putInForce(ORG, ADA, BASE, 'archived');
    await two.documents.follow(ORG);
    expect([one.label(), two.label()]).toEqual(['base@1', 'base@1']);
    await worker('two').documents.start(ORG);
    expect(two.label()).toBe('base@1');
  });
});
