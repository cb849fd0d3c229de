import { expect, test } from 'vitest';
import { actionOf, KEY_ROWS, placesOf, type KeyContext } from './keymap.ts';

const CALL: KeyContext = {
  place: 'call',
  typing: false,
  onControl: false,
  focusByKeys: true,
  dialog: false,
  onLine: false,
  singleKeys: true,
};
const press = (
  key: string,
  context: Partial<KeyContext> = {},
  more: { ctrl?: boolean; repeat?: boolean } = {},
) => actionOf({ key, ctrl: false, alt: false, repeat: false, ...more }, { ...CALL, ...context });

test.each([
  ['1', 'listen'],
  ['2', 'whisper'],
  ['3', 'barge'],
  ['4', 'take-over'],
  ['0', 'leave'],
  ['Backspace', 'step-down'],
  ['v', 'veto'],
  ['r', 'release'],
  ['d', 'slow-safe'],
  ['c', 'hush'],
  ['p', 'hold'],
  ['w', 'tell-ai'],
  ['s', 'say-now'],
  ['k', 'arm'],
  ['f', 'flag'],
  ['t', 'transfer'],
  ['l', 'live'],
  ['Escape', 'back'],
  ['?', 'help'],
])('[UI25] on a call %s is %s', (key, action) => {
  expect(press(key)).toBe(action);
});

test('[UI25] keys of the line act only on the line', () => {
  expect(press('b')).toBeNull();
  expect(press('b', { onLine: true })).toBe('hand-back');
  expect(press('m', { onLine: true })).toBe('mute');
  expect(press('z', { onLine: true }, { ctrl: true })).toBe('undo');
});

test('[UI25] the floor has its arrows, and Enter on a button is the button', () => {
  expect(press('ArrowDown', { place: 'floor' })).toBe('list-down');
  expect(press('Enter', { place: 'floor' })).toBe('open-call');
  expect(press('Enter', { place: 'floor', onControl: true })).toBeNull();
  expect(press('b', { place: 'settings', onLine: true })).toBeNull();
});

test('[UI25] no key has two meanings in one place', () => {
  for (const place of ['floor', 'call', 'held-call', 'history', 'figures', 'settings'] as const) {
    const keys = KEY_ROWS.filter(row => placesOf(row.where).includes(place)).flatMap(row => row.keys);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test('[UI26] while somebody types, or a dialog is open, no key acts', () => {
  for (const key of ['v', '4', 'Escape', 'Backspace']) {
    expect(press(key, { typing: true })).toBeNull();
    expect(press(key, { dialog: true })).toBeNull();
  }
});

test('[UI26] with single keys off letters and digits do nothing, named keys and the key list still work', () => {
  expect(press('v', { singleKeys: false })).toBeNull();
  expect(press('4', { singleKeys: false })).toBeNull();
  expect(press('?', { singleKeys: false })).toBe('help');
  expect(press('Backspace', { singleKeys: false })).toBe('step-down');
});

test('[UI27] a held key acts once, except along a list', () => {
  expect(press('v', {}, { repeat: true })).toBeNull();
  expect(press('ArrowDown', { place: 'floor' }, { repeat: true })).toBe('list-down');
});

test('[UI71] Space whispers where somebody else has the call, and plays everywhere else on a call', () => {
  expect(press(' ')).toBe('play');
  expect(press(' ', { place: 'held-call' })).toBe('coach');
  expect(press(' ', { place: 'held-call' }, { repeat: true })).toBeNull();
  expect(press(' ', { place: 'held-call', typing: true })).toBeNull();
  expect(press('v', { place: 'held-call' })).toBe('veto');
  // With a key of its own, what was can be played on a held call too.
  const rows = KEY_ROWS.map(row => (row.action === 'play' ? { ...row, keys: ['Y'] } : row));
  const yes = { key: 'y', ctrl: false, alt: false, repeat: false };
  expect(actionOf(yes, { ...CALL, place: 'held-call' }, rows)).toBe('play');
});

test('[UI71] a button that was reached by keys keeps its Space, one that was only clicked does not take it', () => {
  const held = { place: 'held-call', onControl: true } as const;
  expect(press(' ', held)).toBeNull();
  expect(press(' ', { ...held, focusByKeys: false })).toBe('coach');
  expect(press('Enter', { ...held, focusByKeys: false })).toBeNull();
});
