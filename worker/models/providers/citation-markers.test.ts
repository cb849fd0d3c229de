import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Citation } from '#shared/domain/lanes.ts';
import { createCitationMarkerReader, type MarkedSource } from './citation-markers.ts';

const fee: Citation = {
  kind: 'document',
  sourceId: 'invoices',
  title: 'Invoices',
  quote: 'The fee is four euros.',
  span: [120, 142],
};
const sources = new Map<string, MarkedSource>([
  ['p1', { kind: 'citation', citation: fee }],
  ['t1', { kind: 'citation', citation: { ...fee, kind: 'tool', sourceId: 'call-1' } }],
  ['n1', { kind: 'note', noteId: 'note-1' }],
]);

function read(slices: readonly string[]) {
  const reader = createCitationMarkerReader(sources);
  const parts = [...slices.flatMap(slice => reader.push(slice)), ...reader.end()];
  return {
    text: parts.map(part => part.text).join(''),
    cited: parts.flatMap(part => part.citations.map(citation => citation.sourceId)),
    notes: parts.flatMap(part => part.noteIds),
    parts,
  };
}

describe('citation markers', () => {
  test('[PRO10] a marker becomes the citation with its exact span, and nothing of it is spoken', () => {
    const { text, parts } = read(['The fee is four euros [p1]. It is due at once.']);
    expect(text).toBe('The fee is four euros. It is due at once.');
    expect(parts.flatMap(part => part.citations)).toEqual([fee]);
  });

  test('[PRO10] a marker before or after the full stop belongs to that sentence: it comes before what ends it', () => {
    for (const said of ['Four euros [p1]. Goodbye.', 'Four euros. [p1] Goodbye.']) {
      const reader = createCitationMarkerReader(sources);
      let before = '';
      let citedAfter = '';
      for (const char of said)
        for (const part of reader.push(char)) {
          before += part.text;
          if (part.citations.length > 0) citedAfter = before;
        }
      // A sentence is complete with the space after its full stop.
      expect(citedAfter).toMatch(/^Four euros\.?$/u);
    }
  });

  test('[PRO10] several sources, results and notes in one marker', () => {
    const { text, cited, notes } = read(['All of it [p1, t1; N1].']);
    expect([text, cited, notes]).toEqual(['All of it.', ['invoices', 'call-1'], ['note-1']]);
  });

  test('[PRO10] however the text is sliced, the outcome is the same', () => {
    const piece = fc.constantFrom(
      'The fee',
      ' ',
      '[p1]',
      '[n1]',
      '[',
      ']',
      '.',
      ' [p',
      '1] ',
      '[laughs]',
      '[9]',
      ' [t1]',
      '\n',
      'four',
      '[p1, t1]',
      '[[p1]]',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
        (pieces, sizes) => {
          const whole = pieces.join('');
          const slices: string[] = [];
          for (let at = 0; at < whole.length;) {
            const size = sizes[slices.length % sizes.length] ?? 1;
            slices.push(whole.slice(at, at + size));
            at += size;
          }
          const { text, cited, notes } = read(slices);
          const once = read([whole]);
          expect([text, cited, notes]).toEqual([once.text, once.cited, once.notes]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('[PRO11] a marker that names nothing we gave is dropped, other brackets are text', () => {
    const { text, cited } = read(['It costs nine euros [p7]. So it is [1] [sighs] said.']);
    expect([text, cited]).toEqual(['It costs nine euros. So it is [sighs] said.', []]);
  });

  test('[PRO11] a bracket that never closes is text in the end', () => {
    expect(read(['Well [p1']).text).toBe('Well [p1');
  });
});
