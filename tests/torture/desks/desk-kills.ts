import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstBroken, GENESIS_HASH } from '#shared/domain/audit-chain.ts';
import { seededRandom } from '#shared/base/random.ts';
import { sha256 } from '#electron/storage/desk-store/audit-ledger.ts';
import { DeskDatabase } from '#electron/storage/desk-store/desk-database.ts';
import { openStoreFiles } from '#electron/storage/desk-store/open-store-files.ts';
import { toldByDesk } from '#tests/fixtures/saving-desk.ts';
import type { Torture, TortureOptions, TortureResult } from '../torture.ts';

/** A desk killed with SIGKILL while it saves, on real files, over and over on the same store. */
async function* run({ count, seed, onProgress }: TortureOptions): AsyncIterable<TortureResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-desk-kills-'));
  const random = seededRandom(seed);
  const saved = new Set<string>();
  const facts = new Set<string>();
  const failures: string[] = [];
  for (let kill = 0; kill < count; kill += 1) {
    if (kill > 0 && kill % 50 === 0) onProgress(`${String(kill)} of ${String(count)}`);
    for (const line of await toldByDesk(folder, 2 + Math.floor(random() * 40), {
      mark: `k${String(kill)}`,
    })) {
      if (line.startsWith('saved ')) saved.add(line.slice(6));
      else if (line.startsWith('fact ')) facts.add(line.slice(5));
      else if (line !== 'mode normal') failures.push(`kill ${String(kill)}: ${line}`);
    }
  }
  const database = new DeskDatabase(openStoreFiles({ folder, nowMs: 0 }));
  const { outbox, audit } = database.parts;
  const there = outbox.all().map(({ revision }) => revision.id);
  const entries = audit.entries();
  const missing = [...saved].filter(id => !there.includes(id)).length;
  const known = new Set(entries.map(({ eventId }) => eventId));
  const missingFacts = [...facts].filter(id => !known.has(id)).length;
  if (missing > 0) failures.push(`${String(missing)} revisions that were said to be saved are not there`);
  if (missingFacts > 0)
    failures.push(`${String(missingFacts)} audit entries that were said to be kept are not there`);
  if (new Set(there).size !== there.length) failures.push('a revision is there twice');
  if (known.size !== entries.length) failures.push('an audit entry is there twice');
  const broken = firstBroken(sha256, { seq: 0, hash: GENESIS_HASH }, entries);
  if (broken !== null) failures.push(`the chain breaks at ${String(broken)}`);
  database.close();
  rmSync(folder, { recursive: true, force: true });
  yield {
    torture: 'desk-kills',
    part: null,
    count,
    seed,
    failures,
    figures: { saved: saved.size, facts: facts.size, revisionsThere: there.length },
  };
}

export const deskKillsTorture: Torture = {
  name: 'desk-kills',
  description: 'a desk is killed while it saves; what it said was saved is there, once and in one chain',
  fullCount: 1000,
  run,
};
