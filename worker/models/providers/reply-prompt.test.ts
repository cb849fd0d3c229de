import { describe, expect, test } from 'vitest';
import type { HistoryLine, ReplyRequest } from '#shared/adapters/reply-model.ts';
import { replyPrompt } from './reply-prompt.ts';

const request: ReplyRequest = {
  callerText: 'Why is there a fee?',
  intent: 'UNKNOWN',
  history: [
    { speaker: 'ai', text: 'How can I help you?' },
    { speaker: 'caller', text: 'Why is there a fee?' },
  ],
  hits: [
    {
      docId: 'invoices',
      title: 'Invoices',
      section: 'Fees',
      quote: 'The fee is four euros.',
      span: [3, 25],
      scoreRatio: 1,
    },
  ],
  tools: [
    {
      toolCallId: 'c1',
      tool: 'lookup_order',
      status: 'ok',
      facts: [{ name: 'detail', value: 'Order 4711 was sent.' }],
    },
    { toolCallId: 'c2', tool: 'get_hours', status: 'timeout', facts: [] },
  ],
  notes: [{ noteId: 'n-9', text: 'Offer the form.' }],
  rephrase: null,
};

describe('reply prompt', () => {
  test('[PRO12] the beginning is the same for every turn, the turn holds the rest, and the caller is quoted once', () => {
    const first = replyPrompt(request, 'You work for Larkfield.');
    const other = replyPrompt(
      { ...request, callerText: 'And when?', hits: [], notes: [], tools: [] },
      'You work for Larkfield.',
    );
    expect(first.system).toBe(other.system);
    expect(first.system).toMatch(/^You work for Larkfield\./u);
    expect(first.turn).toContain('[p1] Invoices, Fees: The fee is four euros.');
    expect(first.turn).toContain('[t1] lookup_order: detail: Order 4711 was sent.');
    expect(first.turn).toContain('get_hours did not answer (timeout)');
    expect(first.turn).toContain('[n1] Offer the form.');
    expect(first.history).toEqual([{ role: 'assistant', text: 'How can I help you?' }]);
    expect([...first.sources.keys()]).toEqual(['p1', 't1', 'n1']);
    expect(first.sources.get('p1')).toMatchObject({ citation: { sourceId: 'invoices', span: [3, 25] } });
  });

  test('[PRO12] the history of a longer turn begins like that of a shorter one, even where it is cut', () => {
    const lines = Array.from({ length: 200 }, (_, index): HistoryLine => ({
      speaker: index % 2 === 0 ? 'ai' : 'caller',
      text: `line ${String(index)}`,
    }));
    let changes = 0;
    let before = replyPrompt({ ...request, history: lines.slice(0, 1) }, 'x').history;
    for (let count = 2; count <= 200; count += 1) {
      const next = replyPrompt({ ...request, history: lines.slice(0, count) }, 'x').history;
      expect(next.length).toBeLessThanOrEqual(60);
      if (next[0]?.text !== before[0]?.text) changes += 1;
      else expect(next.slice(0, before.length)).toEqual(before);
      before = next;
    }
    expect(changes).toBeLessThanOrEqual(7);
  });

  test('[PRO12] a refused answer is told with what stopped it', () => {
    const { turn } = replyPrompt(
      {
        ...request,
        rephrase: { text: 'A full refund today.', policy: 'no-refund-promise', reason: 'promised-refund' },
      },
      'x',
    );
    expect(turn).toMatch(/no-refund-promise.*A full refund today\./u);
  });
});
