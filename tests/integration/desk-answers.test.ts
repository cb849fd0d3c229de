import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SnapshotStore } from '#electron/storage/desk-store/snapshot-store.ts';
import { loadKnowledge } from '#worker/knowledge/load-knowledge.ts';
import { snapshotParts } from '#worker/knowledge/snapshot-parts.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import {
  CALIBRATION_QUESTIONS,
  HELD_OUT_QUESTIONS,
  scoreAnswers,
} from '#tests/fixtures/knowledge-questions.ts';
import { memoryFiles } from '#tests/fixtures/memory-store.ts';

/** A desk that has fetched what the demo's worker publishes. */
async function fetched(useVectors: boolean): Promise<SnapshotStore> {
  const knowledge = await loadKnowledge(
    join(import.meta.dirname, '../../resources/demo/knowledge'),
    createVirtualClock(),
  );
  const { manifest, parts } = await snapshotParts(knowledge, 1);
  const files = memoryFiles(useVectors);
  const store = new SnapshotStore(files.cache, files.hasVectors);
  for (const [sha256, bytes] of parts) store.addPart(sha256, bytes);
  expect(store.apply(manifest, 1_000)).toBeNull();
  return store;
}
const firstOf = (store: SnapshotStore, question: string): string | null =>
  store.answer(question, null)?.passages[0]?.docId ?? null;

test.each([true, false])(
  '[SYN35] a desk finds what the worker would answer from, and nothing where the worker would have nothing (with vectors: %s)',
  async useVectors => {
    const store = await fetched(useVectors);
    for (const [question, docId] of CALIBRATION_QUESTIONS) expect([question, firstOf(store, question)]).toEqual([question, docId]); // prettier-ignore
    const answers = HELD_OUT_QUESTIONS.map(([question]) => firstOf(store, question));
    const score = scoreAnswers(HELD_OUT_QUESTIONS, answers);
    expect(score.precisionRatio).toBeGreaterThanOrEqual(0.85);
    expect(score.recallRatio).toBeGreaterThanOrEqual(0.9);
    expect(score.falseAnswerRatio).toBeLessThanOrEqual(0.1);
  },
);

test('[SYN35] the text on the screen stands for its article: its passages are found, the published ones are not', async () => {
  const store = await fetched(true);
  const question = 'How do I get a refund?';
  const published = store.answer(question, null);
  expect(published?.passages[0]).toMatchObject({ docId: 'returns', isDraft: false });
  expect(published?.asOfMs).toBe(1_000);
  const draft = {
    docId: 'returns',
    title: 'Returns',
    markdown: 'A refund is paid in coins. It takes a minute.',
  };
  const tried = store.answer(question, draft)?.passages ?? [];
  expect(tried[0]).toEqual({
    docId: 'returns',
    title: 'Returns',
    section: 'Returns',
    quote: 'A refund is paid in coins.',
    isDraft: true,
  });
  expect(tried.filter(({ docId, isDraft }) => docId === 'returns' && !isDraft)).toEqual([]);
  const own = { docId: 'new', title: 'Unicycles', markdown: 'Unicycles go by freight.' };
  expect(store.answer('Do unicycles go by freight?', own)?.passages[0]).toMatchObject({ isDraft: true });
  expect(store.answer('Do unicycles go by freight?', null)?.passages).toEqual([]);
});

test('[SYN35] a desk that has fetched nothing yet has no answer, which is not the same as an empty one', () => {
  const files = memoryFiles(true);
  expect(new SnapshotStore(files.cache, files.hasVectors).answer('Refund?', null)).toBeNull();
});
