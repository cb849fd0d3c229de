import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { dirname } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import { roleSchema, type Actor } from '#shared/domain/roles.ts';

/** A day of work; then the desk signs in again. */
const SESSION_TTL = '12h';
const ISSUER = 'sidetone';
const KEY_BYTES = 32;

const claimsSchema = z.object({ sub: z.string(), org: z.string(), name: z.string(), role: roleSchema });

/** Signs and checks sessions. The key is random, lives beside the data and is readable by its owner only. */
export class SessionTokens {
  readonly #key: Uint8Array;

  constructor(keyFile: string) {
    const kept = existsSync(keyFile) ? readFileSync(keyFile) : null;
    if (kept?.length === KEY_BYTES) {
      this.#key = kept;
      return;
    }
    // None yet, or a damaged one: sessions signed with it are void, and desks sign in anew (DAY5).
    mkdirSync(dirname(keyFile), { recursive: true });
    this.#key = randomBytes(KEY_BYTES);
    writeFileSync(keyFile, this.#key, { mode: 0o600 });
  }

  mint(actor: Actor): Promise<string> {
    return new SignJWT({ org: actor.orgId, name: actor.name, role: actor.role })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(actor.userId)
      .setIssuer(ISSUER)
      .setIssuedAt()
      .setExpirationTime(SESSION_TTL)
      .sign(this.#key);
  }

  /** @returns who the token belongs to, or `null` for anything that is not a valid session */
  async read(token: string): Promise<Actor | null> {
    try {
      const { payload } = await jwtVerify(token, this.#key, { issuer: ISSUER, algorithms: ['HS256'] });
      const claims = claimsSchema.parse(payload);
      return {
        userId: claims.sub as UserId,
        orgId: claims.org as OrgId,
        name: claims.name,
        role: claims.role,
      };
    } catch {
      return null;
    }
  }
}

/** Compares secrets without telling by its duration where they differ. */
export function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
