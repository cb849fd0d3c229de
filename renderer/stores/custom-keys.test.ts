import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keymapOf, keyRowsOf, ownKeyOf, rebind, refusalOf, whyNot, type Keymap } from './custom-keys.ts';
import { actionOf, KEY_ROWS, placesOf, type KeyContext, type KeyPlace } from './keymap.ts';

const PLACES: readonly KeyPlace[] = [
  'floor',
  'call',
  'held-call',
  'history',
  'figures',
  'knowledge',
  'settings',
];
const ACTIONS = KEY_ROWS.map(row => row.action);
const anyAction = fc.constantFrom(...ACTIONS);
const anyKey = fc.oneof(
  fc.constantFrom('V', 'P', '1', '4', 'Q', 'Z', 'Ctrl+Z', 'Alt+1', 'Space', 'Enter', 'F7', '', 'Ctrl+K'),
  fc.string({ maxLength: 8 }),
);
const anyKeymap: fc.Arbitrary<Keymap> = fc.oneof(
  fc.dictionary(anyAction, anyKey),
  fc.dictionary(fc.string({ maxLength: 12 }), anyKey),
  // What a hand-edited or half-written file may hold.
  fc.dictionary(anyAction, fc.anything() as fc.Arbitrary<string>),
);

/** Every pair of a place and a key that more than one row claims. */
function doubles(rows: typeof KEY_ROWS): string[] {
  return PLACES.flatMap(place => {
    const keys = rows.filter(row => placesOf(row.where).includes(place)).flatMap(row => row.keys);
    return keys.filter((key, at) => keys.indexOf(key) !== at).map(key => `${place} ${key}`);
  });
}

test('[KEY1] whatever the settings hold, every row is there and no key has two meanings in one place', () => {
  expect(doubles(KEY_ROWS)).toEqual([]);
  fc.assert(
    fc.property(anyKeymap, keymap => {
      const rows = keyRowsOf(keymap);
      expect(rows.map(row => row.action)).toEqual(ACTIONS);
      expect(doubles(rows)).toEqual([]);
      for (const row of rows)
        for (const key of row.keys)
          expect(key === ownKeyOf(row.action) || refusalOf(key) === null).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('[KEY2] what the check lets through is what the row then has, and the other rows keep theirs', () => {
  fc.assert(
    fc.property(anyKeymap, anyAction, anyKey, (before, action, key) => {
      const rows = keyRowsOf(before);
      fc.pre(key !== '' && whyNot(rows, action, key) === null);
      // As the settings screen saves it: over what counts, not over what the file happened to hold.
      const after = keyRowsOf(rebind(keymapOf(rows), action, key));
      for (const row of after)
        expect(row.keys).toEqual(
          row.action === action ? [key] : rows.find(one => one.action === row.action)?.keys,
        );
    }),
    { numRuns: 400 },
  );
});

test('[KEY2] a key of another row in the same place is refused with that row, elsewhere it is free', () => {
  expect(whyNot(KEY_ROWS, 'flag', 'V')).toMatchObject({ name: 'conflict', with: { action: 'veto' } });
  expect(whyNot(KEY_ROWS, 'flag', 'B')).toMatchObject({ name: 'conflict', with: { action: 'hand-back' } });
  expect(whyNot(KEY_ROWS, 'list-up', 'L')).toBeNull();
  expect(whyNot(KEY_ROWS, 'flag', 'F')).toBeNull();
});

test('[KEY2] keys that leave a field and keys of the system cannot be chosen', () => {
  for (const key of ['Escape', 'Tab', 'Shift', 'Dead', 'v', ' ', 'Ctrl+Escape'])
    expect(whyNot(KEY_ROWS, 'flag', key)).toEqual({ name: 'not-a-key' });
  for (const key of ['Ctrl+C', 'Ctrl+W', 'F5', 'Alt+F4'])
    expect(whyNot(KEY_ROWS, 'flag', key)).toEqual({ name: 'taken-by-system' });
});

test('[KEY3] a key taken away acts no more, one given back does again', () => {
  const call: KeyContext = {
    place: 'call',
    typing: false,
    onControl: false,
    focusByKeys: true,
    dialog: false,
    onLine: false,
    singleKeys: true,
  };
  const press = (key: string, keymap: Keymap) =>
    actionOf({ key, ctrl: false, alt: false, repeat: false }, call, keyRowsOf(keymap));
  const moved = rebind({}, 'veto', 'Y');
  expect(press('y', moved)).toBe('veto');
  expect(press('v', moved)).toBeNull();
  const cleared = rebind(moved, 'veto', '');
  expect(press('v', cleared)).toBeNull();
  expect(press('y', cleared)).toBeNull();
  expect(rebind(cleared, 'veto', null)).toEqual({});
  expect(press('v', rebind(cleared, 'veto', 'V'))).toBe('veto');
});
