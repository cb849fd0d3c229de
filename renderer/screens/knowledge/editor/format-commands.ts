import { EditorSelection, type ChangeSpec, type EditorState, type TransactionSpec } from '@codemirror/state';

/** What the toolbar can do to the text. Each is a pure step: state in, change out (KNW7). */
export type Format = 'heading' | 'bold' | 'list' | 'link' | 'quote' | 'table';

export function format(state: EditorState, what: Format): TransactionSpec {
  switch (what) {
    case 'heading':
      return toggleLines(state, '## ', /^#{1,6} +/u);
    case 'list':
      return toggleLines(state, '- ', /^[-*+] +/u);
    case 'quote':
      return toggleLines(state, '> ', /^> ?/u);
    case 'bold':
      return toggleBold(state);
    case 'link':
      return insertLink(state);
    case 'table':
      return insertTable(state);
  }
}

/** Every line of the selection gets the mark, or loses it where all have it. Empty lines between others are left alone. */
function toggleLines(state: EditorState, mark: string, marked: RegExp): TransactionSpec {
  const { from, to } = state.selection.main;
  const first = state.doc.lineAt(from).number;
  const last = state.doc.lineAt(to).number;
  const all = Array.from({ length: last - first + 1 }, (_, at) => state.doc.line(first + at));
  const lines = all.length === 1 ? all : all.filter(line => line.text.trim() !== '');
  const hasAll = lines.length > 0 && lines.every(line => marked.test(line.text));
  const changes = lines.flatMap((line): ChangeSpec[] => {
    const found = marked.exec(line.text)?.[0] ?? '';
    if (hasAll) return [{ from: line.from, to: line.from + found.length }];
    return found === mark ? [] : [{ from: line.from, to: line.from + found.length, insert: mark }];
  });
  const changed = state.changes(changes);
  return { changes: changed, selection: state.selection.map(changed, 1), scrollIntoView: true };
}

const BOLD = '**';

/** The selection, or the word at the caret. */
function toggleBold(state: EditorState): TransactionSpec {
  const { main } = state.selection;
  const { from, to } = main.empty ? (state.wordAt(main.head) ?? main) : main;
  const around = state.sliceDoc(Math.max(0, from - 2), from) === BOLD && state.sliceDoc(to, to + 2) === BOLD;
  const inside = state.sliceDoc(from, to);
  // Between the marks: what is typed next is bold.
  if (from === to && !around)
    return { changes: { from, insert: BOLD + BOLD }, selection: { anchor: from + BOLD.length } };
  const within = inside.length >= 4 && inside.startsWith(BOLD) && inside.endsWith(BOLD);
  const changes: ChangeSpec[] = around
    ? [
        { from: from - 2, to: from },
        { from: to, to: to + 2 },
      ]
    : within
      ? [
          { from, to: from + 2 },
          { from: to - 2, to },
        ]
      : [
          { from, insert: BOLD },
          { from: to, insert: BOLD },
        ];
  const changed = state.changes(changes);
  const anchor = changed.mapPos(from, 1);
  return {
    changes: changed,
    selection: EditorSelection.range(anchor, Math.max(anchor, changed.mapPos(to, -1))),
  };
}

const ADDRESS = 'https://';

function insertLink(state: EditorState): TransactionSpec {
  const { from, to } = state.selection.main;
  const words = state.sliceDoc(from, to) || 'words';
  const insert = `[${words}](${ADDRESS})`;
  const at = from + words.length + 3;
  return { changes: { from, to, insert }, selection: EditorSelection.range(at, at + ADDRESS.length) };
}

const TABLE = '| What | Answer |\n| --- | --- |\n|  |  |';

/** A block of its own behind the paragraph of the caret, with the caret in its first empty cell. */
function insertTable(state: EditorState): TransactionSpec {
  let line = state.doc.lineAt(state.selection.main.to);
  while (
    line.text.trim() !== '' &&
    line.number < state.doc.lines &&
    state.doc.line(line.number + 1).text.trim() !== ''
  )
    line = state.doc.line(line.number + 1);
  const before = line.text.trim() === '' ? '' : '\n\n';
  const insert = `${before}${TABLE}\n`;
  const cell = line.to + before.length + TABLE.lastIndexOf('|  |  |') + 2;
  return { changes: { from: line.to, insert }, selection: { anchor: cell }, scrollIntoView: true };
}
