import { EditorView } from '@codemirror/view';

/** The editor in the console's colours: every one is a variable, so both themes follow by themselves. */
export const editorLook = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'transparent', fontSize: '15px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    lineHeight: '25px',
    overflow: 'visible',
  },
  '.cm-content': { padding: '0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '.md-h1': { fontSize: '21px', fontWeight: '650', lineHeight: '34px' },
  '.md-h2': { fontSize: '15.5px', fontWeight: '650', lineHeight: '28px' },
  '.md-h3': { fontWeight: '650' },
  '.md-strong': { fontWeight: '650' },
  '.md-emphasis': { fontStyle: 'italic' },
  '.md-gone': { textDecoration: 'line-through' },
  '.md-link': { color: 'var(--accent)' },
  '.md-quote': { borderLeft: '2px solid var(--line)', paddingLeft: '12px', color: 'var(--muted)' },
  '.md-code, .md-code-word': {
    fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
    fontSize: '13px',
  },
  '.md-blank': { lineHeight: '13px' },
  // What is new against what the AI answers from is tinted, what is gone is struck: shape and colour both say it.
  '& .diff-new, &.cm-merge-b .cm-changedText': {
    background: 'color-mix(in oklab, var(--ok) 24%, transparent)',
    borderRadius: '2px',
    textDecoration: 'none',
  },
  '& .diff-gone, &.cm-merge-a .cm-changedText': {
    background: 'color-mix(in oklab, var(--veto) 20%, transparent)',
    borderRadius: '2px',
  },
  '& .diff-gone': { textDecoration: 'line-through', marginRight: '4px', whiteSpace: 'pre-wrap' },
  '&.cm-merge-a .cm-changedLine, &.cm-merge-b .cm-changedLine': { backgroundColor: 'transparent' },
});
