import { expect, test } from 'vitest';
import { BrowserAccess } from './access.ts';

test('[SEC20] the token lets one browser in, whose cookie then is enough', () => {
  const access = new BrowserAccess();
  const entry = access.enter(access.token, undefined);
  expect(entry.name).toBe('let-in');
  const cookie = entry.name === 'let-in' ? entry.cookie : '';
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/u);
  const sent = cookie.split(';')[0];
  expect(access.enter(null, `other=1; ${sent ?? ''}`)).toEqual({ name: 'in' });
  expect(access.knows(sent)).toBe(true);
});

test('[SEC21] a used, wrong or missing token is refused with the reason', () => {
  const access = new BrowserAccess();
  expect(access.enter(null, undefined)).toEqual({ name: 'out', why: 'no-token' });
  expect(access.enter('guess', undefined)).toEqual({ name: 'out', why: 'wrong-token' });
  access.enter(access.token, undefined);
  expect(access.enter(access.token, undefined)).toEqual({ name: 'out', why: 'token-used' });
  expect(access.knows('sidetone=guess')).toBe(false);
});
