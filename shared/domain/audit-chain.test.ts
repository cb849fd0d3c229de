import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  appendFacts,
  erased,
  firstBroken,
  GENESIS_HASH,
  type AuditEntry,
  type AuditFact,
} from './audit-chain.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const START = { seq: 0, hash: GENESIS_HASH };
const facts: fc.Arbitrary<readonly AuditFact[]> = fc.array(
  fc.record({
    eventId: fc.uuid(),
    atMs: fc.nat(),
    kind: fc.constantFrom('veto', 'take-over'),
    payload: fc.json(),
    salt: fc.string({ minLength: 8, maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 12 },
);

const FIELDS = ['eventId', 'atMs', 'kind', 'payload', 'salt', 'seq', 'leaf', 'hash'] as const;
const other = (value: string | number | null): string | number =>
  typeof value === 'number' ? value + 1 : `${value ?? ''}x`;

test('[SYN1] an entry that was changed, taken out or moved shows at its own number', () => {
  fc.assert(
    fc.property(facts, fc.nat(), fc.nat(), (list, where, what) => {
      const entries = appendFacts(sha256, START, list);
      expect(firstBroken(sha256, START, entries)).toBeNull();
      const at = where % entries.length;
      const field = FIELDS[what % FIELDS.length];
      const tampered = entries.map((entry, index) =>
        index === at && field ? { ...entry, [field]: other(entry[field]) } : entry,
      );
      expect(firstBroken(sha256, START, tampered)).toBe(at + 1);
      if (at < entries.length - 1) expect(firstBroken(sha256, START, entries.toSpliced(at, 1))).toBe(at + 1);
    }),
  );
});

test('[SYN1] a chain goes on from any head, in any portions', () => {
  fc.assert(
    fc.property(facts, fc.nat(), (list, where) => {
      const at = where % (list.length + 1);
      const first = appendFacts(sha256, START, list.slice(0, at));
      const last = first.at(-1) ?? START;
      expect([...first, ...appendFacts(sha256, last, list.slice(at))]).toEqual(
        appendFacts(sha256, START, list),
      );
    }),
  );
});

test('[SYN2] an erased entry says nothing and the chain holds; what it said cannot be put back otherwise', () => {
  const [one, two] = appendFacts(sha256, START, [
    { eventId: 'a', atMs: 1, kind: 'note', payload: '"Meier"', salt: 's1' },
    { eventId: 'b', atMs: 2, kind: 'note', payload: '"x"', salt: 's2' },
  ]) as [AuditEntry, AuditEntry];
  expect(firstBroken(sha256, START, [erased(one), two])).toBeNull();
  expect(JSON.stringify(erased(one))).not.toContain('Meier');
  expect(firstBroken(sha256, START, [{ ...erased(one), payload: '"Schmidt"', salt: 's1' }, two])).toBe(1);
});
