import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import fc from 'fast-check';
import { newDevice, nextFrame, record } from '#shared/domain/audit-upload.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { openDatabase, type Database } from '#shared/sqlite/open-database.ts';
import { readAnchors } from '#worker/entry/open-audit.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { WORKER_MIGRATIONS } from '#worker/store/sqlite/migrations.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { readChainsOfFile } from '#worker/store/sqlite/read-chains.ts';
import { ORG, storedCall } from '#tests/fixtures/stored-call.ts';
import { openAuditKey, signatureReader } from './audit-key.ts';
import { writeAnchors } from './keep-anchors.ts';
import { proveChains, proveGrowingChains, type ChainReader, type ProofExtras } from './prove-chains.ts';
import { sha256 } from './sha256.ts';

const folders: string[] = [];
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

/** A record with two calls, accesses, a tool call of the outbox, a desk's chain, anchors in between and a receipt. */
async function writtenRecord() {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-proof-'));
  folders.push(folder);
  const file = join(folder, 'worker.sqlite');
  const anchorFile = join(folder, 'anchors.jsonl');
  const store = await openSqliteStore({ file });
  const key = await openAuditKey(join(folder, 'audit.key'));
  let position = 0;
  for (const callId of ['c1', 'c2']) {
    const entries = storedCall(callId).map(event => ({ position: position++, event }));
    for (const at of [0, 3]) await store.append(entries.slice(at, at === 0 ? 3 : undefined));
    await store.recordAccess({
      id: `a-${callId}`,
      orgId: ORG,
      userId: 'u',
      action: 'play',
      outcome: 'ok',
      atMs: 5,
      payload: { callId },
    });
    await writeAnchors({ book: store, key, clock: systemClock, file: anchorFile });
  }
  await store.recordToolCall({
    id: 't9',
    orgId: ORG,
    conversationId: 'c1' as never,
    turnId: null,
    tool: 'ticket',
    requestHash: 'r',
    responseHash: 'r',
    status: 'ok',
    latencyMs: 1.5,
    atMs: 9,
    redactedRequest: '{}',
    redactedResponse: '{}',
  });
  const desk = record(
    sha256,
    newDevice('desk-1'),
    ['x', 'y', 'z'].map(id => ({ eventId: id, atMs: 1, kind: 'k', payload: `"${id}"`, salt: 's' })),
  );
  const answer = await store.receiveFrame(ORG, nextFrame(desk, 9), 1 as EpochMs);
  if (answer.outcome !== 'ok') throw new Error('not taken');
  const receipt = await key.sign({
    typ: 'receipt',
    orgId: ORG,
    deviceId: 'desk-1',
    epoch: 1,
    ...answer.head,
    serverTimeMs: 1,
  });
  await store.close();
  return { file, receipt, anchors: () => readAnchors(anchorFile) };
}

async function prove(file: string, extras: ProofExtras = {}) {
  const { reader, close } = readChainsOfFile(file);
  const proof = await proveChains(reader, extras);
  close();
  return proof;
}

function tamper(file: string, work: (database: Database) => void): void {
  const database = openDatabase(file, WORKER_MIGRATIONS);
  work(database);
  database.close();
}

test('[SYN16][SYN13] a record that nobody touched is proven whole: chains, events, accesses, anchors, receipts', async () => {
  const { file, receipt, anchors } = await writtenRecord();
  const proof = await prove(file, { receipts: [receipt], anchors: anchors() });
  expect(proof).toMatchObject({
    verdict: 'pass',
    faults: [],
    chains: 4,
    accessRows: 2,
    receipts: 1,
    anchors: 4,
  });
  expect(proof.events).toBe(storedCall('c1').length * 2);
});

test.each<readonly [says: string, rule: string, seq: number, sql: string]>([
  [
    'a desk’s payload',
    'entry',
    2,
    `UPDATE audit_entries SET payload = '"other"' WHERE device_id = 'desk-1' AND seq = 2`,
  ],
  [
    'a hash',
    'entry',
    3,
    `UPDATE audit_entries SET hash = replace(hash, 'a', 'b') WHERE device_id = 'desk-1' AND seq = 3`,
  ],
  ['a time', 'entry', 1, `UPDATE audit_entries SET ts = ts + 1 WHERE device_id = 'desk-1' AND seq = 1`],
  ['an entry that is gone', 'entry', 2, `DELETE FROM audit_entries WHERE device_id = 'desk-1' AND seq = 2`],
  ['an end that is cut off', 'head', 3, `DELETE FROM audit_entries WHERE device_id = 'desk-1' AND seq = 3`],
  [
    'a call’s event',
    'event',
    4,
    `UPDATE call_events SET payload_json = replace(payload_json, 'conversationId', 'conversationID') WHERE conversation_id = 'c2' AND seq = 4`,
  ],
  ['an event that is gone', 'event', 5, `DELETE FROM call_events WHERE conversation_id = 'c1' AND seq = 5`],
  ['an access', 'access', 2, `UPDATE audit_access SET outcome = 'denied' WHERE id = 'a-c1'`],
  ['an access that is gone', 'access', 2, `DELETE FROM audit_access WHERE id = 'a-c1'`],
  ['a verdict', 'verdict', 0, `UPDATE audit_policy SET decision = 'veto' WHERE id = 'c1-v1'`],
  ['a verdict that is gone', 'verdict', 0, `DELETE FROM audit_policy WHERE id = 'c2-v1'`],
  ['a tool call of the outbox', 'tool', 0, `UPDATE audit_tool_calls SET status = 'failed' WHERE id = 't9'`],
  [
    'an anchor',
    'anchor',
    2,
    `UPDATE audit_anchors SET jws = substr(jws, 1, length(jws) - 4) || 'AAAA' WHERE number = 2`,
  ],
  ['an anchor that is gone', 'anchor', 2, `DELETE FROM audit_anchors WHERE number = 2`],
])('[SYN16][SYN17][SYN18] %s that was changed is named', async (_says, rule, seq, sql) => {
  const { file, anchors } = await writtenRecord();
  tamper(file, database => {
    expect(database.prepare(sql).run().changes).toBe(1);
  });
  const proof = await prove(file, { anchors: anchors() });
  expect(proof.verdict).toBe('fail');
  expect(proof.faults.map(fault => [fault.rule, fault.seq])).toContainEqual([rule, seq]);
});

test('[SYN40] an erased call is proven by what stands there since, and a word that is put back is named', async () => {
  const { file, receipt, anchors } = await writtenRecord();
  const extras = { receipts: [receipt], anchors: anchors() };
  const words = (): string => {
    const database = openDatabase(file, WORKER_MIGRATIONS);
    const all = database
      .prepare(
        'SELECT payload_json FROM call_events UNION ALL SELECT text FROM archive_lines UNION ALL SELECT title FROM archive_calls UNION ALL SELECT payload FROM audit_entries',
      )
      .pluck()
      .all();
    database.close();
    return all.join('\n').toLowerCase();
  };
  const before = openDatabase(file, WORKER_MIGRATIONS);
  const said = before
    .prepare(`SELECT payload_json FROM call_events WHERE conversation_id = 'c1' AND seq = 4`)
    .pluck()
    .get() as string;
  before.prepare(`UPDATE conversations SET ended_at = 9 WHERE id = 'c1'`).run();
  before.close();
  expect(words().match(/elena/gu)?.length ?? 0).toBeGreaterThan(1);
  const known = words().match(/elena/gu)?.length ?? 0;
  const store = await openSqliteStore({ file });
  for (const scope of ['words', 'person', 'person'] as const)
    expect(await store.eraseCall(ORG, 'c1' as never, scope, 10 as EpochMs)).toBe('erased');
  await store.close();
  expect(words().match(/elena/gu)?.length ?? 0).toBe(known / 2);
  expect(await prove(file, extras)).toMatchObject({ verdict: 'pass', faults: [] });
  tamper(file, database =>
    database
      .prepare(`UPDATE call_events SET payload_json = ? WHERE conversation_id = 'c1' AND seq = 5`)
      .run(said.replace(/"seq":4/u, '"seq":5')),
  );
  const { faults } = await prove(file, extras);
  expect(faults.map(({ rule, seq }) => [rule, seq])).toContainEqual(['event', 5]);
});

test('[SYN41] a record that grows while it is read is proven, and what is wrong in it is found all the same', async () => {
  const { file } = await writtenRecord();
  const store = await openSqliteStore({ file });
  let position = 1_000;
  let calls = 0;
  const grow = async (): Promise<void> => {
    const callId = `later-${String((calls += 1))}`;
    await store.append(storedCall(callId).map(event => ({ position: position++, event })));
    await store.recordAccess({
      id: `b-${callId}`,
      orgId: ORG,
      userId: 'u',
      action: 'play',
      outcome: 'ok',
      atMs: 5_000,
      payload: {},
    });
  };
  const growing: ChainReader = {
    ...store,
    auditHeads: async (...args) => {
      const heads = await store.auditHeads(...args);
      await grow();
      return heads;
    },
    accessTexts: async (...args) => {
      await grow();
      return store.accessTexts(...args);
    },
  };
  expect((await proveChains(growing)).verdict).toBe('fail');
  expect(await proveGrowingChains(growing)).toMatchObject({ verdict: 'pass', faults: [] });
  tamper(file, database =>
    database.prepare(`UPDATE audit_access SET outcome = 'denied' WHERE id = 'a-c1'`).run(),
  );
  const { verdict, faults } = await proveGrowingChains(growing);
  expect(verdict).toBe('fail');
  expect(faults.map(({ rule, seq }) => [rule, seq])).toEqual([['access', 2]]);
  await store.close();
});

test('[SYN16] whichever bit of whichever entry is flipped, exactly that entry is named', async () => {
  const { file } = await writtenRecord();
  const database = openDatabase(file, WORKER_MIGRATIONS);
  const rows = database
    .prepare(
      'SELECT position, device_id AS deviceId, seq, payload, hash, leaf, event_id, kind FROM audit_entries',
    )
    .all() as Readonly<Record<string, string>>[];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...rows),
      fc.constantFrom('payload', 'hash', 'leaf', 'event_id', 'kind'),
      fc.nat(),
      async (row, column, byte) => {
        const bytes = Buffer.from(row[column] ?? '');
        const index = byte % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ 1;
        const change = database.prepare(`UPDATE audit_entries SET ${column} = ? WHERE position = ?`);
        change.run(bytes.toString(), row['position']);
        const { faults } = await prove(file);
        change.run(row[column], row['position']);
        expect(faults.filter(({ rule }) => rule === 'entry')).toMatchObject([
          { deviceId: row['deviceId'], seq: row['seq'] },
        ]);
      },
    ),
    { numRuns: 100 },
  );
  expect((await prove(file)).verdict).toBe('pass');
  database.close();
});

test('[SYN18] a chain that somebody wrote anew as a whole contradicts the anchors and the receipts', async () => {
  const { file, receipt, anchors } = await writtenRecord();
  tamper(file, database => {
    const forged = record(
      sha256,
      newDevice('desk-1'),
      ['x', 'forged', 'z'].map(id => ({ eventId: id, atMs: 1, kind: 'k', payload: `"${id}"`, salt: 's' })),
    );
    for (const { seq, eventId, payload, leaf, hash } of forged.entries)
      database
        .prepare(
          `UPDATE audit_entries SET event_id = ?, payload = ?, leaf = ?, hash = ? WHERE device_id = 'desk-1' AND seq = ?`,
        )
        .run(eventId, payload, leaf, hash, seq);
    database
      .prepare(`UPDATE audit_devices SET head_hash = ? WHERE device_id = 'desk-1'`)
      .run(forged.entries.at(-1)?.hash);
  });
  // The chain alone is whole again: only what was signed tells.
  expect((await prove(file)).verdict).toBe('pass');
  const proof = await prove(file, { receipts: [receipt] });
  expect(proof.faults).toMatchObject([{ rule: 'receipt', deviceId: 'desk-1', seq: 3 }]);
  tamper(file, database => {
    database.prepare(`DELETE FROM audit_entries WHERE device_id = 'call.c1'`).run();
    database.prepare(`DELETE FROM audit_devices WHERE device_id = 'call.c1'`).run();
    database.prepare(`DELETE FROM audit_anchors`).run();
  });
  const rules = (await prove(file, { anchors: anchors() })).faults.map(fault => fault.rule);
  expect(rules).toContain('seal');
  expect(rules).toContain('anchor');
});

test('[SYN19] a receipt is checked with the public key alone, and one of a strange key is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-key-'));
  folders.push(folder);
  const key = await openAuditKey(join(folder, 'audit.key'));
  expect((await openAuditKey(join(folder, 'audit.key'))).keyId).toBe(key.keyId);
  const other = await openAuditKey(join(folder, 'other.key'));
  const says = {
    typ: 'receipt',
    orgId: 'o',
    deviceId: 'd',
    epoch: 1,
    seq: 2,
    hash: 'h',
    serverTimeMs: 3,
  } as const;
  const read = signatureReader([{ keyId: key.keyId, jwk: key.jwk }]);
  expect(key.jwk).not.toContain('"d"');
  expect(await read(await key.sign(says))).toEqual(says);
  expect(await read(await other.sign(says))).toBeNull();
  const [head = '', body = '', signature = ''] = (await key.sign(says)).split('.');
  expect(
    await read([head, body.replace(/.$/u, letter => (letter === 'A' ? 'B' : 'A')), signature].join('.')),
  ).toBeNull();
});
