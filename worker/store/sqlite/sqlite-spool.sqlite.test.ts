import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { eventOf, ORG, RINGING, storedCall } from '#tests/fixtures/stored-call.ts';
import type { SpoolingStore } from '../spool.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { KEPT_HERE_MS, startForgetting } from '../forget-taken.ts';
import { meet } from '../spool-feed.ts';
import { openSqliteSpool } from './sqlite-store.ts';

let folder: string;
let spool: SpoolingStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sidetone-spool-'));
  spool = await openSqliteSpool({ file: join(folder, 'spool.sqlite') });
});
afterEach(async () => {
  await spool.close();
  rmSync(folder, { recursive: true });
});
const entriesOf = (callId: string, from = 0) =>
  storedCall(callId).map((event, index) => ({ position: from + index, event }));
const waiting = async (): Promise<readonly string[]> =>
  (await spool.spooledItems(100, 10_000)).map(({ method }) => method);
const access = { id: 'x', orgId: ORG, userId: 'u', action: 'a', outcome: 'ok', atMs: 1, payload: {} };

test('[PG11] what was done waits in its order, with the work itself or not at all', async () => {
  await spool.append(entriesOf('c1'));
  await spool.recordAccess(access);
  // Refused here, because the place in the log is taken: so it does not wait for the team either.
  await expect(spool.append([{ position: 3, event: eventOf('c9', 0, RINGING) }])).rejects.toBeDefined();
  // No such ticket: nothing happened.
  expect(await spool.updateTicket(ORG, 'none', { status: 'open' }, 1 as never)).toBe(false);
  await spool.append(entriesOf('c2', 9));
  expect(await waiting()).toEqual(['append', 'recordAccess', 'append']);
  const [first, , third] = await spool.spooledItems(100, 10_000);
  expect(first?.args).toEqual([entriesOf('c1')]);
  expect(third?.args).toEqual([entriesOf('c2', 9)]);
  expect(await spool.spooledItems(100, 5)).toHaveLength(1);
});

test('[PG11] what was taken over is forgotten, and only by its own mark', async () => {
  await spool.append(entriesOf('c1'));
  await spool.recordAccess(access);
  const [first, second] = await spool.spooledItems(100, 10_000);
  if (!first || !second) throw new Error('two wait');
  expect(await spool.spoolTaken({ number: first.number, token: 'of another record' })).toBe(false);
  expect(await spool.spoolTaken({ number: 99, token: first.token })).toBe(false);
  expect(await spool.spoolTaken(first)).toBe(true);
  expect(await waiting()).toEqual(['recordAccess']);
  expect(await spool.spoolState()).toMatchObject({
    waiting: 1,
    taken: { number: first.number, token: first.token },
  });
  expect(await spool.spoolTaken(second)).toBe(true);
  await spool.recordAccess({ ...access, id: 'y' });
  // Numbers are never used twice, also when nothing waits.
  expect((await spool.spooledItems(1, 1))[0]?.number).toBeGreaterThan(second.number);
});

test('[PG13] a new log begins with the whole record, and what else waited comes after it', async () => {
  await spool.append(entriesOf('c1'));
  const [first] = await spool.spooledItems(1, 10_000);
  if (first) await spool.spoolTaken(first);
  await spool.recordAccess(access);
  await spool.append(entriesOf('c2', 600));
  const before = await spool.spoolState();
  const logId = await spool.restartSpool('waiting');
  expect(logId).not.toBe(before.logId);
  expect(await spool.spoolState()).toMatchObject({ logId, taken: null });
  expect(await waiting()).toEqual(['append', 'append', 'recordAccess']);
  const items = await spool.spooledItems(100, 10_000);
  expect(items.flatMap(item => (item.method === 'append' ? item.args[0] : []))).toEqual([
    ...entriesOf('c1'),
    ...entriesOf('c2', 600),
  ]);
  expect(await spool.ownsCall('c1' as CallId)).toBe(true);
  expect(await spool.ownsCall('c3' as CallId)).toBe(false);
});

test('[PG13] a new log also sends the accesses, the consultations and what their rooms told, each once', async () => {
  const consultation = { id: 'k1' as CallId, orgId: ORG, roomName: 'r1', type: 'claims', atMs: 5 } as const;
  const told = {
    id: 'e1',
    name: 'room_finished',
    roomName: 'r1',
    createdAtMs: 9,
    receivedAtMs: 10,
    roomCreatedAtMs: null,
    recordingUrl: null,
    payloadJson: '{"event":"room_finished"}',
  };
  await spool.recordAccess({ ...access, payload: { of: ['a', 1] } });
  await spool.addConsultation({ ...consultation, atMs: 5 as never });
  expect(await spool.recordRoomEvent(told)).toBe(true);
  expect(await spool.recordRoomEvent(told)).toBe(false);
  expect(await spool.archiveConsultation('another' as never, 'k1' as CallId, true)).toBe(false);
  const [, second] = await spool.spooledItems(100, 10_000);
  if (second) await spool.spoolTaken(second);
  await spool.archiveConsultation(ORG, 'k1' as CallId, true);
  await spool.restartSpool('waiting');
  const items = await spool.spooledItems(100, 10_000);
  expect(items.map(({ method, args }) => [method, args])).toEqual([
    ['recordAccess', [{ ...access, payload: { of: ['a', 1] } }]],
    ['addConsultation', [consultation]],
    ['recordRoomEvent', [told]],
    ['archiveConsultation', [ORG, 'k1', true]],
  ]);
});

test('[PG13] where the two sides stand', () => {
  const mark = (number: number, token = 't'): { number: number; token: string } => ({ number, token });
  expect(meet(null, null)).toBe('same');
  expect(meet(mark(4), mark(4))).toBe('same');
  // The database has it, the answer never came: the spool looks whether it is its own.
  expect(meet(null, mark(1))).toBe('answer-lost');
  expect(meet(mark(4), mark(5))).toBe('answer-lost');
  // Another database, one put back from a copy, and a folder put back from a copy.
  expect(meet(mark(4), null)).toBe('restart');
  expect(meet(mark(4), mark(3))).toBe('restart');
  expect(meet(mark(4), mark(4, 'other'))).toBe('restart');
});

test('[PG16] what the team has had for long is forgotten; what waits, what is young and the newest entry are not', async () => {
  // Calls end at their own times; each has nine entries.
  for (const [index, callId] of ['c1', 'c2', 'c3', 'c4'].entries())
    await spool.append(entriesOf(callId, index * 9));
  const ended = storedCall('c1').at(-1)?.atMs ?? 0;
  const owned = async (): Promise<readonly boolean[]> =>
    Promise.all(['c1', 'c2', 'c3', 'c4'].map(callId => spool.ownsCall(callId as CallId)));
  expect(await spool.forgetTaken(ended + 1)).toBe(0);
  const [, second, , fourth] = await spool.spooledItems(100, 10_000);
  if (!second || !fourth) throw new Error('four wait');
  await spool.spoolTaken(second);
  expect(await spool.forgetTaken(ended)).toBe(0);
  expect(await spool.forgetTaken(ended + 1)).toBe(2);
  expect(await owned()).toEqual([false, false, true, true]);
  await spool.spoolTaken(fourth);
  expect(await spool.forgetTaken(ended + 1)).toBe(1);
  expect(await owned()).toEqual([false, false, false, true]);
  expect(await spool.head()).toBe(35);
  expect(await spool.conversation(ORG, 'c1' as CallId)).toBeNull();
  expect(await spool.policyRows('c1' as CallId)).toEqual([]);
  // A new log has what is still here, and nothing else.
  await spool.restartSpool('waiting');
  const sent = (await spool.spooledItems(100, 10_000)).flatMap(item =>
    item.method === 'append' ? item.args[0] : [],
  );
  expect(sent.map(({ position }) => position)).toEqual([27, 28, 29, 30, 31, 32, 33, 34, 35]);
});

test('[PG16] it is done in portions, once an hour', async () => {
  const clock = createVirtualClock();
  const asked: number[] = [];
  const portions = [50, 3, 0, 0];
  const stop = startForgetting({
    local: { forgetTaken: beforeMs => Promise.resolve((asked.push(beforeMs), portions.shift() ?? 0)) },
    clock,
    onError: error => expect.fail(String(error)),
  });
  await clock.advanceAsync(2500);
  expect(asked).toHaveLength(3);
  expect(asked[0]).toBe(clock.now() - 2500 - KEPT_HERE_MS);
  await clock.advanceAsync(3_600_000);
  expect(asked).toHaveLength(4);
  stop();
  await clock.advanceAsync(36_000_000);
  expect(asked).toHaveLength(4);
});

test('[AUD15] a record that a spool refuses for what it holds is told as such, so that it is set aside', async () => {
  await spool.append(entriesOf('c1'));
  await expect(spool.append([{ position: 3, event: eventOf('c9', 0, RINGING) }])).rejects.toMatchObject({
    body: { code: 'storage.failed', retryable: false },
  });
});
