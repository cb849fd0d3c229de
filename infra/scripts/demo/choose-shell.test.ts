import { expect, test } from 'vitest';
import { chooseShell, wantedShell } from './choose-shell.ts';

const machine = { hasElectron: true, whyNot: '', hasScreen: true };
const without = { ...machine, hasElectron: false, whyNot: 'Electron is not installed' };

test('[SHL11] the desktop app opens where it can, the browser otherwise, and the reason is said', () => {
  expect(chooseShell(null, machine)).toMatchObject({ shell: 'electron' });
  expect(chooseShell(null, without)).toEqual({
    shell: 'browser',
    says: 'Opening in the browser: Electron is not installed.',
  });
  expect(chooseShell(null, { ...machine, hasScreen: false })).toMatchObject({ shell: 'browser' });
});

test('[SHL11] what was asked for is done or refused, never exchanged', () => {
  expect(chooseShell('browser', machine)).toMatchObject({ shell: 'browser' });
  expect(chooseShell('electron', { ...machine, hasScreen: false })).toMatchObject({ shell: 'electron' });
  expect(chooseShell('electron', without)).toMatchObject({ shell: null });
});

test('[SHL11] the wish is taken out of the arguments and the rest is left alone', () => {
  expect(wantedShell(['--seed', '7', '--electron'])).toEqual({ wanted: 'electron', rest: ['--seed', '7'] });
  expect(wantedShell(['--electron', '--browser'])).toEqual({ wanted: 'browser', rest: [] });
  expect(wantedShell(['--seed', '7'])).toEqual({ wanted: null, rest: ['--seed', '7'] });
});
