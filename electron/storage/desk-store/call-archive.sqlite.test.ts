import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { archiveQuerySchema, type ArchiveQuery } from '#shared/domain/archive.ts';
import { eraseEvent, ERASED_NAME } from '#shared/events/erase-event.ts';
import { openDatabase } from '#shared/sqlite/open-database.ts';
import { listedCalls } from '#tests/fixtures/listed-calls.ts';
import { storedCall } from '#tests/fixtures/stored-call.ts';
import { CACHE_MIGRATIONS } from './cache-schema.ts';
import { CallArchive } from './call-archive.ts';
import { CallCache } from './call-cache.ts';

const ask = (query: Partial<ArchiveQuery>): ArchiveQuery => archiveQuerySchema.parse(query);

test('[ARC6] the calls of this desk are found by the same words and filters, also what came since, and not what it forgot', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-desk-archive-'));
  const database = openDatabase(join(folder, 'desk.sqlite'), CACHE_MIGRATIONS);
  const calls = new CallCache(database);
  const archive = new CallArchive(database, true);
  const found = (query: Partial<ArchiveQuery>): readonly string[] =>
    archive.search(ask(query)).calls.map(({ call }) => call.id);
  const [first, second] = listedCalls(2);
  if (!first || !second) throw new Error('no calls');
  calls.addListed(
    [
      { ...first, id: 'c1' as never },
      { ...second, id: 'c2' as never },
    ],
    1,
  );
  calls.addEvents(storedCall('c1'), 1);
  calls.addEvents(storedCall('c2').slice(0, 2), 1);
  expect(found({ text: 'where' })).toEqual(['c1']);
  calls.addEvents(storedCall('c2').slice(2), 2);
  expect([...found({ text: 'where' })].sort()).toEqual(['c1', 'c2']);
  expect([...found({ tool: 'lookup_order' })].sort()).toEqual(['c1', 'c2']);
  expect(archive.search(ask({ text: 'here', limit: 1 }))).toMatchObject({
    hasMore: true,
    calls: [{ hits: [{ kind: 'ai', text: 'It is here.', marks: [[6, 10]] }] }],
  });
  expect(archive.facets()).toMatchObject({ tools: ['lookup_order'], outcomes: ['caller-hung-up'] });
  calls.forgetBefore(Number.MAX_SAFE_INTEGER, 1);
  expect(found({ text: 'where' })).toHaveLength(1);
  database.close();
  rmSync(folder, { recursive: true });
});

test('[DST35] of an erased call nothing is left here, and what is fetched afterwards is kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-desk-erased-'));
  const database = openDatabase(join(folder, 'desk.sqlite'), CACHE_MIGRATIONS);
  const calls = new CallCache(database);
  const archive = new CallArchive(database, true);
  const everything = (): string =>
    database
      .prepare(
        'SELECT listed_json FROM call UNION ALL SELECT payload_json FROM call_event UNION ALL SELECT title FROM archive_calls UNION ALL SELECT text FROM archive_lines',
      )
      .pluck()
      .all()
      .join('\n')
      .toLowerCase();
  const [listed] = listedCalls(1);
  if (!listed) throw new Error('no call');
  const names = ['c1', 'c2'];
  calls.addListed(
    names.map(id => ({ ...listed, id: id as never, displayName: 'Elena Fischer' })),
    1,
  );
  for (const id of names) calls.addEvents(storedCall(id), 1);
  expect(archive.search(ask({ text: 'where' })).calls).toHaveLength(2);
  const before = everything().match(/elena/gu)?.length ?? 0;
  expect(before).toBeGreaterThan(3);
  expect(calls.forgetErased(['c1', 'never-seen'])).toBe(1);
  expect(everything().match(/elena/gu)).toHaveLength(before / 2);
  expect(archive.search(ask({ text: 'where' })).calls).toHaveLength(1);
  calls.addListed([{ ...listed, id: 'c1' as never, displayName: ERASED_NAME }], 2);
  calls.addEvents(
    storedCall('c1').map(event => eraseEvent(event, 'person')),
    2,
  );
  expect(calls.forgetErased(['c1'])).toBe(0);
  expect(calls.events('c1', -1)).toHaveLength(storedCall('c1').length);
  database.close();
  rmSync(folder, { recursive: true });
});
