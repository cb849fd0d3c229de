import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { MergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { articleLook } from './code-editor.tsx';
import { inlineDiff } from './inline-diff.ts';

export interface MergeEditorProps {
  /** Stays as it is. */
  readonly left: string;
  readonly leftLabel: string;
  /** Where the result is made. */
  readonly right: string;
  readonly rightLabel: string;
  /** Another look than an article's. */
  readonly look?: Extension;
  readonly onType: (text: string) => void;
}

/** Two whole texts side by side; an arrow takes a change from left to right, and the right can be written on. */
export function MergeEditor({
  left,
  leftLabel,
  right,
  rightLabel,
  look = articleLook,
  onType,
}: MergeEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const typed = useRef(onType);
  useEffect(() => {
    typed.current = onType;
  });
  useEffect(() => {
    const view = new MergeView({
      parent: box.current ?? document.createElement('div'),
      a: {
        doc: left,
        extensions: [
          look,
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': leftLabel, 'aria-readonly': 'true' }),
        ],
      },
      b: {
        doc: right,
        extensions: [
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          look,
          EditorView.contentAttributes.of({ 'aria-label': rightLabel, spellcheck: 'true' }),
          EditorView.updateListener.of(update => {
            if (update.docChanged) typed.current(update.state.doc.toString());
          }),
        ],
      },
      gutter: false,
      highlightChanges: true,
      revertControls: 'a-to-b',
      renderRevertControl: takeButton,
    });
    return () => view.destroy();
  }, [left, leftLabel, right, rightLabel, look]);
  return <div ref={box} className="merge-editor" />;
}

function takeButton(): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'icon-button';
  button.textContent = '→';
  button.title = 'Take this change';
  button.setAttribute('aria-label', 'Take this change');
  return button;
}

export interface DiffTextProps {
  readonly before: string;
  readonly after: string;
  readonly label: string;
  readonly look?: Extension;
}

/** What changed from one text to another; nothing can be typed. */
export function DiffText({ before, after, label, look = articleLook }: DiffTextProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const view = new EditorView({
      parent: box.current ?? document.createElement('div'),
      state: EditorState.create({
        doc: after,
        extensions: [
          look,
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          inlineDiff(before),
        ],
      }),
    });
    return () => view.destroy();
  }, [before, after, label, look]);
  return <div ref={box} className="code-editor" />;
}
