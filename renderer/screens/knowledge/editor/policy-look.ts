import { RangeSetBuilder, StateField, type Extension, type Text } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  WidgetType,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import { clauseRanges, readPolicyText, type ClauseFault } from '#shared/domain/policy-text.ts';
import { editorLook } from './editor-look.ts';

/** A field, a text, or a word or figure of JSON. */
const TOKEN = /(?<text>"(?:\\.|[^"\\])*")(?<colon>\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?\b/gu;

const marks = {
  field: Decoration.mark({ class: 'json-field' }),
  text: Decoration.mark({ class: 'json-text' }),
  figure: Decoration.mark({ class: 'json-figure' }),
};

const matcher = new MatchDecorator({
  regexp: TOKEN,
  decoration: ({ groups }) =>
    groups?.['text'] === undefined ? marks.figure : groups['colon'] === undefined ? marks.text : marks.field,
});

/** JSON is told apart by colour alone where it has a shape of its own anyway: quotes, colons, brackets. */
const jsonLook = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = matcher.createDeco(view);
    }
    update(update: ViewUpdate): void {
      this.decorations = matcher.updateDeco(update, this.decorations);
    }
  },
  { decorations: plugin => plugin.decorations },
);

/** What is wrong with a clause, under it. */
class FaultNote extends WidgetType {
  readonly #words: string;
  constructor(words: string) {
    super();
    this.#words = words;
  }
  override eq(other: FaultNote): boolean {
    return other.#words === this.#words;
  }
  toDOM(): HTMLElement {
    const note = document.createElement('div');
    note.className = 'clause-fault-note';
    note.textContent = this.#words;
    return note;
  }
}

const wordsOf = ({ path, problem, expected }: ClauseFault): string =>
  `${path === '' ? '' : `${path}: `}${problem}; expected ${expected}`;

function faultMarks(name: string, doc: Text): DecorationSet {
  const text = doc.toString();
  const reading = readPolicyText(name, text);
  if (reading.ok) return Decoration.none;
  const ranges = clauseRanges(text);
  const byClause = Map.groupBy(reading.faults, ({ clause }) => clause ?? -1);
  const builder = new RangeSetBuilder<Decoration>();
  ranges.forEach(({ from, to }, at) => {
    const faults = byClause.get(at);
    if (!faults) return;
    for (let line = doc.lineAt(from); ; line = doc.line(line.number + 1)) {
      builder.add(line.from, line.from, Decoration.line({ class: 'clause-fault' }));
      if (line.to >= to) break;
    }
    const widget = new FaultNote(faults.map(wordsOf).join('\n'));
    builder.add(to, to, Decoration.widget({ widget, side: 1, block: true }));
  });
  return builder.finish();
}

/** Faults of a policy document at their clauses, read anew with every change and without any worker (POL71). */
const faultsOf = (name: string): Extension =>
  StateField.define<DecorationSet>({
    create: ({ doc }) => faultMarks(name, doc),
    update: (now, { docChanged, newDoc }) => (docChanged ? faultMarks(name, newDoc) : now),
    provide: field => EditorView.decorations.from(field),
  });

const policyTheme = EditorView.theme({
  '.cm-scroller': {
    fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
    fontSize: '13px',
    lineHeight: '21px',
  },
  '.json-field': { color: 'var(--accent)' },
  '.json-text': { color: 'var(--text)' },
  '.json-figure': { color: 'var(--warn)' },
  '.clause-fault': { position: 'relative' },
  '.clause-fault::before': {
    content: '""',
    position: 'absolute',
    left: '-14px',
    top: '0',
    bottom: '0',
    width: '3px',
    background: 'var(--veto)',
  },
  '.clause-fault-note': {
    margin: '4px 0 6px',
    padding: '6px 10px',
    borderLeft: '3px solid var(--veto)',
    background: 'var(--raised)',
    color: 'var(--text)',
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontSize: '12.5px',
    lineHeight: '18px',
    whiteSpace: 'pre-wrap',
  },
});

/** What every editor of policies has. The first of two themes wins. */
export const policyLook: Extension = [EditorView.lineWrapping, jsonLook, policyTheme, editorLook];

/** The same where it is written in. */
export const policyEditing = (name: string): Extension => [policyLook, faultsOf(name)];
