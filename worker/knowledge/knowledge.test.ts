import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Embedder } from '#shared/adapters/embedder.ts';
import {
  CALIBRATION_QUESTIONS,
  HELD_OUT_QUESTIONS,
  scoreAnswers,
} from '#tests/fixtures/knowledge-questions.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { parseDocument } from './document.ts';
import { KnowledgeSnapshot } from './knowledge-snapshot.ts';
import { loadKnowledge, searchDeps } from './load-knowledge.ts';
import { reciprocalRank } from '#shared/domain/reciprocal-rank.ts';

const folder = join(import.meta.dirname, '../../resources/demo/knowledge');
const clock = createVirtualClock();
const knowledge = await loadKnowledge(folder, clock);
const never = new AbortController().signal;
const firstDocument = async (question: string): Promise<string | null> =>
  (await knowledge.search(question, 3))[0]?.docId ?? null;

describe('retrieval', () => {
  test.each(CALIBRATION_QUESTIONS)('[RET4] %s -> %s', async (question, docId) => {
    expect(await firstDocument(question)).toBe(docId);
  });

  test('[RET25] of questions it was not tuned on, seventeen answers in twenty are right, and nine in ten that can be given are', async () => {
    const answers = await Promise.all(HELD_OUT_QUESTIONS.map(([question]) => firstDocument(question)));
    const score = scoreAnswers(HELD_OUT_QUESTIONS, answers);
    expect(score.precisionRatio).toBeGreaterThanOrEqual(0.85);
    expect(score.recallRatio).toBeGreaterThanOrEqual(0.9);
    expect(score.falseAnswerRatio).toBeLessThanOrEqual(0.1);
  });

  test('[RET1] a draft is never found, whatever is asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('spring', 'sale', 'lamp', 'half', 'costs', 'march'), {
          minLength: 1,
          maxLength: 6,
        }),
        async words => {
          const hits = await knowledge.search(words.join(' '), 20);
          expect(hits.some(hit => hit.docId === 'spring-sale')).toBe(false);
        },
      ),
    );
  });

  test('[RET2] a hit quotes its document to the letter at its span, and names its snapshot', async () => {
    for (const [question] of [...CALIBRATION_QUESTIONS, ['That is too expensive for me.']] as const) {
      for (const hit of await knowledge.search(question, 10)) {
        const { body } = parseDocument(readFileSync(join(folder, `${hit.docId}.md`), 'utf8'));
        expect(body.slice(hit.span[0], hit.span[1])).toBe(hit.quote);
        expect(hit.snapshotId).toBe(knowledge.snapshotId);
      }
    }
  });

  test('[RET3] the same documents make the same snapshot, a changed word another', async () => {
    const text = readFileSync(join(folder, 'returns.md'), 'utf8');
    const snapshot = async (source: string): Promise<string> =>
      (await KnowledgeSnapshot.build([parseDocument(source)], searchDeps(clock), never)).snapshotId;
    expect(await snapshot(text)).toBe(await snapshot(text));
    expect(await snapshot(text)).not.toBe(await snapshot(text.replace('thirty', 'forty')));
  });

  test('[RET5] a document that cannot be read is refused', () => {
    expect(() => parseDocument('no front matter')).toThrow('front matter');
    expect(() => parseDocument('---\nid: Bad Id\ntitle: T\n---\nbody')).toThrow('line 2');
  });

  test('[RET24] an embedder that is late or fails costs the vector, not the answer', async () => {
    const slow: Embedder = { model: 'slow', dim: 2, embed: (texts, signal) => answerOrHang(texts, signal) };
    const documents = [parseDocument(readFileSync(join(folder, 'returns.md'), 'utf8'))];
    const snapshot = await KnowledgeSnapshot.build(
      documents,
      searchDeps(clock, () => slow),
      never,
    );
    const searching = snapshot.search('How do I get a refund?', 3);
    await clock.advanceAsync(150);
    expect((await searching)[0]?.docId).toBe('returns');
    const broken: Embedder = {
      ...slow,
      embed: texts => (texts.length === 1 ? Promise.reject(new Error('down')) : answerOrHang(texts, never)),
    };
    const other = await KnowledgeSnapshot.build(
      documents,
      searchDeps(clock, () => broken),
      never,
    );
    expect((await other.search('How do I get a refund?', 3))[0]?.docId).toBe('returns');
  });

  test('[RET26] fusion goes by places: first in both is first, and nothing is lost or doubled', () => {
    expect(
      reciprocalRank([
        ['a', 'b', 'c'],
        ['a', 'c'],
      ]),
    ).toEqual(['a', 'c', 'b']);
    const ranking = fc.uniqueArray(fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(ranking, ranking, (one, other) => {
        const fused = reciprocalRank([one, other]);
        expect([...fused].sort()).toEqual([...new Set([...one, ...other])].sort());
        if (one[0] !== undefined && one[0] === other[0]) expect(fused[0]).toBe(one[0]);
      }),
    );
  });
});

describe('objections', () => {
  test.each([
    ['Honestly, that is too expensive for me.', 'too-expensive'],
    ['It is cheaper somewhere else.', 'too-expensive'],
    ["I can't afford that.", 'too-expensive'],
    ['Could you call me back later?', 'call-later'],
    ['Sorry, I am in a bit of a hurry.', null],
    ['Wait, are you a robot?', 'are-you-a-robot'],
    ['I have to think about it.', 'thinking-it-over'],
    ['Who do I call about a late parcel?', null],
    ['Is it too late to change the address?', null],
  ])('[RET30] %s -> %s', async (said, docId) => {
    const hits = await knowledge.search(said, 8);
    expect(hits.find(hit => hit.kind === 'objection')?.docId ?? null).toBe(docId);
    if (docId !== null) expect(hits[0]?.docId).toBe(docId);
  });

  test('[RET31] an objection document without what callers say is refused, and its body is never an answer to a question', async () => {
    expect(() =>
      parseDocument(
        '---\nid: x\ntitle: T\nstatus: approved\nowner: A\napprovedOn: 2026-01-01\nkind: objection\n---\nYes.',
      ),
    ).toThrow('heard');
    const hits = await knowledge.search('Does every service have its own line on the invoice?', 20);
    expect(hits.every(hit => hit.kind === 'fact')).toBe(true);
  });
});

/** Documents are embedded; a question never comes back until it is given up. */
function answerOrHang(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
  if (texts.length > 1) return Promise.resolve(texts.map(() => new Float32Array([1, 0])));
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
}
