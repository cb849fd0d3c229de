import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { markdown, markdownLanguage } from '@codemirror/lang-markdown';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { editorLook } from './editor-look.ts';
import { format, type Format } from './format-commands.ts';
import { inlineDiff } from './inline-diff.ts';
import { markdownLook } from './markdown-look.ts';

export interface CodeEditorProps {
  readonly label: string;
  readonly text: string;
  /** Rises when `text` is another for a reason other than typing. */
  readonly replaced: number;
  /** What the text is marked against; null marks nothing. */
  readonly original: string | null;
  readonly isReadOnly: boolean;
  readonly onType: (text: string) => void;
  /** Escape: out of the text. */
  readonly onLeave: () => void;
  readonly onView?: (view: EditorView | null) => void;
  readonly id?: string;
  /** Another look than an article's; it stays for as long as the editor. */
  readonly look?: { readonly extension: Extension; readonly placeholder: string };
}

/** Keys of the toolbar, as CodeMirror writes them. */
export const FORMAT_KEYS: Readonly<Record<Format, string>> = {
  heading: 'Mod-Shift-2',
  bold: 'Mod-b',
  list: 'Mod-Shift-8',
  link: 'Mod-Shift-l',
  quote: 'Mod-Shift-9',
  table: 'Mod-Shift-7',
};

/** What every editor of articles has: Markdown that looks as it reads, wrapped lines, the console's colours. */
export const articleLook: Extension = [
  EditorView.lineWrapping,
  markdown({ base: markdownLanguage }),
  markdownLook,
  editorLook,
];

export function runFormat(view: EditorView, what: Format): boolean {
  if (view.state.readOnly) return false;
  view.dispatch({ ...format(view.state, what), userEvent: 'input' });
  return true;
}

const formatKeys = (Object.keys(FORMAT_KEYS) as Format[]).map(what => ({
  key: FORMAT_KEYS[what],
  preventDefault: true,
  run: (current: EditorView) => runFormat(current, what),
}));

const marksAgainst = (original: string | null): Extension => (original === null ? [] : inlineDiff(original));

/** What cannot be written in can still be read and scrolled by keys. */
const lockOf = (isReadOnly: boolean): Extension => [
  EditorState.readOnly.of(isReadOnly),
  EditorView.editable.of(!isReadOnly),
  isReadOnly ? EditorView.contentAttributes.of({ tabindex: '0', 'aria-readonly': 'true' }) : [],
];

/** The text of an article. The view lives as long as the component; what comes from outside is put in without moving the caret. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, text, replaced, original, isReadOnly, onView, id } = props;
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const parts = useRef({ marks: new Compartment(), lock: new Compartment() });
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const { marks, lock } = parts.current;
    const first = latest.current;
    const made = new EditorView({
      parent: box.current ?? document.createElement('div'),
      state: EditorState.create({
        doc: first.text,
        extensions: [
          history(),
          keymap.of([
            ...(first.look ? [] : formatKeys),
            {
              key: 'Escape',
              run: () => {
                latest.current.onLeave();
                return true;
              },
            },
            ...defaultKeymap,
            ...historyKeymap,
          ]),
          first.look?.extension ?? articleLook,
          placeholder(first.look?.placeholder ?? 'Write what the AI may say. One thought per paragraph.'),
          EditorView.contentAttributes.of({
            'aria-label': label,
            spellcheck: first.look ? 'false' : 'true',
            ...(id === undefined ? {} : { id }),
          }),
          marks.of(marksAgainst(first.original)),
          lock.of(lockOf(first.isReadOnly)),
          EditorView.updateListener.of(update => {
            if (update.docChanged) latest.current.onType(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    onView?.(made);
    return () => {
      onView?.(null);
      made.destroy();
      view.current = null;
    };
  }, [label, id, onView]);

  useEffect(() => {
    const current = view.current;
    if (current) putText(current, latest.current.text);
  }, [replaced]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.marks.reconfigure(marksAgainst(original)) });
  }, [original]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.lock.reconfigure(lockOf(isReadOnly)) });
  }, [isReadOnly]);

  // For whoever prints or reads the page without the editor's script; the editor draws itself over it.
  return <div ref={box} data-testid="code-editor" data-length={text.length} className="code-editor" />;
}

/** Only what differs is exchanged, so that a caret elsewhere stays where it is. */
function putText(view: EditorView, text: string): void {
  const before = view.state.doc.toString();
  if (before === text) return;
  let from = 0;
  while (from < before.length && from < text.length && before[from] === text[from]) from += 1;
  let end = 0;
  while (
    end < before.length - from &&
    end < text.length - from &&
    before[before.length - 1 - end] === text[text.length - 1 - end]
  )
    end += 1;
  view.dispatch({ changes: { from, to: before.length - end, insert: text.slice(from, text.length - end) } });
}
