/** SHA-256 of a UTF-8 text as 64 hex digits; a port, because shared code has no crypto of its own. */
export type Sha256 = (text: string) => string;

/** What the first entry of a device's first epoch follows. */
export const GENESIS_HASH = '0'.repeat(64);

/** What somebody wants to be on record. */
export interface AuditFact {
  /** Never changes, also where the entry is written again in another epoch. */
  readonly eventId: string;
  /** For people; it orders nothing. */
  readonly atMs: number;
  readonly kind: string;
  /** JSON; `null` once it has been erased. Already redacted. */
  readonly payload: string | null;
  /** Random, so that an erased payload cannot be guessed from its hash. Erased with it. */
  readonly salt: string | null;
}

export interface AuditEntry extends AuditFact {
  /** 1, 2, 3... without gaps in its epoch. */
  readonly seq: number;
  /** Hash of salt and payload; outlives both. */
  readonly leaf: string;
  readonly hash: string;
}

export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** Puts facts behind `head`. */
export function appendFacts(
  sha256: Sha256,
  head: ChainHead,
  facts: readonly AuditFact[],
): readonly AuditEntry[] {
  let { seq, hash } = head;
  return facts.map(fact => {
    seq += 1;
    const leaf = leafOf(sha256, fact.salt ?? '', fact.payload ?? '');
    hash = linkOf(sha256, hash, { ...fact, seq, leaf });
    return { ...fact, seq, leaf, hash };
  });
}

/** Takes away what an entry says; its place in the chain stays (SYN2). */
export const erased = (entry: AuditEntry): AuditEntry => ({ ...entry, payload: null, salt: null });

/** @returns the number of the first entry that does not follow from what is before it, or `null` (SYN1) */
export function firstBroken(sha256: Sha256, head: ChainHead, entries: readonly AuditEntry[]): number | null {
  let { seq, hash } = head;
  for (const entry of entries) {
    seq += 1;
    const says = entry.payload === null ? entry.leaf : leafOf(sha256, entry.salt ?? '', entry.payload);
    hash = linkOf(sha256, hash, entry);
    if (entry.seq !== seq || entry.leaf !== says || entry.hash !== hash) return seq;
  }
  return null;
}

const leafOf = (sha256: Sha256, salt: string, payload: string): string =>
  sha256(JSON.stringify([salt, payload]));

const linkOf = (
  sha256: Sha256,
  previous: string,
  { seq, eventId, atMs, kind, leaf }: Omit<AuditEntry, 'hash' | 'payload' | 'salt'>,
): string => sha256(JSON.stringify([previous, seq, eventId, atMs, kind, leaf]));
