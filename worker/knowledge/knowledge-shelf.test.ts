import { describe, expect, test } from 'vitest';
import type { OrgId } from '#shared/domain/ids.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { KnowledgeShelf, type KnowledgeText } from './knowledge-shelf.ts';
import { searchDeps } from './load-knowledge.ts';

const ORG = 'org-1' as OrgId;
const OTHER = 'org-2' as OrgId;
const text = (id: string, body: string, status = 'approved'): KnowledgeText => ({
  name: `${id}.md`,
  text: `---\nid: ${id}\ntitle: ${id}\nstatus: ${status}\nowner: A\napprovedOn: 2026-01-01\n---\n${body}\n`,
});

interface Texts {
  one: readonly KnowledgeText[];
  readonly other: readonly KnowledgeText[];
}

function shelf(texts: Texts): KnowledgeShelf {
  return new KnowledgeShelf(
    new Map([
      [ORG, () => Promise.resolve(texts.one)],
      [OTHER, () => Promise.resolve(texts.other)],
    ]),
    searchDeps(createVirtualClock()),
  );
}

/** The local embedder, which tells what it was asked. */
function watched(asked: string[]) {
  const deps = searchDeps(createVirtualClock());
  return {
    ...deps,
    createEmbedder: (corpus: readonly string[]) => {
      const inner = deps.createEmbedder(corpus);
      return {
        model: inner.model,
        dim: inner.dim,
        embed: (texts: readonly string[], signal: AbortSignal) => {
          asked.push(...texts);
          return inner.embed(texts, signal);
        },
      };
    },
  };
}

describe('knowledge shelf', () => {
  test('[RET29] an unchanged set is not built again, and a draft has only its own passages embedded', async () => {
    const asked: string[] = [];
    const texts = [text('returns', 'A refund takes two days.'), text('hours', 'Open at nine.')];
    const knowledge = new KnowledgeShelf(new Map([[ORG, () => Promise.resolve(texts)]]), watched(asked));
    await knowledge.rotate(ORG);
    expect(asked.splice(0)).toEqual(['returns. A refund takes two days.', 'hours. Open at nine.']);
    expect(await knowledge.rotate(ORG)).toMatchObject({ outcome: 'unchanged', documents: 2, passages: 2 });
    expect(asked).toEqual([]);
    const draft = { docId: 'hours', title: 'hours', markdown: 'Open at ten on Sundays.', publishedId: null };
    const [hit] = await knowledge.overlay(ORG, [draft]).search('sundays', 1);
    expect(hit?.quote).toBe('Open at ten on Sundays.');
    expect(asked).toEqual(['hours. Open at ten on Sundays.', 'sundays']);
  });

  test('[RET20] a rotation moves the pointer, and who holds the old snapshot keeps its answers', async () => {
    const texts: Texts = { one: [text('returns', 'A refund takes two days.')], other: [] };
    const knowledge = shelf(texts);
    await knowledge.rotate(ORG);
    const held = knowledge.current(ORG);
    texts.one = [text('returns', 'A refund takes five days.')];
    const answer = await knowledge.rotate(ORG);
    expect(answer).toMatchObject({ outcome: 'rotated', documents: 1, passages: 1 });
    expect((await held.search('refund', 1))[0]?.quote).toBe('A refund takes two days.');
    expect((await knowledge.current(ORG).search('refund', 1))[0]?.quote).toBe('A refund takes five days.');
    expect(knowledge.current(ORG).snapshotId).not.toBe(held.snapshotId);
  });

  test('[RET21] an org finds nothing of another org', async () => {
    const texts: Texts = {
      one: [text('returns', 'A refund takes two days.')],
      other: [text('hours', 'Open at nine.')],
    };
    const knowledge = shelf(texts);
    await Promise.all([knowledge.rotate(ORG), knowledge.rotate(OTHER)]);
    expect(await knowledge.current(OTHER).search('refund', 5)).toEqual([]);
    expect(await knowledge.current('org-3' as OrgId).search('refund', 5)).toEqual([]);
  });

  test.each([
    ['a field that does not fit', text('returns', 'Text.', 'published'), 4, 'status'],
    ['no front matter', { name: 'notes.md', text: 'just words' }, 1, 'front matter'],
    ['a line that is no field', { name: 'x.md', text: '---\nid: x\nnonsense\n---\nText.' }, 3, 'name: value'],
    ['a field twice', { name: 'x.md', text: '---\nid: x\nid: y\n---\nText.' }, 3, 'twice'],
    ['no text', { name: 'e.md', text: text('e', '').text }, 8, 'body'],
    ['an id that is taken', { name: 'copy.md', text: text('first', 'Text.').text }, 1, 'first.md'],
  ])(
    '[RET22] %s is refused with its place, and the old snapshot stays',
    async (_what, broken, line, says) => {
      const texts: Texts = { one: [text('first', 'A refund takes two days.')], other: [] };
      const knowledge = shelf(texts);
      await knowledge.rotate(ORG);
      const before = knowledge.current(ORG);
      texts.one = [...texts.one, broken];
      const answer = await knowledge.rotate(ORG);
      expect(answer).toMatchObject({ outcome: 'refused', name: broken.name, line });
      expect(answer).toHaveProperty('message', expect.stringContaining(says) as string);
      expect(knowledge.current(ORG)).toBe(before);
    },
  );

  test('[RET23] rotating without a change keeps the very snapshot, and a source that fails leaves it', async () => {
    let down = false;
    const knowledge = new KnowledgeShelf(
      new Map([
        [ORG, () => (down ? Promise.reject(new Error('gone')) : Promise.resolve([text('a', 'Refunds.')]))],
      ]),
      searchDeps(createVirtualClock()),
    );
    await knowledge.rotate(ORG);
    const before = knowledge.current(ORG);
    expect(await knowledge.rotate(ORG)).toMatchObject({ outcome: 'unchanged' });
    expect(knowledge.current(ORG)).toBe(before);
    down = true;
    await expect(knowledge.rotate(ORG)).rejects.toThrow('gone');
    down = false;
    expect(await knowledge.rotate(ORG)).toMatchObject({
      outcome: 'unchanged',
      snapshotId: before.snapshotId,
    });
  });
});
