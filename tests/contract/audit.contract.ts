import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { AuditBook, AuditChange } from '#shared/adapters/audit-book.ts';
import { firstBroken, GENESIS_HASH, type AuditFact } from '#shared/domain/audit-chain.ts';
import {
  newDevice,
  nextFrame,
  onAnswer,
  record,
  type AuditFrame,
  type DeviceChain,
} from '#shared/domain/audit-upload.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { MAX_PAYLOAD_CHARS } from '#shared/protocol/audit.ts';

export interface AuditCase {
  readonly title: string;
  run(book: AuditBook): Promise<void>;
}

const ORG = 'org-1' as OrgId;
const OTHER = 'org-2' as OrgId;
const AT = 1_800_000_000_000 as EpochMs;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const fact = (eventId: string, payload = `"${eventId}"`): AuditFact => ({
  eventId,
  atMs: 7,
  kind: 'k',
  payload,
  salt: 's',
});
const device = (...ids: readonly string[]): DeviceChain =>
  record(
    sha256,
    newDevice('d'),
    ids.map(id => fact(id)),
  );
const whole = (chain: DeviceChain): AuditFrame => nextFrame(chain, 10_000);
const rowsOf = (book: AuditBook, epoch = 1, orgId = ORG) =>
  book.auditEntries({ orgId, deviceId: 'd', epoch, afterSeq: 0, limit: 10_000 });

async function everyChange(book: AuditBook, orgId = ORG): Promise<readonly AuditChange[]> {
  const all: AuditChange[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page = await book.auditChanges(orgId, cursor, 2);
    if (page.changes.length === 0) return all;
    all.push(...page.changes);
    ({ cursor } = page);
  }
}

/** Every rule of the audit chains' server side. */
export const AUDIT_CONTRACT: readonly AuditCase[] = [
  {
    title:
      '[SYN3] rows and head change together; a gap and a contradiction write nothing and say where the book is',
    run: async book => {
      const chain = device('a', 'b', 'c', 'd');
      const frame = whole(chain);
      expect(await book.receiveFrame(ORG, { ...frame, entries: chain.entries.slice(2) }, AT)).toEqual({
        outcome: 'gap',
        epoch: 1,
        head: { seq: 0, hash: GENESIS_HASH },
      });
      expect(await book.auditHeads(ORG, null)).toEqual([]);
      expect(await book.receiveFrame(ORG, nextFrame(chain, 2), AT)).toMatchObject({
        outcome: 'ok',
        head: { seq: 2 },
      });
      expect(await book.receiveFrame(ORG, whole(device('a', 'x', 'c')), AT)).toEqual({
        outcome: 'fork',
        newestEpoch: 1,
      });
      const [third] = chain.entries.slice(2);
      const bent = { ...frame, entries: third ? [{ ...third, payload: '"other"' }] : [] };
      expect(await book.receiveFrame(ORG, bent, AT)).toMatchObject({ outcome: 'fork' });
      expect((await rowsOf(book)).map(({ eventId }) => eventId)).toEqual(['a', 'b']);
      expect(await book.auditHeads(ORG, 'd')).toEqual([
        { orgId: ORG, deviceId: 'd', epoch: 1, origin: null, head: { seq: 2, hash: chain.entries[1]?.hash } },
      ]);
    },
  },
  {
    title: '[SYN3] two senders of one device at the same time leave one history',
    run: async book => {
      const one = device('a', 'b', 'c');
      const other = device('x', 'y');
      const answers = await Promise.all(
        [one, other, one, other].map(chain => book.receiveFrame(ORG, whole(chain), AT)),
      );
      expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['fork', 'fork', 'ok', 'ok']);
      const rows = await rowsOf(book);
      expect(firstBroken(sha256, { seq: 0, hash: GENESIS_HASH }, rows)).toBeNull();
      expect([3, 2]).toContain(rows.length);
      expect(await everyChange(book)).toHaveLength(rows.length);
    },
  },
  {
    title: '[SYN4] the same frame again, and an empty one, change nothing and say the head',
    run: async book => {
      const chain = device('a', 'b', 'c');
      await book.receiveFrame(ORG, whole(chain), AT);
      const before = await everyChange(book);
      for (const entries of [chain.entries, chain.entries.slice(1), chain.entries.slice(0, 2), []])
        expect(await book.receiveFrame(ORG, { ...whole(chain), entries }, AT)).toMatchObject({
          outcome: 'ok',
          head: { seq: 3 },
        });
      expect(await everyChange(book)).toEqual(before);
    },
  },
  {
    title: '[SYN5] an epoch begins behind an entry that the book has, and nowhere else',
    run: async book => {
      const first = device('a', 'b');
      await book.receiveFrame(ORG, whole(first), AT);
      const lost = onAnswer(sha256, device('a'), { outcome: 'fork', newestEpoch: 1 });
      const strange = { ...whole(lost), origin: { epoch: 1, seq: 1, hash: 'f'.repeat(64) } };
      expect(await book.receiveFrame(ORG, strange, AT)).toEqual({ outcome: 'fork', newestEpoch: 1 });
      const [entry] = first.entries;
      const rolledBack = onAnswer(
        sha256,
        record(
          sha256,
          { ...first, entries: first.entries.slice(0, 1), acked: { seq: 1, hash: entry?.hash ?? '' } },
          [fact('c')],
        ),
        { outcome: 'fork', newestEpoch: 1 },
      );
      expect(await book.receiveFrame(ORG, whole(rolledBack), AT)).toMatchObject({
        outcome: 'ok',
        epoch: 2,
        head: { seq: 1 },
      });
      expect(
        (await book.auditHeads(ORG, 'd')).map(({ epoch, origin }) => [epoch, origin?.seq ?? null]),
      ).toEqual([
        [1, null],
        [2, 1],
      ]);
      expect((await rowsOf(book, 2)).map(({ eventId }) => eventId)).toEqual(['c']);
    },
  },
  {
    title: '[SYN8] chains of an org are its own, whatever name a device has',
    run: async book => {
      await book.receiveFrame(ORG, whole(device('a', 'b')), AT);
      expect(await book.receiveFrame(OTHER, whole(device('x')), AT)).toMatchObject({
        outcome: 'ok',
        head: { seq: 1 },
      });
      expect((await rowsOf(book)).map(({ eventId }) => eventId)).toEqual(['a', 'b']);
      expect((await rowsOf(book, 1, OTHER)).map(({ eventId }) => eventId)).toEqual(['x']);
      expect((await everyChange(book, OTHER)).map(({ entry }) => entry.eventId)).toEqual(['x']);
      expect(await book.auditHeads('org-3' as OrgId, null)).toEqual([]);
      expect(await book.auditedOrgs()).toEqual([ORG, OTHER]);
    },
  },
  {
    title:
      '[SYN14] what cannot be kept as it is is set aside once; the chain holds and all behind it arrives',
    run: async book => {
      const payloads = [
        '"fine"',
        '"a\0b"',
        '"lone \ud800"',
        `"${'x'.repeat(MAX_PAYLOAD_CHARS)}"`,
        '"behind"',
      ];
      const chain = record(
        sha256,
        newDevice('d'),
        payloads.map((payload, n) => fact(`e${String(n)}`, payload)),
      );
      expect(await book.receiveFrame(ORG, whole(chain), AT)).toMatchObject({
        outcome: 'ok',
        head: { seq: 5 },
      });
      await book.receiveFrame(ORG, whole(chain), AT);
      const rows = await rowsOf(book);
      expect(rows.map(({ payload }) => payload)).toEqual(['"fine"', null, null, null, '"behind"']);
      expect(firstBroken(sha256, { seq: 0, hash: GENESIS_HASH }, rows)).toBeNull();
      const parked = await book.parkedEntries(ORG);
      expect(parked.map(({ seq, reason }) => [seq, reason])).toEqual([
        [2, 'not-text'],
        [3, 'not-text'],
        [4, 'too-long'],
      ]);
      expect(JSON.parse(parked[1]?.raw ?? '')).toEqual(chain.entries[2]);
    },
  },
  {
    title: '[SYN15] a reader that follows the cursor sees every entry once, in the order of each device',
    run: async book => {
      const chain = device(...Array.from({ length: 7 }, (_, n) => `e${String(n)}`));
      await book.receiveFrame(ORG, nextFrame(chain, 3), AT);
      const first = await everyChange(book);
      expect(first.map(({ entry }) => entry.seq)).toEqual([1, 2, 3]);
      expect(first[0]).toMatchObject({ deviceId: 'd', epoch: 1, receivedAtMs: AT, entry: chain.entries[0] });
      const { cursor } = await book.auditChanges(ORG, null, 100);
      expect((await book.auditChanges(ORG, cursor, 100)).cursor).toBe(cursor);
      await book.receiveFrame(ORG, { ...whole(chain), entries: chain.entries.slice(3) }, AT);
      expect((await book.auditChanges(ORG, cursor, 100)).changes.map(({ entry }) => entry.seq)).toEqual([
        4, 5, 6, 7,
      ]);
    },
  },
  {
    title: '[SYN18] anchors and keys are kept, oldest first',
    run: async book => {
      for (const number of [1, 2])
        await book.addAnchor({ orgId: ORG, number, atMs: AT, jws: `j${String(number)}` });
      await expect(book.addAnchor({ orgId: ORG, number: 2, atMs: AT, jws: 'again' })).rejects.toBeDefined();
      expect((await book.auditAnchors(ORG)).map(({ jws }) => jws)).toEqual(['j1', 'j2']);
      expect(await book.auditAnchors(OTHER)).toEqual([]);
      await book.addAuditKey('k1', '{}');
      await book.addAuditKey('k1', '{}');
      expect(await book.auditKeys()).toEqual([{ keyId: 'k1', jwk: '{}' }]);
    },
  },
];
