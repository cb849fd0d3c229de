import { describe, expect, test } from 'vitest';
import type { AuditId } from '#shared/domain/ids.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { judgeIntent } from './judge-intent.ts';

const judge = (text: string) =>
  judgeIntent(text, { auditId: () => 'audit' as AuditId, clock: createVirtualClock() });

describe('intents', () => {
  test.each([
    ['Where is my order four seven one one?', 'CHECK_STATUS', ['lookup_order']],
    ['My parcel was supposed to be here last week.', 'CHECK_STATUS', ['lookup_order']],
    ['When are you open on Saturday?', 'GET_HOURS', ['get_business_hours']],
    ['Where is your shop? What is the address?', 'GET_LOCATION', ['get_location']],
    ['Do you repair lamps?', 'GET_SERVICES', ['list_services']],
    ['Can I speak to a real person, please?', 'TRANSFER_HUMAN', []],
    ['I do not want to talk to a machine.', 'TRANSFER_HUMAN', []],
    ['Then open the refund request.', 'UNKNOWN', []],
    ['What is the capital of France?', 'UNKNOWN', []],
  ])('[GATE30] %s is %s', (text, intent, tools) => {
    const judged = judge(text);
    expect(judged.intent).toBe(intent);
    expect(judged.allowedTools).toEqual(tools);
    expect(judged.verdict).toMatchObject({ policy: 'intent-permission', decision: 'allow' });
  });
});
