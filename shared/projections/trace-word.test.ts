import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Citation } from '#shared/domain/lanes.ts';
import { traceWord } from './trace-word.ts';

const BODY = 'Small parcels arrive within three working days. You can return an item within thirty days.';
const cite = (start: number, end: number): Citation => ({
  kind: 'document',
  sourceId: 'delivery',
  title: 'Delivery',
  quote: BODY.slice(start, end),
  span: [start, end],
  snapshotId: 's1',
});
const first = cite(0, 47);
const second = cite(48, BODY.length);

describe('from a word to its source', () => {
  test('[RET55] every word of a quoted passage leads to itself in the document', () => {
    fc.assert(
      fc.property(fc.constantFrom(first, second), fc.nat({ max: 40 }), (citation, offset) => {
        const trace = traceWord(citation.quote, [first, second], offset);
        if (trace === null) return;
        expect(trace).toMatchObject({ support: 'quoted', citation });
        const [start, end] = trace.sourceSpan ?? [0, 0];
        expect(BODY.slice(start, end)).toBe(trace.word);
        expect(start).toBe((citation.span?.[0] ?? 0) + trace.span[0]);
      }),
    );
  });

  test('[RET56] a word that several passages have leads to the one whose words stand around it', () => {
    const text = 'I see. You can return an item within thirty days, as I said.';
    const trace = traceWord(text, [first, second], text.indexOf('within'));
    expect(trace).toMatchObject({ word: 'within', citation: second });
    expect(trace?.sourceSpan?.[0]).toBe(BODY.lastIndexOf('within'));
  });

  test('[RET57] a word of the AI’s own is told as such, and so is one without any source', () => {
    const text = 'I believe small parcels arrive soon.';
    expect(traceWord(text, [first], text.indexOf('believe'))).toMatchObject({
      support: 'cited',
      citation: first,
      sourceSpan: null,
    });
    expect(traceWord('One moment.', [], 0)).toMatchObject({ support: 'own', citation: null });
    expect(traceWord('One moment.', [], 3)).toBeNull();
    const tool: Citation = {
      kind: 'tool',
      sourceId: 't1',
      title: 'lookup_order',
      quote: 'Order 4711 was delivered.',
    };
    expect(traceWord('Order 4711 was delivered.', [tool], 6)).toMatchObject({
      word: '4711',
      support: 'quoted',
      sourceSpan: null,
    });
  });
});
