import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { dirname } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import { roleSchema, type Actor } from '#shared/domain/roles.ts';

/** A day of work of a session without an account; then the desk signs in again. */
const SESSION_TTL_S = 12 * 3600;
/** Of an account: so long a session that was ended elsewhere may still be believed. Source: ACC4. */
export const ACCESS_TTL_S = 900;
const ISSUER = 'sidetone';
const KEY_BYTES = 32;

const claimsSchema = z.object({
  sub: z.string(),
  org: z.string(),
  name: z.string(),
  role: roleSchema,
  sid: z.string().optional(),
});

/** Who a token belongs to, and the session of their account; null where they have none. */
export interface TokenOwner {
  readonly actor: Actor;
  readonly sessionId: string | null;
}

/** Signs and checks sessions. The key is random, lives beside the data and is readable by its owner only. */
export class SessionTokens {
  readonly #key: Uint8Array;
  readonly #nowMs: () => number;

  constructor(keyFile: string, nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
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
    return this.#sign(actor, {}, SESSION_TTL_S);
  }

  /** For a person with an account: short, because only the session behind it can be ended. */
  mintAccess(actor: Actor, sessionId: string): Promise<string> {
    return this.#sign(actor, { sid: sessionId }, ACCESS_TTL_S);
  }

  /** @returns who the token belongs to, or `null` for anything that is not a valid session */
  async read(token: string): Promise<Actor | null> {
    return (await this.readOwner(token))?.actor ?? null;
  }

  async readOwner(token: string): Promise<TokenOwner | null> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        issuer: ISSUER,
        algorithms: ['HS256'],
        currentDate: new Date(this.#nowMs()),
      });
      const claims = claimsSchema.parse(payload);
      return {
        actor: {
          userId: claims.sub as UserId,
          orgId: claims.org as OrgId,
          name: claims.name,
          role: claims.role,
        },
        sessionId: claims.sid ?? null,
      };
    } catch {
      return null;
    }
  }

  #sign(actor: Actor, more: { readonly sid?: string }, ttlS: number): Promise<string> {
    const nowS = Math.floor(this.#nowMs() / 1000);
    return new SignJWT({ org: actor.orgId, name: actor.name, role: actor.role, ...more })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(actor.userId)
      .setIssuer(ISSUER)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + ttlS)
      .sign(this.#key);
  }
}

/** Compares secrets without telling by its duration where they differ. */
export function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
