import { expect, test } from 'vitest';
import { callLogSchema } from '#shared/domain/shop.ts';
import { richCall, takenOverCall } from '#tests/fixtures/rich-call.ts';
import { CallScript, verdict } from '#tests/fixtures/call-script.ts';
import { shopCallLog } from './shop-call-log.ts';

const wish = (intent: 'CHECK_STATUS' | 'GET_HOURS') => ({
  type: 'intent.judged' as const,
  intent,
  confidenceRatio: 0.8,
  allowedTools: ['lookup_order'],
  verdict: verdict('intent-permission', 'allow'),
});

test('[TOOL34] one line for each judged wish, with tool, result, confidence, duration and outcome', () => {
  const events = new CallScript('call-log')
    .at(1, { ...wish('CHECK_STATUS'), turnId: 'turn-1' as never })
    .at(1.1, {
      type: 'tool.finished',
      turnId: 'turn-1' as never,
      auditId: 'a',
      tool: 'lookup_order',
      status: 'timeout',
      latencyMs: 1500,
      requestHash: 'r',
      responseHash: 's',
      redactedRequest: '{}',
      redactedResponse: '{}',
    })
    .at(3, { type: 'chunk.spoken', chunkId: 'c1' as never, heardMs: 900 })
    .at(5, { ...wish('GET_HOURS'), turnId: 'turn-2' as never }).events;
  const rows = shopCallLog(events, 'larkfield');
  expect(rows.map(row => callLogSchema.parse(row))).toMatchObject([
    {
      shopId: 'larkfield',
      intent: 'CHECK_STATUS',
      toolCalled: 'lookup_order',
      result: 'timeout',
      confidenceRatio: 0.8,
      durationMs: 2000,
      outcome: 'answered',
    },
    { intent: 'GET_HOURS', toolCalled: null, result: null, durationMs: 0, outcome: 'not-answered' },
  ]);
  expect(shopCallLog(richCall(), 'larkfield')).toMatchObject([{ intent: 'UNKNOWN', outcome: 'stopped' }]);
  expect(shopCallLog(takenOverCall(), 'larkfield')).toMatchObject([{ outcome: 'taken-over' }]);
});
