import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { keepSmall } from '#electron/sync/keep-small.ts';
import { memoryFiles, storeOf } from '#tests/fixtures/memory-store.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { DeskDatabase } from './desk-database.ts';

const listed = (id: string, startedAtMs: number) => ({
  id: id as CallId,
  displayName: `Caller ${id}`,
  line: 'Main',
  channel: 'sip',
  startedAtMs,
  connectedAtMs: null,
  endedAtMs: startedAtMs + 1,
  status: 'ended',
  endReason: 'caller-hung-up',
  intent: null,
  vetoCount: id === 'c2' ? 1 : 0,
  takenOver: false,
  recorded: false,
});
const QUERY = { limit: 50, beforeMs: Number.MAX_SAFE_INTEGER, query: '', filter: 'all' } as const;
const digit = (seq: number) => eventOf('c1', seq, { type: 'call.dtmf-received', digit: '1' });

test('[DST30][DST31] events are kept once, given only as far as they are without a gap, and calls are found as the worker finds them', () => {
  const { calls } = new DeskDatabase(memoryFiles()).parts;
  calls.addEvents([eventOf('c1', 0, RINGING), digit(1), digit(3)], 5);
  calls.addEvents([digit(1)], 6);
  expect(calls.events('c1', -1)?.map(({ seq }) => seq)).toEqual([0, 1]);
  expect(calls.events('c1', 1)).toEqual([]);
  expect(calls.events('nowhere', -1)).toBeNull();
  calls.addEvents([digit(2)], 7);
  expect(calls.events('c1', 0)?.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  calls.addListed([listed('c1', 1000), listed('c2', 2000), listed('c3', 3000)], 8);
  const found = (more: object) => calls.list({ ...QUERY, ...more }).map(({ id }) => id);
  expect(found({})).toEqual(['c3', 'c2', 'c1']);
  expect(found({ beforeMs: 3000, limit: 1 })).toEqual(['c2']);
  expect(found({ filter: 'stopped' })).toEqual(['c2']);
  expect(found({ query: 'caller C3' })).toEqual(['c3']);
  expect(calls.facts()).toEqual({ calls: 3, seenAtMs: 8 });
});

test('[DST34] old calls go by age, then the oldest by size, and what waits is never touched', async () => {
  const database = new DeskDatabase(memoryFiles());
  const store = storeOf(database);
  const { calls, knowledge, audit } = database.parts;
  const DAY_MS = 86_400_000;
  for (let day = 0; day < 100; day += 1) {
    calls.addListed([listed(`d${String(day)}`, day * DAY_MS)], day);
    calls.addEvents(
      Array.from({ length: 20 }, (_, seq) => ({
        ...digit(seq),
        conversationId: `d${String(day)}` as CallId,
      })),
      day,
    );
  }
  knowledge.save(
    { docId: null, baseId: null, markdown: 'mine', fields: {}, note: '', resolves: [] },
    { author: 'Lind', nowMs: 0 },
  );
  audit.append('old.fact', {}, 0, 'fact-1');
  const limits = { callsDays: 30, cacheBytes: Number.MAX_SAFE_INTEGER, auditDays: 1 };
  await keepSmall(store, limits, 100 * DAY_MS);
  expect(calls.list({ ...QUERY, limit: 500 })).toHaveLength(30);
  await keepSmall(store, { ...limits, cacheBytes: database.parts.retention.usedBytes() - 1 }, 100 * DAY_MS);
  const left = calls.list({ ...QUERY, limit: 500 });
  expect(left.length).toBeLessThan(30);
  if (left.length > 0) expect(left[0]?.id).toBe('d99');
  expect(database.waits().waiting).toBe(1);
  expect(audit.waiting()).toBe(1);
});
