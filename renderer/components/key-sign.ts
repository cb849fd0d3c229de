const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Backspace: '⌫',
};

/** A key of the key list as it stands on a control: `Ctrl+Z` is `Ctrl Z`, `ArrowUp` is `↑`. */
export const keySign = (name: string): string =>
  parts(name)
    .map(part => SIGNS[part] ?? part)
    .join(' ');

/** The same key for `aria-keyshortcuts`; undefined for none. */
export const ariaKey = (name: string): string | undefined =>
  name === ''
    ? undefined
    : parts(name)
        .map(part => (part === 'Ctrl' ? 'Control' : part))
        .join('+');

/** The plus sign is a key as well. */
const parts = (name: string): string[] => name.split(/(?<=.)\+(?=.)/u);
