import { syntaxTree } from '@codemirror/language';
import type { EditorState, Range } from '@codemirror/state';
import {
  Decoration,
  ViewPlugin,
  type DecorationSet,
  type EditorView,
  type ViewUpdate,
} from '@codemirror/view';

/** Kinds of the Markdown grammar that look like something. Lines are drawn as a whole, others as marks. */
const LINE_LOOKS: Readonly<Record<string, string>> = {
  ATXHeading1: 'md-h1',
  ATXHeading2: 'md-h2',
  ATXHeading3: 'md-h3',
  ATXHeading4: 'md-h3',
  Blockquote: 'md-quote',
  FencedCode: 'md-code',
  Table: 'md-code',
};
const MARK_LOOKS: Readonly<Record<string, string>> = {
  StrongEmphasis: 'md-strong',
  Emphasis: 'md-emphasis',
  InlineCode: 'md-code-word',
  Link: 'md-link',
  Strikethrough: 'md-gone',
};
/** Signs that say how a text looks, and are in the way once it looks so. They come back where the caret is. */
const SIGNS: readonly string[] = ['HeaderMark', 'EmphasisMark', 'StrikethroughMark'];

/** Headings, bold and quotes look as they read, while the text stays Markdown. */
export const markdownLook = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = looksOf(view);
    }

    update(update: ViewUpdate): void {
      const isOther = syntaxTree(update.startState) !== syntaxTree(update.state);
      if (
        update.docChanged ||
        update.viewportChanged ||
        update.selectionSet ||
        update.focusChanged ||
        isOther
      )
        this.decorations = looksOf(update.view);
    }
  },
  { decorations: plugin => plugin.decorations },
);

function looksOf(view: EditorView): DecorationSet {
  const { state } = view;
  const ranges: Range<Decoration>[] = [];
  for (const { from, to } of view.visibleRanges) {
    ranges.push(...blankLines(state, from, to));
    syntaxTree(state).iterate({
      from,
      to,
      enter: ({ name, from: start, to: end }) => {
        const line = LINE_LOOKS[name];
        if (line !== undefined)
          ranges.push(...lineLooks(state, line, Math.max(start, from), Math.min(end, to)));
        const mark = MARK_LOOKS[name];
        if (mark !== undefined && end > start)
          ranges.push(Decoration.mark({ class: mark }).range(start, end));
        if (SIGNS.includes(name) && !(view.hasFocus && isOnLineOfCaret(state, start)))
          ranges.push(hidden(state, start, end));
      },
    });
  }
  return Decoration.set(ranges, true);
}

function lineLooks(state: EditorState, look: string, from: number, to: number): Range<Decoration>[] {
  const first = state.doc.lineAt(from).number;
  const last = state.doc.lineAt(to).number;
  return Array.from({ length: last - first + 1 }, (_, at) =>
    Decoration.line({ class: look }).range(state.doc.line(first + at).from),
  );
}

/** Lines between paragraphs are lower, so that the distance is that of read text. */
function blankLines(state: EditorState, from: number, to: number): Range<Decoration>[] {
  const ranges: Range<Decoration>[] = [];
  for (let { number } = state.doc.lineAt(from); number <= state.doc.lines; number += 1) {
    const line = state.doc.line(number);
    if (line.from > to) break;
    if (line.length === 0 && state.doc.lines > 1)
      ranges.push(Decoration.line({ class: 'md-blank' }).range(line.from));
  }
  return ranges;
}

/** The sign with the space behind it, as in `## `. */
function hidden(state: EditorState, from: number, to: number): Range<Decoration> {
  const spaces = /^ */u.exec(state.sliceDoc(to, Math.min(state.doc.lineAt(to).to, to + 4)))?.[0].length ?? 0;
  const isHeading = state.sliceDoc(from, to).startsWith('#');
  return Decoration.replace({}).range(from, to + (isHeading ? spaces : 0));
}

function isOnLineOfCaret(state: EditorState, at: number): boolean {
  const { number } = state.doc.lineAt(at);
  return state.selection.ranges.some(
    ({ from, to }) => state.doc.lineAt(from).number <= number && number <= state.doc.lineAt(to).number,
  );
}
