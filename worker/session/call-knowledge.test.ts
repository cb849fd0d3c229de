import { afterEach, expect, test, vi } from 'vitest';
import { seededRandom } from '#shared/base/random.ts';
import { uuidV7 } from '#shared/base/uuid-v7.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { PhraseBank } from '#worker/lanes/reflex/phrase-bank.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { OfflineReplyModel } from '#worker/models/offline-reply-model.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { DEMO_ORG, DEMO_RULES, knowledgeBench, type KnowledgeBench } from '#tests/fakes/knowledge-bench.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { MemoryLeaseBook } from '#tests/fakes/memory-lease-book.ts';
import { CallSession } from './call-session.ts';
import { DEMO_CALL_SETTINGS } from './call-settings.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});
const never = (): never => {
  throw new Error('there is no line here');
};

function session(
  { shelf }: KnowledgeBench,
  callId: string,
): { session: CallSession; journal: MemoryJournal } {
  const journal = new MemoryJournal();
  const made = new CallSession(callId as CallId, {
    clock: systemClock,
    journal,
    leases: new MemoryLeaseBook(systemClock),
    orgId: DEMO_ORG,
    newId: () => uuidV7(systemClock.now(), Math.random),
    random: seededRandom(1),
    voice: { name: 'none', synthesise: never },
    phrases: new PhraseBank([]),
    model: new OfflineReplyModel({ clock: systemClock, wordDelayMs: 0 }),
    sources: {
      knowledge: (patches = []) => shelf.overlay(DEMO_ORG, patches),
      tools: new ToolRegistry([]),
    },
    policies: () => DEMO_RULES,
    settings: DEMO_CALL_SETTINGS,
    media: new LoopbackMediaPlane(),
    recorder: null,
    createVad: never,
    createStt: never,
    createTurnDetection: never,
    onNotice: () => undefined,
    onError: (_callId, error) => {
      throw error;
    },
  });
  return { session: made, journal };
}

/** What the AI would say now, as the shadow lane drafts it while a person has the call. */
async function wouldSay(of: ReturnType<typeof session>, question: string): Promise<string> {
  const before = of.journal.of('suggestion.drafted').length;
  of.session.shadow.turn(question);
  await vi.waitFor(() => expect(of.journal.of('suggestion.drafted').length).toBeGreaterThan(before), 5_000);
  return of.journal.of('suggestion.drafted').at(-1)?.text ?? '';
}

test('[KN27] a call answers from the text it was given, also on the host that goes on with it, until the document is published anew', async () => {
  const bench = await knowledgeBench();
  cleanups.push(() => bench.stop());
  const question = 'Can umbrellas be returned within ninety days?';
  const text = 'Umbrellas can be returned within ninety days.';
  const first = session(bench, 'call-1');
  const other = session(bench, 'call-2');
  expect(await wouldSay(first, question)).not.toContain('Umbrellas');

  const ben = { userId: 'ben' as never, orgId: DEMO_ORG, name: 'Ben', role: 'admin' as const };
  const wanted = { docId: 'returns', title: 'Returns', markdown: text };
  const { snapshotId } = await bench.desk.patchCall(ben, 'call-1' as CallId, wanted);
  first.session.append(bench.told[0] as CallEventDraft);
  expect(await wouldSay(first, question)).toContain(text);
  expect(first.journal.of('retrieval.finished').at(-1)?.snapshotId).toBe(snapshotId);
  expect(await wouldSay(other, question)).not.toContain('Umbrellas');

  const next = session(bench, 'call-1');
  await next.session.resume({ events: first.journal.events, host: 'host-2', present: [] });
  expect(await wouldSay(next, question)).toContain(text);

  const there = await bench.store.knowledgeDocument(DEMO_ORG, 'returns');
  await bench.desk.upsert(ben, {
    docId: 'returns',
    title: 'Returns',
    markdown: `${there?.head.blocks.map(block => block.text).join('\n\n') ?? ''}\n\nHats too.`,
    fields: {},
    publish: true,
    note: '',
  });
  for (const one of [first, next]) expect(await wouldSay(one, question)).not.toContain('Umbrellas');
}, 30_000);
