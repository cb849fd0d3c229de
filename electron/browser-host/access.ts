import { randomBytes, timingSafeEqual } from 'node:crypto';

const COOKIE = 'sidetone';

export type Entry =
  | { readonly name: 'in' }
  | { readonly name: 'let-in'; readonly cookie: string }
  | { readonly name: 'out'; readonly why: 'no-token' | 'token-used' | 'wrong-token' };

/**
 * Who may open the console: whoever has the one-time token of the URL gets a cookie for the life of this process, so that a
 * reload works; the token itself is worth nothing afterwards (SEC20-SEC22).
 */
export class BrowserAccess {
  readonly token = randomBytes(24).toString('base64url');
  readonly #session = randomBytes(32).toString('base64url');
  #used = false;

  /** @param token the token of the URL, if any @param cookies the `Cookie` header */
  enter(token: string | null, cookies: string | undefined): Entry {
    if (this.knows(cookies)) return { name: 'in' };
    if (token === null) return { name: 'out', why: 'no-token' };
    if (!same(token, this.token)) return { name: 'out', why: 'wrong-token' };
    if (this.#used) return { name: 'out', why: 'token-used' };
    this.#used = true;
    return { name: 'let-in', cookie: `${COOKIE}=${this.#session}; HttpOnly; SameSite=Strict; Path=/` };
  }

  knows(cookies: string | undefined): boolean {
    const value = cookies
      ?.split(';')
      .map(part => part.trim())
      .find(part => part.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1);
    return value !== undefined && same(value, this.#session);
  }
}

function same(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
