import { KEY_ROWS, placesOf, type KeyAction, type KeyRow } from './keymap.ts';

/** Keys chosen at this desk, by action; an empty text takes the key away. As the settings keep it. */
export type Keymap = Readonly<Record<string, string>>;

const NAMED: readonly string[] = [
  'Space',
  'Enter',
  'Backspace',
  'Delete',
  'Insert',
  'Home',
  'End',
  'PageUp',
  'PageDown',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
];

/** Keys of the browser and the system that a page does not get, or must not take: copy, close, find, reload. */
const TAKEN: readonly string[] = [
  ...['A', 'C', 'F', 'L', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', '+', '-', '0'].map(
    key => `Ctrl+${key}`,
  ),
  'Ctrl+Enter',
  'Alt+F4',
  'Alt+Space',
  'Alt+ArrowLeft',
  'Alt+ArrowRight',
  'F1',
  'F5',
  'F6',
  'F11',
  'F12',
];

export type KeyRefusal =
  | { readonly name: 'not-a-key' }
  | { readonly name: 'taken-by-system' }
  | { readonly name: 'conflict'; readonly with: KeyRow };

/** Whether a key can be chosen at all. Escape and Tab always leave, so that nobody is ever caught in a field. */
export function refusalOf(name: string): KeyRefusal | null {
  const key = name.replace(/^(?:Ctrl\+)?(?:Alt\+)?/u, '');
  const isOne = [...key].length === 1 && key === key.toUpperCase() && key.trim() !== '';
  if (!isOne && !NAMED.includes(key) && !/^F(?:[1-9]|1[0-2])$/u.test(key)) return { name: 'not-a-key' };
  return TAKEN.includes(name) ? { name: 'taken-by-system' } : null;
}

/**
 * The key list as it works at this desk. Whatever stands in the settings, no key has two meanings in one place:
 * entries that name no action, no key or a key of another row count for nothing.
 */
export function keyRowsOf(keymap: Keymap): readonly KeyRow[] {
  const chosen = new Map<KeyAction, string>();
  for (const { action } of KEY_ROWS) {
    const name = Object.hasOwn(keymap, action) ? keymap[action] : undefined;
    if (typeof name === 'string' && (name === '' || refusalOf(name) === null)) chosen.set(action, name);
  }
  // Each round gives one row its own key back, so it ends; with no choices left nothing conflicts.
  for (;;) {
    const rows = KEY_ROWS.map(row => withKey(row, chosen.get(row.action)));
    const loser = rows.findLast(row => chosen.has(row.action) && rows.some(other => clash(row, other)));
    if (!loser) return rows;
    chosen.delete(loser.action);
  }
}

/** What stands against giving a row this key, or null. */
export function whyNot(rows: readonly KeyRow[], action: KeyAction, name: string): KeyRefusal | null {
  const refusal = refusalOf(name);
  if (refusal) return refusal;
  const row = rows.find(one => one.action === action);
  if (!row) return { name: 'not-a-key' };
  const other = rows.find(one => clash(withKey(row, name), one));
  return other ? { name: 'conflict', with: other } : null;
}

/** The settings with one row's key chosen, taken away (an empty text), or given back (null). */
export function rebind(keymap: Keymap, action: KeyAction, name: string | null): Keymap {
  const { [action]: _before, ...others } = keymap;
  return name === null || name === ownKeyOf(action) ? others : { ...others, [action]: name };
}

/** What of a key list differs from the list as shipped: what the settings keep. */
export const keymapOf = (rows: readonly KeyRow[]): Keymap =>
  Object.fromEntries(
    rows
      .filter(row => row.keys[0] !== ownKeyOf(row.action))
      .map(({ action, keys }) => [action, keys[0] ?? '']),
  );

/** The key a row has when nobody has chosen another. */
export const ownKeyOf = (action: KeyAction): string =>
  KEY_ROWS.find(row => row.action === action)?.keys[0] ?? '';

const withKey = (row: KeyRow, name: string | undefined): KeyRow =>
  name === undefined ? row : { ...row, keys: name === '' ? [] : [name] };

const clash = (one: KeyRow, other: KeyRow): boolean =>
  one.action !== other.action &&
  one.keys.some(key => other.keys.includes(key)) &&
  placesOf(one.where).some(place => placesOf(other.where).includes(place));
