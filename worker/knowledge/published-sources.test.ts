import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { appError } from '#shared/errors/app-error.ts';
import { saved, ORG, OTHER } from '#tests/fixtures/knowledge-revisions.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { keptDocuments } from './kept-documents.ts';
import { publishedSources } from './published-sources.ts';
import { seedDocuments } from './seed-documents.ts';

const folders: string[] = [];
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});
const file = (id: string, body = 'Text.') => ({
  name: `${id}.md`,
  text: `---\nid: ${id}\ntitle: ${id}\nstatus: approved\nowner: A\napprovedOn: 2026-01-01\n---\n${body}\n`,
});

function bench(hasBook = true) {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-kept-'));
  folders.push(folder);
  const state = { failure: null as Error | null, published: [saved('r0', null, ['Text.'])], away: 0 };
  const asked = <Value>(value: Value): Promise<Value> =>
    state.failure ? Promise.reject(state.failure) : Promise.resolve(value);
  const sources = publishedSources({
    book: hasBook
      ? {
          publishedRevisions: () => asked(state.published),
          seedKnowledge: () => asked(true),
        }
      : null,
    kept: keptDocuments(folder),
    folderOf: orgId => (orgId === ORG ? () => Promise.resolve([file('from-folder')]) : null),
    clock: createVirtualClock(),
    onAway: () => (state.away += 1),
  });
  return {
    state,
    sources,
    folder,
    names: async (orgId = ORG) => ((await sources.get(orgId)?.()) ?? []).map(({ name }) => name),
  };
}
const AWAY = appError('storage.unreachable', 'The team’s database cannot be reached.', { retryable: true });

describe('what answers rest on', () => {
  test('[KN26] while the book is away, what was published last is read; a host of the machine reads the same', async () => {
    const { state, names, folder } = bench();
    expect(await names()).toEqual(['doc']);
    state.failure = AWAY;
    expect(await names()).toEqual(['doc']);
    expect(state.away).toBe(1);
    const host = publishedSources({
      book: null,
      kept: keptDocuments(folder),
      folderOf: () => null,
      clock: createVirtualClock(),
      onAway: () => undefined,
    });
    expect(((await host.get(ORG)?.()) ?? []).map(({ name }) => name)).toEqual(['doc']);
    // Of another org nothing was kept, and nothing is shown.
    expect(await names(OTHER)).toEqual([]);
  });

  test('[KN26] where nothing was kept, or nothing that can be read, it begins with the folder', async () => {
    const { state, names, folder } = bench();
    state.failure = AWAY;
    expect(await names()).toEqual(['from-folder.md']);
    state.failure = null;
    await names();
    const [kept = ''] = readdirSync(folder);
    writeFileSync(join(folder, kept), '{"revisions":[{"id":');
    state.failure = AWAY;
    expect(await names()).toEqual(['from-folder.md']);
  });

  test('[KN26] any other failure of the book is a failure', async () => {
    const { state, names } = bench();
    state.failure = appError('storage.corrupt', 'The database is damaged.');
    await expect(names()).rejects.toMatchObject({ body: { code: 'storage.corrupt' } });
  });

  test('[KN20] what was deleted or archived with its publishing is in no answer', async () => {
    const { state, names } = bench();
    state.published = [
      saved('r0', null, ['x'], { docId: 'a', isDeleted: true }),
      saved('r1', null, ['x'], { docId: 'b', fields: { stage: 'archived' } }),
      saved('r2', null, ['x'], { docId: 'c', fields: { stage: 'in-review' } }),
    ];
    expect(await names()).toEqual(['c']);
  });
});

describe('documents of files', () => {
  test('[KN24] the same files give the same ids, and other words others', () => {
    const [first] = seedDocuments([file('a', 'One.\n\nTwo.')]);
    expect(seedDocuments([file('a', 'One.\n\nTwo.')])).toEqual([first]);
    expect(first?.revision.blocks.map(({ text }) => text)).toEqual(['One.', 'Two.']);
    expect(seedDocuments([file('a', 'One.')])[0]?.revision.id).not.toBe(first?.revision.id);
  });

  test('[KN24] a broken file and an id twice are refused by name', () => {
    expect(() => seedDocuments([{ name: 'x.md', text: 'no front matter' }])).toThrow(/^x\.md line 1/u);
    expect(() => seedDocuments([file('a'), { ...file('a'), name: 'copy.md' }])).toThrow(/copy\.md.*a\.md/u);
  });
});
