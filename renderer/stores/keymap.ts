/** Everything a key can do. One name per row of the key list. */
export type KeyAction =
  | 'list-up'
  | 'list-down'
  | 'open-call'
  | 'listen'
  | 'whisper'
  | 'barge'
  | 'take-over'
  | 'step-down'
  | 'leave'
  | 'undo'
  | 'tell-ai'
  | 'say-now'
  | 'veto'
  | 'release'
  | 'slow-safe'
  | 'hush'
  | 'hold'
  | 'arm'
  | 'live'
  | 'use-first'
  | 'use-second'
  | 'play'
  | 'coach'
  | 'skip-back'
  | 'skip-forward'
  | 'history'
  | 'figures'
  | 'knowledge'
  | 'new-article'
  | 'save-article'
  | 'trace'
  | 'hand-back'
  | 'mute'
  | 'flag'
  | 'transfer'
  | 'search'
  | 'palette'
  | 'help'
  | 'back';

export interface KeyPress {
  readonly key: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly repeat: boolean;
}

export type KeyScreen = 'floor' | 'call' | 'history' | 'figures' | 'knowledge' | 'settings';
/** `held-call`: a call as it is now, and somebody else of ours has it. */
export type KeyPlace = KeyScreen | 'held-call';

export interface KeyContext {
  readonly place: KeyPlace;
  /** The caret is in a text field: every key is the field's. */
  readonly typing: boolean;
  /** Focus is on a control that Enter or Space would press. */
  readonly onControl: boolean;
  /** That focus came by the keyboard, or whence is not known; a control that was only clicked does not wait for Space. */
  readonly focusByKeys: boolean;
  /** A dialog is open: it has the keyboard. */
  readonly dialog: boolean;
  readonly onLine: boolean;
  /** Setting: single letters and digits may be switched off (WCAG 2.1.4). */
  readonly singleKeys: boolean;
}

export interface KeyRow {
  readonly keys: readonly string[];
  readonly words: string;
  readonly action: KeyAction;
  readonly where: 'list' | 'call' | 'both' | 'line' | 'held' | 'past' | 'knowledge' | 'away' | 'all';
}

/** The key list as `?` and the settings show it, and as the keys work. */
export const KEY_ROWS: readonly KeyRow[] = [
  { keys: ['ArrowUp'], words: 'Previous of the list', action: 'list-up', where: 'list' },
  { keys: ['ArrowDown'], words: 'Next of the list', action: 'list-down', where: 'list' },
  { keys: ['Enter'], words: 'Open it', action: 'open-call', where: 'list' },
  { keys: ['/'], words: 'Search', action: 'search', where: 'list' },
  { keys: ['1'], words: 'Listen', action: 'listen', where: 'both' },
  { keys: ['2'], words: 'Whisper to the AI', action: 'whisper', where: 'call' },
  { keys: ['3'], words: 'Barge: the caller hears you both', action: 'barge', where: 'call' },
  { keys: ['4'], words: 'Take over', action: 'take-over', where: 'both' },
  { keys: ['0'], words: 'Step down fully', action: 'leave', where: 'both' },
  { keys: ['Backspace'], words: 'Step down one rung', action: 'step-down', where: 'both' },
  { keys: ['Ctrl+Z'], words: 'Undo a takeover, for 10 s', action: 'undo', where: 'line' },
  { keys: ['B'], words: 'Hand back to the AI', action: 'hand-back', where: 'line' },
  { keys: ['M'], words: 'Mute or unmute yourself', action: 'mute', where: 'line' },
  { keys: ['Alt+1'], words: 'Use the first suggestion of the AI', action: 'use-first', where: 'line' },
  { keys: ['Alt+2'], words: 'Use the second suggestion', action: 'use-second', where: 'line' },
  { keys: ['V'], words: 'Veto the next sentence', action: 'veto', where: 'both' },
  { keys: ['R'], words: 'Release what was refused', action: 'release', where: 'call' },
  { keys: ['P'], words: 'Hold or resume the AI', action: 'hold', where: 'both' },
  { keys: ['D'], words: 'Slow-safe: let answers wait longer', action: 'slow-safe', where: 'call' },
  { keys: ['C'], words: 'Card data: nobody listens', action: 'hush', where: 'call' },
  { keys: ['W'], words: 'Write a note to the AI', action: 'tell-ai', where: 'call' },
  { keys: ['S'], words: 'Let the AI say a sentence', action: 'say-now', where: 'call' },
  { keys: ['K'], words: 'Arm or disarm the microphone', action: 'arm', where: 'call' },
  { keys: ['T'], words: 'Transfer the call', action: 'transfer', where: 'call' },
  { keys: ['F'], words: 'Flag this moment', action: 'flag', where: 'call' },
  { keys: ['Space'], words: 'Hold: whisper to whoever has the call', action: 'coach', where: 'held' },
  { keys: ['Space'], words: 'Play or pause what was', action: 'play', where: 'past' },
  { keys: ['ArrowLeft'], words: 'Back 5 s', action: 'skip-back', where: 'call' },
  { keys: ['ArrowRight'], words: 'Forward 5 s', action: 'skip-forward', where: 'call' },
  { keys: ['J'], words: 'Where a word comes from', action: 'trace', where: 'call' },
  { keys: ['L'], words: 'Back to live', action: 'live', where: 'call' },
  { keys: ['H'], words: 'Calls that have been', action: 'history', where: 'all' },
  { keys: ['I'], words: 'How well calls went', action: 'figures', where: 'all' },
  { keys: ['U'], words: 'What the AI answers from', action: 'knowledge', where: 'all' },
  { keys: ['N'], words: 'New article', action: 'new-article', where: 'knowledge' },
  { keys: ['Ctrl+S'], words: 'Save the article', action: 'save-article', where: 'knowledge' },
  { keys: ['Escape'], words: 'Back to the list', action: 'back', where: 'away' },
  { keys: ['Ctrl+K'], words: 'Do anything', action: 'palette', where: 'all' },
  { keys: ['?'], words: 'Show the keys', action: 'help', where: 'all' },
];

/** Keys that go on while they are held. */
const REPEATS: readonly KeyAction[] = ['list-up', 'list-down', 'skip-back', 'skip-forward'];

const WHILE_TYPING: readonly KeyAction[] = ['palette', 'save-article'];

/** What a key press means here and now, or null when it is not ours. Held keys act once. */
export function actionOf(
  press: KeyPress,
  context: KeyContext,
  rows: readonly KeyRow[] = KEY_ROWS,
): KeyAction | null {
  if (context.dialog) return null;
  const name = keyName(press);
  const rowAt = (place: KeyPlace): KeyRow | undefined =>
    rows.find(({ keys, where }) => keys.includes(name) && isHere(where, place, context.onLine));
  // A key of the past that whispering has not taken works on a held call too.
  const row = rowAt(context.place) ?? (context.place === 'held-call' ? rowAt('call') : undefined);
  if (!row) return null;
  const { action } = row;
  if (press.repeat && !REPEATS.includes(action)) return null;
  // A text field has every key but the one that gets out of any place, and the one that keeps what was typed.
  if (context.typing && !(WHILE_TYPING.includes(action) && hasModifier(name))) return null;
  const isControls = context.onControl && (context.focusByKeys || action !== 'coach');
  if ((name === 'Enter' || name === 'Space') && isControls) return null;
  if (name.length === 1 && !context.singleKeys && action !== 'help') return null;
  return action;
}

/** Where a row acts; two rows that share a place share no key. */
export function placesOf(where: KeyRow['where']): readonly KeyPlace[] {
  switch (where) {
    case 'list':
      return ['floor', 'history', 'knowledge'];
    case 'call':
      return ['call', 'held-call'];
    case 'line':
    case 'past':
      return ['call'];
    case 'held':
      return ['held-call'];
    case 'both':
      return ['floor', 'call', 'held-call'];
    case 'knowledge':
      return ['knowledge'];
    case 'away':
      return ['call', 'held-call', 'history', 'figures', 'knowledge', 'settings'];
    case 'all':
      return ['floor', 'call', 'held-call', 'history', 'figures', 'knowledge', 'settings'];
  }
}

const isHere = (where: KeyRow['where'], place: KeyPlace, onLine: boolean): boolean =>
  placesOf(where).includes(place) && (where !== 'line' || onLine);

const hasModifier = (name: string): boolean => name.startsWith('Ctrl+') || name.startsWith('Alt+');

/** A key press as key lists write it: `V`, `Ctrl+Z`, `Space`. Shift is part of the character. */
export function keyName({ key, ctrl, alt }: Pick<KeyPress, 'key' | 'ctrl' | 'alt'>): string {
  const name = key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key;
  return `${ctrl ? 'Ctrl+' : ''}${alt ? 'Alt+' : ''}${name}`;
}
