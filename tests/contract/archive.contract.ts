import { expect } from 'vitest';
import { archiveQuerySchema, type ArchiveQuery } from '#shared/domain/archive.ts';
import type { ChunkId, OrgId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { eventOf, ORG, RINGING, TAKEN, VETOED } from '#tests/fixtures/stored-call.ts';
import type { StoreCase } from './store-case.ts';

const ask = (query: Partial<ArchiveQuery>): ArchiveQuery => archiveQuerySchema.parse(query);
const drafted = (chunkId: string, text: string): CallEventDraft => ({
  type: 'chunk.drafted',
  chunkId: chunkId as ChunkId,
  epoch: 0,
  lane: 'B',
  origin: 'reply',
  text,
  citations: [],
  noteIds: [],
});
const heard = (text: string): CallEventDraft =>
  ({ type: 'transcript.final', text, startedAtMs: 1, endedAtMs: 2 }) as unknown as CallEventDraft;

/** Three calls: one plain, one with a veto and a takeover, one that begins later and was transferred. */
const CALLS: Readonly<Record<string, readonly CallEventDraft[]>> = {
  plain: [
    RINGING,
    heard('Where is my Müller order number 4711?'),
    { type: 'call.ended', reason: 'caller-hung-up', durationMs: 5 },
  ],
  stopped: [
    { ...RINGING, displayName: 'Jonas Weber' },
    heard('Can you guarantee it comes on Friday?'),
    drafted('stopped', 'I guarantee that it arrives on Friday.'),
    { ...VETOED, policy: 'no-guarantee', by: 'policy' } as CallEventDraft,
    TAKEN,
    {
      type: 'whisper.noted',
      noteId: 'n1' as never,
      userId: 'u',
      userName: 'Jun Tanaka',
      text: 'Offer the voucher',
    },
  ],
  moved: [
    { ...RINGING, displayName: 'Ada O_Neil' },
    { type: 'call.transfer-requested', target: 'billing', by: 'ai', outcome: null },
    {
      type: 'tool.finished',
      auditId: 't1',
      tool: 'order-status',
      status: 'ok',
      latencyMs: 3,
      requestHash: 'a',
      responseHash: 'b',
      redactedRequest: '{"order":"4711"}',
      redactedResponse: '{"state":"shipped"}',
    },
  ],
};
const entries = Object.entries(CALLS).flatMap(([callId, drafts], at) =>
  drafts.map(
    (draft, seq) =>
      ({ ...eventOf(callId, seq, draft), atMs: 1_800_000_000_000 + at * 60_000 + seq }) as ReturnType<
        typeof eventOf
      >,
  ),
);
const log = entries.map((event, position) => ({ position, event }));
type Books = Parameters<StoreCase['run']>[0];
const found = async (store: Books, query: Partial<ArchiveQuery>): Promise<readonly string[]> =>
  (await store.searchArchive(ORG, ask(query))).map(({ call }) => call.id);

/** What an archive finds; part of the store's contract. */
export const ARCHIVE_CONTRACT: readonly StoreCase[] = [
  {
    title:
      '[ARC1] words of callers, of the AI’s stopped sentences, of tools and of people are found, without accents and as beginnings',
    run: async store => {
      await store.append(log);
      expect(await found(store, { text: 'muller 4711' })).toEqual(['plain']);
      expect(await found(store, { text: 'MÜLL' })).toEqual(['plain']);
      expect(await found(store, { text: 'guarantee arrives' })).toEqual(['stopped']);
      expect(await found(store, { text: 'voucher' })).toEqual(['stopped']);
      expect(await found(store, { text: 'shipped' })).toEqual(['moved']);
      expect(await found(store, { text: '4711' })).toEqual(['moved', 'plain']);
      expect(await found(store, { text: 'webe' })).toEqual(['stopped']);
      expect(await found(store, { text: 'nobody said this' })).toEqual([]);
      for (const text of ['"', "' OR 1 --", '%', 'guarantee*', ':* & !', '(((']) await found(store, { text });
    },
  },
  {
    title: '[ARC2] filters narrow by time, person, policy, tool, outcome and what a call had, all together',
    run: async store => {
      await store.append(log);
      expect(await found(store, { had: 'veto' })).toEqual(['stopped']);
      expect(await found(store, { had: 'veto,takeover' })).toEqual(['stopped']);
      expect(await found(store, { had: 'veto,transfer' })).toEqual([]);
      expect(await found(store, { had: 'transfer' })).toEqual(['moved']);
      expect(await found(store, { policy: 'no-guarantee' })).toEqual(['stopped']);
      expect(await found(store, { tool: 'order-status' })).toEqual(['moved']);
      expect(await found(store, { person: 'Jun Tanaka' })).toEqual(['stopped']);
      expect(await found(store, { outcome: 'caller-hung-up' })).toEqual(['plain']);
      expect(await found(store, { fromMs: 1_800_000_030_000, toMs: 1_800_000_090_000 })).toEqual(['stopped']);
      expect(await found(store, { text: 'guarantee', had: 'transfer' })).toEqual([]);
      expect(await store.archiveFacets(ORG)).toEqual({
        people: ['Jun Tanaka', 'Morgan Reyes'],
        policies: ['no-guarantee'],
        tools: ['order-status'],
        outcomes: ['caller-hung-up'],
      });
    },
  },
  {
    title: '[ARC3] pages are newest first, and each hit says its place in the call and what was found in it',
    run: async store => {
      await store.append(log);
      expect(await found(store, {})).toEqual(['moved', 'stopped', 'plain']);
      expect(await found(store, { limit: 1 })).toEqual(['moved']);
      expect(await found(store, { beforeMs: 1_800_000_120_000 })).toEqual(['stopped', 'plain']);
      const [hit] = await store.searchArchive(ORG, ask({ text: 'guarant frid' }));
      expect(hit?.hits.map(({ seq, kind, who }) => [seq, kind, who])).toEqual([
        [1, 'caller', null],
        [3, 'verdict', 'no-guarantee'],
      ]);
      const line = hit?.hits[1];
      expect(line?.marks.map(([from, to]) => line.text.slice(from, to))).toEqual(['guarantee', 'Friday']);
      expect((await store.searchArchive(ORG, ask({ had: 'takeover' })))[0]?.hits).toMatchObject([
        { seq: 4, kind: 'action', who: 'Morgan Reyes' },
      ]);
    },
  },
  {
    title: '[ARC4] an org finds its own calls only; events that come again are found once',
    run: async store => {
      await store.append(log);
      await store.append(log);
      const other = {
        ...eventOf('theirs', 0, { ...RINGING, displayName: 'Guarantee Ltd' }),
        orgId: 'org-2' as OrgId,
      };
      await store.append([{ position: log.length, event: other }]);
      expect(await found(store, { text: 'guarantee' })).toEqual(['stopped']);
      expect((await store.searchArchive(ORG, ask({ text: 'voucher' })))[0]?.hits).toHaveLength(1);
      expect((await store.searchArchive('org-2' as OrgId, ask({}))).map(({ call }) => call.id)).toEqual([
        'theirs',
      ]);
      expect((await store.archiveFacets('org-2' as OrgId)).policies).toEqual([]);
    },
  },
];
