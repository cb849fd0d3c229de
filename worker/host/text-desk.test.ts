import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReplyModel } from '#shared/adapters/reply-model.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import { emptyBoard, appendToBoard } from '#shared/projections/fold-board.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { rulesOfGate } from '#worker/rulebook/org-rules.ts';
import { assembleTools } from '#worker/entry/assemble-tools.ts';
import { loadKnowledge } from '#worker/knowledge/load-knowledge.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { OfflineReplyModel } from '#worker/models/offline-reply-model.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';
import { feedOutbox } from '#worker/ticketing/feed-outbox.ts';
import { TicketOutbox } from '#worker/ticketing/ticket-outbox.ts';
import { ScriptedTicketing } from '#tests/fakes/scripted-ticketing.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import policies from '../../resources/policies/demo.json' with { type: 'json' };
import { TEXT_IDLE_MS, TextDesk } from './text-desk.ts';

const RESOURCES = join(import.meta.dirname, '../../resources');
const knowledge = await loadKnowledge(join(RESOURCES, 'demo/knowledge'), createVirtualClock());
const rules = compileRules(phrasePolicyDocumentSchema.parse(policies).policies, CODE_POLICIES);
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
const person = (userId: string, orgId = 'org-larkfield'): Actor => ({
  userId: userId as UserId,
  orgId: orgId as OrgId,
  name: userId,
  role: 'supervisor',
});
const maya = person('maya');
const signal = new AbortController().signal;

/** The real store, journal, lanes and tools; time stands still unless a test moves it. */
async function bench(options: { readonly twoPerson?: string; readonly model?: ReplyModel } = {}) {
  const clock = createVirtualClock();
  const store = await openSqliteStore({
    file: join(mkdtempSync(join(tmpdir(), 'sidetone-text-')), 'worker.sqlite'),
  });
  const journal = new StoreJournal(store, clock, -1, error => {
    throw error;
  });
  const adapter = new ScriptedTicketing();
  let ids = 0;
  const newId = (): string => `id-${String((ids += 1))}`;
  const desk = new TextDesk({
    clock,
    journal,
    newId,
    model: options.model ?? new OfflineReplyModel({ clock, wordDelayMs: 0 }),
    sources: {
      knowledge: () => knowledge,
      tools: assembleTools(join(RESOURCES, 'demo/shop.json'), store, options.twoPerson ?? null),
    },
    policies: () => rulesOfGate(rules),
  });
  const outbox = new TicketOutbox({
    book: store,
    adapter,
    clock,
    newId,
    append: (callId, draft) => desk.append(callId, draft),
    onError: error => {
      throw error;
    },
  });
  const stop = feedOutbox(journal, store, outbox, error => {
    throw error;
  });
  cleanups.push(async () => {
    desk.stop();
    stop();
    await outbox.stop();
    await journal.flush();
    await store.close();
  });
  const say = (text: string, conversationId?: string, actor = maya) =>
    desk.chat(conversationId === undefined ? { text } : { text, conversationId }, actor, signal);
  return { clock, store, journal, adapter, desk, say };
}

describe('a conversation in text', { timeout: 30_000 }, () => {
  test('[API40][API41] answers through intent, tools, Lane B and the gate, with citations and verdicts', async () => {
    const { say } = await bench();
    const first = await say('Where is my order 4711?');
    expect(first).toMatchObject({
      intent: 'CHECK_STATUS',
      tools: [{ tool: 'lookup_order', status: 'ok' }],
    });
    expect(first.text).toContain('Order 4711, the brass desk lamp, was delivered this morning.');
    const [sentence] = first.sentences;
    expect(sentence).toMatchObject({ state: 'spoken', origin: 'reply' });
    expect(sentence?.citations[0]).toMatchObject({ kind: 'tool', title: 'lookup_order' });
    expect(sentence?.verdicts.map(({ policy }) => policy)).toContain('grounded-figures');
    // The conversation goes on: the number is remembered.
    const second = await say('Where is it now?', first.conversationId);
    expect(second.conversationId).toBe(first.conversationId);
    expect(second.turnId).not.toBe(first.turnId);
    expect(second.text).toContain('4711');
  });

  test('[API40] what the gate refuses is in no answer; the veto is', async () => {
    const { say } = await bench();
    const answer = await say('I want my money back now. Promise me a refund today!');
    expect(answer.sentences.some(({ veto }) => veto?.policy === 'no-refund-promise')).toBe(true);
    expect(answer.sentences.some(({ origin, state }) => origin === 'rephrase' && state === 'spoken')).toBe(
      true,
    );
    expect(answer.text).toContain('refund request');
    expect(JSON.stringify(answer.sentences.map(({ text }) => text)) + answer.text).not.toMatch(
      /full refund|guarantee|promise/iu,
    );
    const card = await say('My card is 4111 1111 1111 1111.', answer.conversationId);
    expect(JSON.stringify(card)).not.toContain('1111');
  });

  test('[API40] a model that fails or lies is heard as the fallback, never as itself', async () => {
    const lying: ReplyModel = {
      name: 'lying',
      async *reply() {
        yield { text: 'It costs 99 euros and I guarantee it. ', citations: [], noteIds: [] };
      },
    };
    const { say } = await bench({ model: lying });
    const answer = await say('How much is it?');
    expect(answer.text).toBe('I am not able to answer that myself. I have told a supervisor.');
    expect(answer.sentences.map(({ origin, state }) => [origin, state])).toEqual([
      ['reply', 'vetoed'],
      ['rephrase', 'vetoed'],
      ['fallback', 'spoken'],
    ]);
  });

  test('[API42] is open to its own org only', async () => {
    const { say } = await bench();
    const { conversationId } = await say('Hello');
    await expect(say('And?', conversationId, person('eve', 'org-brook'))).rejects.toMatchObject({
      body: { code: 'call.unknown' },
    });
    await expect(say('And?', 'no-such')).rejects.toMatchObject({ body: { code: 'call.unknown' } });
  });

  test('[API43] ends when nobody goes on, is in the history with its words, and never on the floor', async () => {
    const { say, clock, store, journal } = await bench();
    const { conversationId } = await say('When are you open?');
    await clock.advanceAsync(TEXT_IDLE_MS);
    await journal.flush();
    const row = await store.conversation(maya.orgId, conversationId as never);
    expect(row).toMatchObject({ channel: 'text', status: 'ended', intent: 'GET_HOURS' });
    expect((await store.turns(conversationId as never)).map(({ speaker }) => speaker).sort()).toEqual([
      'ai',
      'caller',
    ]);
    expect((await store.policyRows(conversationId as never)).length).toBeGreaterThan(1);
    await expect(say('And?', conversationId)).rejects.toMatchObject({ body: { code: 'call.unknown' } });
    let board = emptyBoard;
    for (const entry of await store.entries(-1, 1000)) board = appendToBoard(board, entry);
    expect(board.calls).toEqual({});
  });

  test('[API41] two turns at once are two turns, one after the other', async () => {
    const { say } = await bench();
    const { conversationId } = await say('Hello');
    const both = await Promise.all([
      say('When are you open?', conversationId),
      say('Where are you?', conversationId),
    ]);
    expect(both.map(({ intent }) => intent)).toEqual(['GET_HOURS', 'GET_LOCATION']);
    expect(both[0].text).toContain('9 to 18');
    expect(both[1].text).toContain('12 Harbour Lane');
  });
});

describe('tickets in a turn', { timeout: 30_000 }, () => {
  test('[TIC28] an adapter that hangs for 30 s delays no turn by a millisecond', async () => {
    const { say, clock, adapter, journal, store } = await bench();
    adapter.answers('hangs', 'hangs', 'hangs');
    const first = await say('My lamp is broken. Please open a ticket for this.');
    expect(first.tools).toMatchObject([{ tool: 'create_ticket', status: 'ok' }]);
    expect(first.text).toContain('I have written a ticket for you');
    expect(clock.mono()).toBe(0);
    await journal.flush();
    await expect
      .poll(async () => {
        await clock.advanceAsync(0);
        return adapter.asked.length;
      })
      .toBe(1);
    for (const question of [
      'When are you open?',
      'Please open a ticket for my chair.',
      'Where is order 5120?',
    ]) {
      const before = clock.mono();
      await say(question, first.conversationId);
      expect(clock.mono()).toBe(before);
      await clock.advanceAsync(10_000);
    }
    expect(await store.ticketRequests(maya.orgId, first.conversationId as never)).toHaveLength(2);
  });

  test('[TIC25][TIC30] the log tells what became of a ticket, and asking again makes no second one', async () => {
    const { say, clock, adapter, store, journal } = await bench();
    const { conversationId } = await say('Please open a ticket for this lamp.');
    await say('Please open a ticket for this lamp.', conversationId);
    await expect
      .poll(async () => {
        await clock.advanceAsync(10);
        await journal.flush();
        return (await store.callEvents(conversationId as never, -1)).map(({ type }) => type);
      })
      .toContain('ticket.created');
    const types = (await store.callEvents(conversationId as never, -1)).map(({ type }) => type);
    expect(types.filter(type => type.startsWith('ticket.'))).toEqual(['ticket.requested', 'ticket.created']);
    expect(adapter.made.size).toBe(1);
  });

  test('[TOOL43] a tool that needs two people is asked for, and the answer says so', async () => {
    const { say, store, journal, adapter } = await bench({ twoPerson: 'create_ticket' });
    const answer = await say('Please open a ticket for this lamp.');
    expect(answer.text).toContain('I have asked my colleagues to agree to that');
    expect(answer.tools).toEqual([]);
    await journal.flush();
    const events = await store.callEvents(answer.conversationId as never, -1);
    expect(events.map(({ type }) => type)).toContain('approval.requested');
    expect(events.map(({ type }) => type)).not.toContain('ticket.requested');
    expect(adapter.asked).toEqual([]);
  });

  test('[TOOL40] a tool that needs two people and does not exist is an error, not a gap', async () => {
    await expect(bench({ twoPerson: 'create_tickets' })).rejects.toMatchObject({
      body: { code: 'input.invalid' },
    });
  });
});
