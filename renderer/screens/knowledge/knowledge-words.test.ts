import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KnowledgeItem } from '#shared/ipc/knowledge-commands.ts';
import { agoWords, markedParts, refusalWords, standing } from './knowledge-words.ts';

const item: KnowledgeItem = {
  docId: 'a',
  title: 'A',
  status: 'approved',
  excerpt: '',
  titleHits: [],
  excerptHits: [],
  ownerName: null,
  editedBy: 'Ann',
  editedAtMs: 0,
  isPublished: true,
  verifyByMs: null,
  openConflicts: 0,
  waiting: 0,
};

test('[KNW1] the one word of a row is what matters most: conflict, archived, due, then its status', () => {
  const words = (more: Partial<KnowledgeItem>) => standing({ ...item, ...more }, 1_000).words;
  expect(words({ openConflicts: 1, verifyByMs: 1 })).toBe('Conflict');
  expect(words({ status: 'archived', verifyByMs: 1 })).toBe('Archived');
  expect(words({ verifyByMs: 1 })).toBe('Due');
  expect(words({ verifyByMs: 2_000 })).toBe('Approved');
  expect(words({ status: 'draft' })).toBe('Draft');
  expect(words({ status: 'draft', waiting: 1 })).toBe('Draft, on this desk');
  expect(words({ status: 'in-review' })).toBe('In review');
});

test('[KNW1] how long ago is said in the largest unit that fits', () => {
  const now = Date.UTC(2026, 10, 27, 12);
  expect(agoWords(now - 20_000, now)).toBe('just now');
  expect(agoWords(now - 2 * 60_000, now)).toBe('2 min ago');
  expect(agoWords(now - 5 * 3_600_000, now)).toBe('5 h ago');
  expect(agoWords(now - 40 * 86_400_000, now)).toBe('18 Oct');
});

test('[KNW2] marked parts always give the text again, whatever places were told', () => {
  const place = fc.record({ from: fc.integer({ min: -3, max: 30 }), to: fc.integer({ min: -3, max: 30 }) });
  fc.assert(
    fc.property(fc.string({ maxLength: 24 }), fc.array(place, { maxLength: 5 }), (text, spans) => {
      expect(
        markedParts(text, spans)
          .map(part => part.text)
          .join(''),
      ).toBe(text);
    }),
  );
  expect(markedParts('a refund now', [{ from: 2, to: 8 }])).toEqual([
    { text: 'a ', isHit: false },
    { text: 'refund', isHit: true },
    { text: ' now', isHit: false },
  ]);
});

test('[KNW13] a refusal says what to do; one that is not known keeps the worker’s words', () => {
  const error = (code: 'knowledge.conflict' | 'access.denied' | 'knowledge.refused') =>
    ({ code, message: 'Not later than what is published.', retryable: false, origin: 'worker' }) as const;
  expect(refusalWords('publish', error('knowledge.conflict'))).toContain('Settle the conflict');
  expect(refusalWords('publish', error('access.denied'))).toContain('Ask for review');
  expect(refusalWords('publish', error('knowledge.refused'))).toBe('Not later than what is published.');
});
