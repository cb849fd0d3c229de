import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from './document.ts';
import { KeywordKnowledgeBase } from './keyword-knowledge-base.ts';
import { loadKnowledge } from './load-knowledge.ts';

const folder = join(import.meta.dirname, '../../resources/demo/knowledge');
const knowledge = loadKnowledge(folder);

/** What callers ask, and the document that must answer; `null`: nobody wrote it down. */
const QUESTIONS: readonly (readonly [question: string, docId: string | null])[] = [
  ['How long do small parcels take?', 'delivery-times'],
  ['When will my furniture arrive?', 'delivery-times'],
  ['Can I change the delivery address?', 'delivery-times'],
  ['My parcel is late.', 'delivery-times'],
  ['Can I return an item?', 'returns'],
  ['How do I get a refund?', 'returns'],
  ['How do I ask for a refund?', 'returns'],
  ['I just want my money back.', 'returns'],
  ['Do I get a label for the return?', 'returns'],
  ['The lamp arrived broken.', 'damaged-items'],
  ['Can I get a replacement for the damaged lamp?', 'damaged-items'],
  ['Why is there a fee on my invoice?', 'invoices'],
  ['Can I have a copy of the invoice?', 'invoices'],
  ['When is the invoice sent?', 'invoices'],
  ['Is delivery free above fifty euros?', 'invoices'],
  ['When are you open on Saturday?', 'opening-hours'],
  ['Are you closed on public holidays?', 'opening-hours'],
  ['Is there parking for bicycles?', 'location'],
  ['How far from the central station are you?', 'location'],
  ['How long is the warranty on lamps?', 'warranty'],
  ['Does the warranty cover normal wear?', 'warranty'],
  ['What do you need for a warranty repair?', 'warranty'],
  ['Can I pay by bank transfer?', 'payment'],
  ['Do you take credit card?', 'payment'],
  ['When is a payment on account due?', 'payment'],
  ['I have forgotten my password.', 'account'],
  ['How do I change my mail address in the settings?', 'account'],
  ['How much does assembly of furniture cost?', 'services'],
  ['Do you wrap gifts?', 'services'],
  ['Is gift wrapping free of charge?', 'services'],
  ['Am I talking to an AI assistant?', 'assistant'],
  ['What is the capital of France?', null],
  ['Do you sell covers for a sailing boat?', null],
  ['Which colours do the boat covers have?', null],
  ['Who won the match yesterday?', null],
  ['Can you recommend a restaurant?', null],
  ['What is the weather like?', null],
  ['Is the spring sale on?', null],
  ['Do you hire students?', null],
  ['Tell me a joke.', null],
];

describe('retrieval', () => {
  test.each(QUESTIONS)('[RET4] %s -> %s', (question, docId) => {
    expect(knowledge.search(question, 3).map(hit => hit.docId)[0] ?? null).toBe(docId);
  });

  test('[RET1] a draft is never found, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('spring', 'sale', 'lamp', 'half', 'costs', 'march'), {
          minLength: 1,
          maxLength: 6,
        }),
        words => {
          expect(knowledge.search(words.join(' '), 20).some(hit => hit.docId === 'spring-sale')).toBe(false);
        },
      ),
    );
  });

  test('[RET2] a hit quotes its document to the letter at its span', () => {
    for (const [question] of QUESTIONS) {
      for (const hit of knowledge.search(question, 10)) {
        const { body } = parseDocument(readFileSync(join(folder, `${hit.docId}.md`), 'utf8'));
        expect(body.slice(hit.span[0], hit.span[1])).toBe(hit.quote);
      }
    }
  });

  test('[RET3] the same documents make the same snapshot, a changed word another', () => {
    const text = readFileSync(join(folder, 'returns.md'), 'utf8');
    const snapshot = (source: string): string => new KeywordKnowledgeBase([parseDocument(source)]).snapshotId;
    expect(snapshot(text)).toBe(snapshot(text));
    expect(snapshot(text)).not.toBe(snapshot(text.replace('thirty', 'forty')));
  });

  test('[RET5] a document that cannot be read is refused', () => {
    expect(() => parseDocument('no front matter')).toThrow('front matter');
    expect(() => parseDocument('---\nid: Bad Id\ntitle: T\n---\nbody')).toThrow();
  });
});
