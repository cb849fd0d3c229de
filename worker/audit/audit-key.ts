import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  calculateJwkThumbprint,
  CompactSign,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import { z } from 'zod';

const ALGORITHM = 'EdDSA';
const jwkSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
});

/** What a receipt is signed over (SYN19). */
export const receiptSchema = z.object({
  typ: z.literal('receipt'),
  orgId: z.string(),
  deviceId: z.string(),
  epoch: z.number().int(),
  seq: z.number().int(),
  hash: z.string(),
  serverTimeMs: z.number(),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** What an anchor is signed over (SYN18). */
export const anchorSchema = z.object({
  typ: z.literal('anchor'),
  orgId: z.string(),
  number: z.number().int(),
  atMs: z.number(),
  /** SHA-256 of the anchor before it. */
  previous: z.string(),
  heads: z.array(z.tuple([z.string(), z.number().int(), z.number().int(), z.string()])),
});
export type Anchor = z.infer<typeof anchorSchema>;

export const capsuleSealSchema = z.object({
  typ: z.literal('capsule'),
  callId: z.string(),
  manifestSha256: z.string(),
  atMs: z.number(),
});

/** The worker's own key: random, beside the data, readable by its owner only. What it signs anybody can check. */
export interface AuditKey {
  readonly keyId: string;
  /** The public half, as JSON. */
  readonly jwk: string;
  sign(says: Receipt | Anchor | z.infer<typeof capsuleSealSchema>): Promise<string>;
}

export async function openAuditKey(file: string): Promise<AuditKey> {
  const kept = readKept(file);
  const jwk = kept ?? (await makeKey(file));
  const key = await importJWK(jwk, ALGORITHM);
  const { d: _secret, ...publicJwk } = jwk;
  const keyId = await calculateJwkThumbprint(publicJwk);
  return {
    keyId,
    jwk: JSON.stringify(publicJwk),
    sign: says =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(says)))
        .setProtectedHeader({ alg: ALGORITHM, kid: keyId })
        .sign(key),
  };
}

/** Checks signatures with the public keys there are. @returns what was signed, or `null` when it was not by any of them */
export function signatureReader(
  keys: readonly { readonly keyId: string; readonly jwk: string }[],
): (jws: string) => Promise<unknown> {
  const imported = new Map<string, Promise<CryptoKey | Uint8Array>>();
  return async jws => {
    try {
      const { payload } = await compactVerify(
        jws,
        async ({ kid }) => {
          const known = keys.find(({ keyId }) => keyId === kid);
          if (!known) throw new Error('no such key');
          const key = imported.get(known.keyId) ?? importJWK(JSON.parse(known.jwk) as JWK, ALGORITHM);
          imported.set(known.keyId, key);
          return key;
        },
        { algorithms: [ALGORITHM] },
      );
      return JSON.parse(new TextDecoder().decode(payload)) as unknown;
    } catch {
      return null;
    }
  };
}

function readKept(file: string): z.infer<typeof jwkSchema> | null {
  try {
    return existsSync(file) ? jwkSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  } catch {
    // A damaged key signs nothing any more; what it signed is still checked with the public half in the store.
    return null;
  }
}

async function makeKey(file: string): Promise<z.infer<typeof jwkSchema>> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const jwk = jwkSchema.parse(await exportJWK(privateKey));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 });
  return jwk;
}
