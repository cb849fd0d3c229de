import { createHash } from 'node:crypto';
import { canonicalJson } from '#shared/domain/canonical-json.ts';

/** SHA-256 of the canonical JSON, as hexadecimal digits (req:T8). */
export function payloadHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
