import { EditorSelection, EditorState } from '@codemirror/state';
import { expect, test } from 'vitest';
import { format, type Format } from './format-commands.ts';

/** `|` is the caret, or both ends of the selection. */
function apply(marked: string, what: Format): string {
  const [before = '', middle = '', after] = marked.split('|');
  const doc = after === undefined ? before + middle : before + middle + after;
  const to = after === undefined ? before.length : before.length + middle.length;
  const state = EditorState.create({ doc, selection: EditorSelection.range(before.length, to) });
  const next = state.update(format(state, what)).state;
  const { from, to: end } = next.selection.main;
  const text = next.doc.toString();
  return from === end
    ? `${text.slice(0, from)}|${text.slice(from)}`
    : `${text.slice(0, from)}|${text.slice(from, end)}|${text.slice(end)}`;
}

test('[KNW7] bold takes the word at the caret or the selection, and doing it twice takes it back', () => {
  expect(apply('two wor|king days', 'bold')).toBe('two **|working|** days');
  expect(apply('two **|working|** days', 'bold')).toBe('two |working| days');
  expect(apply('|**two**|', 'bold')).toBe('|two|');
  expect(apply('a  |  b', 'bold')).toBe('a  **|**  b');
});

test('[KNW7] headings, lists and quotes are marks of whole lines and come off again', () => {
  expect(apply('Refund re|quests', 'heading')).toBe('## Refund re|quests');
  expect(apply('# Refund re|quests', 'heading')).toBe('Refund re|quests');
  expect(apply('|one\n\ntwo|', 'list').replaceAll('|', '')).toBe('- one\n\n- two');
  expect(apply('|- one\n- two|', 'list').replaceAll('|', '')).toBe('one\ntwo');
  expect(apply('|', 'list')).toBe('- |');
  expect(apply('|said|', 'quote').replaceAll('|', '')).toBe('> said');
});

test('[KNW7] a link has its address selected, and a table stands in a block of its own with the caret in a cell', () => {
  expect(apply('see |here|', 'link')).toBe('see [here](|https://|)');
  expect(apply('see |', 'link')).toBe('see [words](|https://|)');
  const state = EditorState.create({ doc: 'a paragraph\nof two lines\n\nnext', selection: { anchor: 4 } });
  const next = state.update(format(state, 'table')).state;
  expect(next.doc.toString()).toBe(
    'a paragraph\nof two lines\n\n| What | Answer |\n| --- | --- |\n|  |  |\n\n\nnext',
  );
  expect(next.sliceDoc(next.selection.main.head - 3, next.selection.main.head + 4)).toBe('\n| ' + ' |  ');
});
