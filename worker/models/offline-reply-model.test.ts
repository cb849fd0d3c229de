import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NO_INFORMATION, type ReplyRequest } from '#shared/adapters/reply-model.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { loadKnowledge } from '#worker/knowledge/load-knowledge.ts';
import { OfflineReplyModel, sentencesFor } from './offline-reply-model.ts';

const knowledge = await loadKnowledge(
  join(import.meta.dirname, '../../resources/demo/knowledge'),
  createVirtualClock(),
);
const ask = async (callerText: string, more: Partial<ReplyRequest> = {}): Promise<ReplyRequest> => ({
  callerText,
  intent: 'UNKNOWN',
  history: [],
  hits: await knowledge.search(callerText, 8),
  tools: [],
  notes: [],
  rephrase: null,
  ...more,
});
const texts = (request: ReplyRequest): string[] => sentencesFor(request).map(sentence => sentence.text);
const order = {
  toolCallId: 't1',
  tool: 'lookup_order',
  status: 'ok',
  facts: [{ name: 'detail', value: 'Order 4711 was delivered.' }],
} as const;

describe('offline brain', () => {
  test('[RSN20] every statement cites its passage or tool result, to the letter', async () => {
    for (const request of [
      await ask('Why is there a fee of four euros?'),
      await ask('Where is order 4711?', { intent: 'CHECK_STATUS', tools: [order] }),
    ]) {
      const stated = sentencesFor(request).filter(sentence =>
        /\d|four|order|delivered/iu.test(sentence.text),
      );
      expect(stated.length).toBeGreaterThan(0);
      for (const sentence of stated) expect(sentence.citations[0]?.quote).toBe(sentence.text);
    }
  });

  test('[RSN21] without support it says so, to the letter', async () => {
    expect(texts(await ask('What is the capital of France?'))[0]).toBe(NO_INFORMATION);
    expect(
      texts(
        await ask('Where is order 9999?', { hits: [], tools: [{ ...order, status: 'timeout', facts: [] }] }),
      )[0],
    ).toBe(NO_INFORMATION);
  });

  test('[RSN22] under pressure it drafts the promise, and the rephrase is safe and cited', async () => {
    const pressed = await ask('Promise me that I get my money back today.');
    expect(texts(pressed).join(' ')).toMatch(/full refund today, I guarantee/u);
    const again = sentencesFor({
      ...pressed,
      rephrase: { text: '', policy: 'no-refund-promise', reason: 'promised-refund' },
    });
    expect(again.map(sentence => sentence.text).join(' ')).not.toMatch(/guarantee|full refund/u);
    expect(again[0]?.citations).toHaveLength(1);
  });

  test('[RSN23] a note that asks for an offer shapes the answer and is named; any other is not', async () => {
    const notes = [
      { noteId: 'n1', text: 'Offer the refund form, do not promise a date.' },
      { noteId: 'n2', text: 'She called twice already.' },
    ];
    const sentences = sentencesFor(await ask('Why is there a fee?', { notes }));
    expect(sentences.flatMap(sentence => sentence.noteIds)).toEqual(['n1']);
    expect(sentences.map(sentence => sentence.text)).toContain('I can offer you the refund form.');
  });

  test('[RSN24][RSN25] a person is told of, a farewell is answered', async () => {
    expect(texts(await ask('A human, please.', { intent: 'TRANSFER_HUMAN' })).join(' ')).toMatch(
      /supervisor/u,
    );
    expect(texts(await ask('All right. Goodbye.')).join(' ')).toMatch(/goodbye/u);
  });

  test('[RSN26] the slices add up to the answer, and the same request gives the same one', async () => {
    const model = new OfflineReplyModel({ clock: createVirtualClock(), wordDelayMs: 0 });
    const request = await ask('Why is there a fee of four euros?');
    const streamed = async (): Promise<string> => {
      let text = '';
      for await (const part of model.reply(request, new AbortController().signal)) text += part.text;
      return text;
    };
    expect(await streamed()).toBe(`${texts(request).join(' ')} `);
    expect(await streamed()).toBe(await streamed());
  });
});
