import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { ROLE_CAPABILITIES, type Role } from '#shared/domain/roles.ts';
import { settingsSchema } from '#shared/ipc/commands.ts';
import { VERB_CAPABILITY, type SupervisionVerb } from '#shared/protocol/supervision.ts';
import { keyRowsOf } from './custom-keys.ts';
import { KEY_ROWS, placesOf, type KeyScreen } from './keymap.ts';
import { matchPalette, paletteItems, type PaletteCall, type PaletteScene } from './palette.ts';

const settings = settingsSchema.parse({});
const CALL: PaletteCall = {
  name: 'Elena Fischer',
  phase: 'connected',
  floor: 'ai',
  mic: 'monitor',
  listening: true,
  muted: false,
  held: false,
  hasNext: true,
  mayUndo: false,
  usableSuggestions: 0,
  behindLive: false,
};
const asRole = (role: Role) => (verb: SupervisionVerb) =>
  ROLE_CAPABILITIES[role].includes(VERB_CAPABILITY[verb]);
const calls = ['Marek Horvat', 'José Müller', '+49 30 5550'].map((displayName, at) => ({
  callId: `c-${at}` as CallId,
  displayName,
  line: 'Orders',
  needsYou: at === 0,
}));
const scene = (more: Partial<PaletteScene> = {}): PaletteScene => ({
  screen: 'call',
  rows: KEY_ROWS,
  settings,
  mayDo: asRole('supervisor'),
  mayPlaceCall: false,
  call: CALL,
  calls,
  ...more,
});
const words = (more: Partial<PaletteScene> = {}): string[] =>
  paletteItems(scene(more)).map(item => item.words);

test('[UI60] on a call everything a supervisor can do is there with its key', () => {
  const items = paletteItems(scene());
  const keyOf = (found: string) => items.find(item => item.words === found)?.key;
  expect(keyOf('Take over')).toBe('4');
  expect(keyOf('Veto the next sentence')).toBe('V');
  expect(keyOf('Stop listening')).toBe('1');
  expect(keyOf('End the call')).toBe('');
  expect(words()).not.toContain('Hand back to the AI');
  expect(words({ call: { ...CALL, mic: 'live', floor: 'human' } })).toContain('Hand back to the AI');
});

test('[UI60] rows show the keys of this desk', () => {
  const items = paletteItems(scene({ rows: keyRowsOf({ veto: 'Y' }) }));
  expect(items.find(item => item.id === 'veto')?.key).toBe('Y');
});

test('[UI60] what is not possible now is not there', () => {
  expect(words({ call: { ...CALL, hasNext: false } })).not.toContain('Veto the next sentence');
  expect(words({ call: { ...CALL, phase: 'ended' } })).not.toContain('Take over');
  expect(words({ call: null, screen: 'floor' })).not.toContain('Open the call');
  expect(words({ screen: 'settings' })).not.toContain('Take over');
});

test('[UI61] no role is offered what it may not do, on any screen and in any state of a call', () => {
  const anyCall: fc.Arbitrary<PaletteCall> = fc.record({
    name: fc.constant('x'),
    phase: fc.constantFrom('ringing', 'connected', 'ended'),
    floor: fc.constantFrom('ai', 'human'),
    mic: fc.constantFrom('monitor', 'armed', 'barge', 'live'),
    listening: fc.boolean(),
    muted: fc.boolean(),
    held: fc.boolean(),
    hasNext: fc.boolean(),
    mayUndo: fc.boolean(),
    usableSuggestions: fc.nat(3),
    behindLive: fc.boolean(),
  });
  const anyScreen = fc.constantFrom<KeyScreen>('floor', 'call', 'history', 'figures', 'settings');
  const agent = [
    'Listen',
    'Stop listening',
    'Take over',
    'Veto the next sentence',
    'Hold the AI',
    'End the call',
  ];
  fc.assert(
    fc.property(anyCall, anyScreen, (call, screen) => {
      const forAgent = paletteItems(scene({ call, screen, mayDo: asRole('agent') }));
      expect(forAgent.filter(item => agent.includes(item.words))).toEqual([]);
      const items = paletteItems(scene({ call, screen }));
      expect(new Set(items.map(item => item.id)).size).toBe(items.length);
      // A key that is shown works where it is shown.
      for (const { deed } of items)
        if (deed.name === 'act')
          expect(placesOf(KEY_ROWS.find(row => row.action === deed.action)?.where ?? 'all')).toContain(
            screen,
          );
    }),
  );
});

test('[UI62] calls are found by name without accents or signs, those whose name begins so first', () => {
  const found = (query: string) => matchPalette(paletteItems(scene()), query).map(item => item.words);
  expect(found('muller')).toEqual(['José Müller']);
  expect(found('mar')).toEqual(['Marek Horvat']);
  expect(found('5550')).toEqual(['+49 30 5550']);
  expect(found('needs you')[0]).toBe('Marek Horvat');
  expect(found('dark')).toEqual(['Dark theme']);
  expect(found('no such thing')).toEqual([]);
});

test('[UI62] of 500 calls a few are listed until somebody types', () => {
  const many = Array.from({ length: 500 }, (_, at) => ({
    callId: `c-${at}` as CallId,
    displayName: `Caller ${at}`,
    line: 'Orders',
    needsYou: false,
  }));
  const items = paletteItems(scene({ calls: many }));
  expect(matchPalette(items, '').filter(item => item.group === 'Calls')).toHaveLength(6);
  expect(matchPalette(items, 'caller 499').map(item => item.words)).toEqual(['Caller 499']);
  expect(matchPalette(items, 'caller').length).toBeLessThanOrEqual(40);
});
