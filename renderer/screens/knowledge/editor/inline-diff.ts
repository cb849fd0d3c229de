import { presentableDiff } from '@codemirror/merge';
import { StateField, type EditorState, type Extension, type Range } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';

/** Effort of one comparison: beyond it the rest counts as changed, and typing never waits. */
const EFFORT = { scanLimit: 500, timeout: 60 } as const;

/** Words that are gone, struck, where they stood. */
class GoneWords extends WidgetType {
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override eq(other: GoneWords): boolean {
    return other.text === this.text;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement('del');
    element.className = 'diff-gone';
    element.textContent = this.text.trim() === '' ? '¶' : this.text.replaceAll(/\n{2,}/gu, '\n');
    return element;
  }
}

/**
 * Marks in the text what is new against another one, and shows what is gone where it stood: shape and colour both say it (KNW6).
 * In the line and not in blocks, because a changed word in a paragraph is what people look for.
 */
export function inlineDiff(original: string): Extension {
  const field = StateField.define<DecorationSet>({
    create: state => marksOf(original, state),
    update: (marks, transaction) => (transaction.docChanged ? marksOf(original, transaction.state) : marks),
    provide: self => EditorView.decorations.from(self),
  });
  return field;
}

function marksOf(original: string, state: EditorState): DecorationSet {
  const text = state.doc.toString();
  if (text === original) return Decoration.none;
  const ranges: Range<Decoration>[] = [];
  for (const { fromA, toA, fromB, toB } of presentableDiff(original, text, EFFORT)) {
    if (toA > fromA)
      ranges.push(
        Decoration.widget({ widget: new GoneWords(original.slice(fromA, toA)), side: -1 }).range(fromB),
      );
    if (toB > fromB) ranges.push(Decoration.mark({ class: 'diff-new', tagName: 'ins' }).range(fromB, toB));
  }
  return Decoration.set(ranges, true);
}
