import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { appError } from '#shared/errors/app-error.ts';

/**
 * Source: OWASP Password Storage Cheat Sheet, Argon2id with 19 MiB, two passes, one lane. Argon2id is what the package takes where
 * nothing is said; a test reads all of it off a hash (ACC2).
 */
export const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashing shares its threads with the end-of-turn model of calls, so few run at a time, whoever asks. Source: two of sixteen
 * threads, each busy for some 30 ms.
 */
const AT_ONCE = 2;
const MAX_WAITING = 32;

/** Without letters and digits that are taken for one another when they are read out. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const TEMPORARY_GROUPS = 4;
const GROUP_CHARS = 5;

/** Makes and checks hashes of passwords, a few at a time. Rejects with `access.too-often` when too many wait. */
export class Passwords {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** Of a password that nobody has: who is not there costs as much as who is (ACC4). */
  readonly #decoy: Promise<string> = hash('nobody', ARGON2);

  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, ARGON2));
  }

  /** @param passwordHash `null` for an account that does not exist; then it is the same work, and false */
  async isRight(passwordHash: string | null, password: string): Promise<boolean> {
    const compared = passwordHash ?? (await this.#decoy);
    const isSame = await this.#inTurn(() => verify(compared, password).catch(() => false));
    return isSame && passwordHash !== null;
  }

  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#waiting.length >= MAX_WAITING)
      throw appError('access.too-often', 'Too many people sign in at the moment. Try again in a minute.', {
        retryable: true,
      });
    if (this.#running >= AT_ONCE) await new Promise<void>(resolve => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever waited takes the place over.
      if (next) next();
      else this.#running -= 1;
    }
  }
}

/** A password to be read out or copied once: some 99 bits, in groups. */
export function temporaryPassword(): string {
  return Array.from({ length: TEMPORARY_GROUPS }, () =>
    Array.from({ length: GROUP_CHARS }, () => LETTERS[randomInt(LETTERS.length)]).join(''),
  ).join('-');
}
