import { appendFileSync } from 'node:fs';
import type { AuditBook } from '#shared/adapters/audit-book.ts';
import { GENESIS_HASH } from '#shared/domain/audit-chain.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { anchorSchema, signatureReader, type AuditKey } from './audit-key.ts';
import { sha256 } from './sha256.ts';

/** Source: the trade-off of docs/adr/2026-11-27-what-is-chained.md: what is rewritten later than this shows. */
const EVERY_MS = 900_000;

export interface AnchorDeps {
  readonly book: AuditBook;
  readonly key: AuditKey;
  readonly clock: Clock;
  /** A line for each anchor; may lie on storage that only grows. */
  readonly file: string;
}

/** Signs the heads that moved since the anchor before, of every org. @returns how many anchors were made */
export async function writeAnchors({ book, key, clock, file }: AnchorDeps): Promise<number> {
  await book.addAuditKey(key.keyId, key.jwk);
  const read = signatureReader(await book.auditKeys());
  let made = 0;
  for (const orgId of await book.auditedOrgs()) {
    const before = await book.auditAnchors(orgId);
    const known = new Map<string, number>();
    for (const { jws } of before) {
      const anchor = anchorSchema.safeParse(await read(jws));
      for (const [deviceId, epoch, seq] of anchor.data?.heads ?? [])
        known.set(`${deviceId} ${String(epoch)}`, seq);
    }
    const heads = (await book.auditHeads(orgId, null))
      .filter(({ deviceId, epoch, head }) => head.seq > (known.get(`${deviceId} ${String(epoch)}`) ?? 0))
      .map(({ deviceId, epoch, head }): [string, number, number, string] => [
        deviceId,
        epoch,
        head.seq,
        head.hash,
      ]);
    if (heads.length === 0) continue;
    const last = before.at(-1);
    const number = (last?.number ?? 0) + 1;
    const atMs = clock.now();
    const jws = await key.sign({
      typ: 'anchor',
      orgId,
      number,
      atMs,
      previous: last ? sha256(last.jws) : GENESIS_HASH,
      heads,
    });
    await book.addAnchor({ orgId, number, atMs, jws });
    appendFileSync(file, `${JSON.stringify({ orgId, number, jws })}\n`, { flush: true });
    made += 1;
  }
  return made;
}

/** Anchors now and then, and once more when it is stopped. */
export function keepAnchors(deps: AnchorDeps, onError: (error: unknown) => void): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  let cancel = (): void => undefined;
  const anchor = (): Promise<unknown> => (running = running.then(() => writeAnchors(deps)).catch(onError));
  const plan = (): void => {
    cancel = deps.clock.after(EVERY_MS, () => void anchor().finally(() => stopped || plan()));
  };
  plan();
  return {
    stop: async () => {
      stopped = true;
      cancel();
      await anchor();
    },
  };
}
