import { expect, test } from 'vitest';
import { commands, settingsSchema } from './commands.ts';

test('[UI66] a change of one setting carries no others, and what is out of range is refused', () => {
  const { args } = commands['save-settings'];
  expect(args.parse({ theme: 'light' })).toEqual({ theme: 'light' });
  expect(args.safeParse({ earconVolumeRatio: 2 }).success).toBe(false);
  expect(settingsSchema.parse({})).toMatchObject({ theme: 'system', keymap: {}, tour: 'new' });
});
