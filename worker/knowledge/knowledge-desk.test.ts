import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import {
  snapshotChunkSchema,
  snapshotManifestSchema,
  type SavedRevision,
} from '#shared/protocol/knowledge.ts';
import { payloadHash } from '#worker/audit/canonical-json.ts';
import { DEMO_ORG, knowledgeBench, type KnowledgeBench } from '#tests/fakes/knowledge-bench.ts';
import { saved } from '#tests/fixtures/knowledge-revisions.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});
const open = async (): Promise<KnowledgeBench> => {
  const bench = await knowledgeBench();
  cleanups.push(() => bench.stop());
  return bench;
};
const person = (name: string, role: Actor['role']): Actor => ({
  userId: name.toLowerCase() as UserId,
  orgId: DEMO_ORG,
  name,
  role,
});
const ada = person('Ada', 'admin');
const ben = person('Ben', 'supervisor');
const signal = new AbortController().signal;
const returns = async ({ store }: KnowledgeBench): Promise<SavedRevision> => {
  const there = await store.knowledgeDocument(DEMO_ORG, 'returns');
  if (!there) throw new Error('the demo has no document on returns');
  return there.head;
};
/** The text on returns with one more passage. */
const edited = async (bench: KnowledgeBench, id: string, text: string): Promise<SavedRevision> => {
  const head = await returns(bench);
  return {
    ...saved(id, head.id, []),
    docId: 'returns',
    fields: head.fields,
    blocks: [...head.blocks, { id: `${id}-block`, text }],
  };
};

describe('documents of an org', { timeout: 30_000 }, () => {
  test('[KN24] the files are taken in once, as what was approved, and answered from', async () => {
    const bench = await open();
    const changes = await bench.desk.changes(ada, 0, 500);
    expect(changes.documents).toHaveLength(16);
    const unpublished = changes.documents.filter(({ headId, publishedId }) => headId !== publishedId);
    expect(unpublished).toMatchObject([{ docId: 'spring-sale', publishedId: null }]);
    const objection = changes.revisions.find(({ docId }) => docId === 'too-expensive');
    expect(objection?.fields).toMatchObject({
      kind: 'objection',
      heard: expect.stringContaining(';') as string,
    });
    const [reply] = await bench.shelf.current(DEMO_ORG).search('That is too expensive.', 3);
    expect(reply).toMatchObject({ docId: 'too-expensive', kind: 'objection' });
    // What somebody wrote stands when the worker begins again with the same folder.
    await bench.desk.push(ben, [await edited(bench, 'r1', 'Shoes too.')]);
    const again = await knowledgeBench({ store: bench.store, folder: bench.folder });
    cleanups.unshift(() => again.stop());
    expect((await returns(again)).id).toBe('r1');
    expect((await again.desk.changes(ada, 0, 500)).documents).toHaveLength(16);
  });

  test('[KN25] a saved text changes no answer; a published one does, and its passage names the revision’s document', async () => {
    const bench = await open();
    const before = bench.shelf.current(DEMO_ORG).snapshotId;
    const text = 'Unicycles are returned by freight within ninety days.';
    await bench.desk.push(ben, [await edited(bench, 'r1', text)]);
    const asked = () => bench.shelf.current(DEMO_ORG).search('Are unicycles returned by freight?', 5);
    expect(JSON.stringify(await asked())).not.toContain('Unicycles');
    expect(bench.shelf.current(DEMO_ORG).snapshotId).toBe(before);
    const published = await bench.desk.publish(ada, 'returns', 'r1');
    expect(published).toMatchObject({ publishedId: 'r1' });
    expect(published.snapshotId).not.toBe(before);
    expect((await asked())[0]).toMatchObject({ docId: 'returns', quote: text });
    expect(bench.audited).toMatchObject([{ action: 'knowledge.publish', outcome: 'published' }]);
    // Again, as after a lost answer.
    expect(await bench.desk.publish(ada, 'returns', 'r1')).toEqual(published);
  });

  test('[KN20] what nobody could be answered from is not published, with the reason; a deletion takes the document out', async () => {
    const bench = await open();
    const head = await returns(bench);
    const base = { docId: 'returns', fields: head.fields };
    await bench.desk.push(ben, [
      saved('empty', head.id, [], base),
      saved('mute', 'empty', ['Yes.'], { ...base, fields: { title: 'Mute', kind: 'objection' } }),
      saved('gone', 'mute', ['Yes.'], { ...base, isDeleted: true }),
    ]);
    for (const [revisionId, words] of [
      ['empty', 'no text'],
      ['mute', 'heard'],
    ] as const)
      await expect(bench.desk.publish(ada, 'returns', revisionId)).rejects.toMatchObject({
        body: { code: 'knowledge.refused', message: expect.stringContaining(words) as string },
      });
    await expect(bench.desk.publish(ada, 'returns', 'nowhere')).rejects.toMatchObject({
      body: { code: 'knowledge.unknown' },
    });
    await bench.desk.publish(ada, 'returns', 'gone');
    const hits = await bench.shelf.current(DEMO_ORG).search('How can I return something?', 8);
    expect(hits.map(({ docId }) => docId)).not.toContain('returns');
  });

  test('[KN22][KN33] an agent’s text stays with its author, is refused by name, and the try is on record', async () => {
    const bench = await open();
    const answer = await bench.desk.push(person('Sam', 'agent'), [await edited(bench, 'r1', 'x')]);
    expect(answer.answers).toMatchObject([{ revisionId: 'r1', outcome: 'refused', reason: 'not-allowed' }]);
    expect(bench.audited).toMatchObject([{ action: 'knowledge.edit', outcome: 'denied' }]);
    const mine = await bench.desk.push(ben, [{ ...(await edited(bench, 'r2', 'x')), author: 'The Pope' }]);
    expect(mine.answers).toMatchObject([{ outcome: 'forwarded' }]);
    expect((await returns(bench)).author).toBe('Ben');
  });

  test('[KN34] each space asks for a right of its own, and what is refused of one keeps nothing of another', async () => {
    const bench = await open();
    const mixed = async (actor: Actor, round: string) => {
      const { answers } = await bench.desk.push(actor, [
        saved(`${round}-policy`, null, ['{}'], { docId: `policy.${round}` }),
        saved(`${round}-note`, null, ['Well done.'], {
          docId: `note.${round}`,
          fields: { callId: 'call-1' },
        }),
        saved(`${round}-article`, null, ['x'], { docId: round }),
      ]);
      return answers.map(({ outcome }) => outcome);
    };
    expect(await mixed(person('Sam', 'agent'), 'a')).toEqual(['refused', 'forwarded', 'refused']);
    expect(await mixed(ben, 'b')).toEqual(['refused', 'forwarded', 'forwarded']);
    expect(await mixed(ada, 'c')).toEqual(['forwarded', 'forwarded', 'forwarded']);
    expect(bench.audited.map(({ actor, action, outcome }) => [actor.name, action, outcome])).toEqual([
      ['Sam', 'policy.edit', 'denied'],
      ['Sam', 'knowledge.edit', 'denied'],
      ['Ben', 'policy.edit', 'denied'],
    ]);
    await expect(bench.desk.publish(ada, 'note.c', 'c-note')).rejects.toMatchObject({
      body: { code: 'knowledge.refused' },
    });
    const upsert = { docId: 'policy.c', title: 'x', markdown: 'y', fields: {}, publish: false, note: '' };
    await expect(bench.desk.upsert(ada, upsert)).rejects.toMatchObject({
      body: { code: 'knowledge.unknown' },
    });
  });

  test('[KN33] a revision that is not understood is refused alone; one without an id takes nothing in', async () => {
    const bench = await open();
    const good = await edited(bench, 'r1', 'x');
    const { answers } = await bench.desk.push(ben, [
      { ...good, id: 'bad-1', blocks: 'none' },
      { ...good, id: 'bad-2', blocks: [good.blocks[0], good.blocks[0]] },
      { ...good, id: 'bad-3', parents: ['bad-3'] },
      { ...good, id: 'bad-4', fields: { colour: 'red' } },
      { id: 'bad-5' },
      good,
    ]);
    expect(answers.map(({ outcome }) => outcome)).toEqual([...Array<string>(5).fill('refused'), 'forwarded']);
    const before = await bench.store.knowledgeVersions(DEMO_ORG);
    await expect(
      bench.desk.push(ben, [await edited(bench, 'r2', 'y'), { id: '../..' }]),
    ).rejects.toMatchObject({ body: { code: 'input.invalid' } });
    expect(await bench.store.knowledgeVersions(DEMO_ORG)).toEqual(before);
  });

  test('[KN31] upsert edits what stands, keeps the ids of blocks, publishes, and does nothing twice', async () => {
    const bench = await open();
    const head = await returns(bench);
    const markdown = [...head.blocks.map(({ text }) => text), 'Kites too.'].join('\n\n');
    const wanted = { docId: 'returns', title: 'Returns', markdown, fields: {}, publish: true, note: '' };
    const first = await bench.desk.upsert(ada, wanted);
    expect(first).toMatchObject({ outcome: 'forwarded', publishedId: first.revisionId });
    const now = await returns(bench);
    expect(now.blocks.slice(0, -1)).toEqual(head.blocks);
    expect(now).toMatchObject({ author: 'Ada', fields: { ...head.fields, title: 'Returns' } });
    expect(await bench.desk.upsert(ada, wanted)).toEqual({ ...first, outcome: 'unchanged' });
    const fresh = await bench.desk.upsert(ada, {
      ...wanted,
      docId: 'kites',
      markdown: 'Kites fly.',
      publish: false,
    });
    expect(fresh).toMatchObject({ outcome: 'forwarded', publishedId: null, snapshotId: null });
    await expect(
      bench.desk.upsert(ada, { ...wanted, docId: 'kites', markdown: 'x'.repeat(30_000) }),
    ).rejects.toMatchObject({ body: { code: 'input.too-large' } });
  });
});

describe('trying and patching', { timeout: 30_000 }, () => {
  const draft = {
    docId: 'returns',
    title: 'Returns',
    markdown: 'Umbrellas can be returned within ninety days.',
  };
  const question = 'Can umbrellas be returned within ninety days?';

  test('[KN28] a question is answered from the draft as a call would, and nothing of it is kept', async () => {
    const bench = await open();
    const answer = await bench.desk.ask(ben, { question, draft }, signal);
    expect(answer.answer).toContain('Umbrellas can be returned within ninety days.');
    expect(answer.citations[0]).toMatchObject({ docId: 'returns', isDraft: true, quote: draft.markdown });
    expect(answer.verdicts.map(({ policy }) => policy)).toContain('grounded-figures');
    expect(answer.snapshotId).not.toBe(bench.shelf.current(DEMO_ORG).snapshotId);
    const without = await bench.desk.ask(ben, { question, draft: null }, signal);
    expect(without.answer).not.toContain('Umbrellas');
    expect(without.citations.every(({ isDraft }) => !isDraft)).toBe(true);
    expect(await bench.store.head()).toBe(-1);
    expect(JSON.stringify(await bench.desk.changes(ada, 0, 500))).not.toContain('Umbrellas');
  });

  test('[KN28] what the gate would veto on a call is vetoed here, and not in the answer', async () => {
    const bench = await open();
    const risky = { ...draft, markdown: 'We guarantee that umbrellas never break.' };
    const answer = await bench.desk.ask(ben, { question: 'Do umbrellas break?', draft: risky }, signal);
    expect(answer.verdicts.some(({ decision }) => decision === 'veto')).toBe(true);
    expect(answer.answer).not.toContain('guarantee');
  });

  test('[KN28] no tool runs for a try', async () => {
    const bench = await open();
    const answer = await bench.desk.ask(
      ben,
      { question: 'My lamp arrived broken, please open a refund ticket for order 4711.', draft: null },
      signal,
    );
    expect(answer.answer).not.toBe('');
    expect(await bench.store.openTicketRequests()).toEqual([]);
    expect(await bench.store.head()).toBe(-1);
  });

  test('[KN27] a call is told the text, what it stands for and who gave it; publishing ends it', async () => {
    const bench = await open();
    const head = await returns(bench);
    const { snapshotId } = await bench.desk.patchCall(ben, 'call-1' as CallId, draft);
    expect(bench.told).toMatchObject([
      { type: 'knowledge.patched', ...draft, publishedId: head.id, snapshotId, userName: 'Ben' },
    ]);
    expect(bench.audited).toMatchObject([{ action: 'knowledge.patch-call', outcome: 'done' }]);
    const patch = { ...draft, publishedId: head.id };
    const patched = bench.shelf.overlay(DEMO_ORG, [patch]);
    expect(patched.snapshotId).toBe(snapshotId);
    expect((await patched.search(question, 3))[0]).toMatchObject({ quote: draft.markdown, snapshotId });
    // Every other call has what is published.
    expect(JSON.stringify(await bench.shelf.current(DEMO_ORG).search(question, 3))).not.toContain(
      'Umbrellas',
    );
    await bench.desk.push(ben, [await edited(bench, 'r1', 'Hats too.')]);
    expect(bench.shelf.overlay(DEMO_ORG, [patch]).snapshotId).toBe(snapshotId);
    await bench.desk.publish(ada, 'returns', 'r1');
    expect(bench.shelf.overlay(DEMO_ORG, [patch])).toBe(bench.shelf.current(DEMO_ORG));
  });
});

describe('the snapshot for desks', { timeout: 30_000 }, () => {
  test('[KN30] parts are named by their bytes and hold every passage; a change elsewhere keeps them', async () => {
    const bench = await open();
    const manifest = snapshotManifestSchema.parse(await bench.desk.snapshot(ben));
    const { sha256, ...body } = manifest;
    expect(sha256).toBe(payloadHash(body));
    const chunks = [];
    for (const part of manifest.parts) {
      const bytes = await bench.desk.part(ben, part.sha256);
      if (!bytes) throw new Error('a part is missing');
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(part.sha256);
      expect(bytes).toHaveLength(part.bytes);
      for (const line of gunzipSync(bytes).toString('utf8').trim().split('\n'))
        chunks.push(snapshotChunkSchema.parse(JSON.parse(line)));
    }
    expect(chunks).toHaveLength(manifest.chunkCount);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(chunks.length);
    for (const { embedding } of chunks)
      expect(Buffer.from(embedding, 'base64')).toHaveLength(manifest.dim * 4);
    expect(manifest.canaries.length).toBeGreaterThan(3);
    for (const { question, chunkId } of manifest.canaries) {
      const [first] = (await bench.shelf.snapshot(DEMO_ORG)?.fits(question)) ?? [];
      expect(chunks.find(({ id }) => id === chunkId)?.text).toBe(first?.passage.quote);
    }
    expect(await bench.desk.snapshot(ada)).toEqual(manifest);
    expect(await bench.desk.part(ben, '0'.repeat(64))).toBeNull();
    const stranger = { ...ben, orgId: 'org-2' as typeof DEMO_ORG };
    await expect(bench.desk.snapshot(stranger)).rejects.toMatchObject({
      body: { code: 'knowledge.unknown' },
    });
    // Somebody who began to fetch can end, also when something was published meanwhile.
    await bench.desk.push(ben, [await edited(bench, 'r1', 'Hats too.')]);
    await bench.desk.publish(ada, 'returns', 'r1');
    expect((await bench.desk.snapshot(ben)).snapshotId).not.toBe(manifest.snapshotId);
    expect(await bench.desk.part(ben, manifest.parts[0]?.sha256 ?? '')).not.toBeNull();
  });
});
