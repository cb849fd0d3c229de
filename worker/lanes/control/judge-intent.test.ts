import { describe, expect, test } from 'vitest';
import type { AuditId } from '#shared/domain/ids.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { ALLOWED_TOOLS, judgeIntent } from './judge-intent.ts';

const judge = (text: string) =>
  judgeIntent(text, { auditId: () => 'audit' as AuditId, clock: createVirtualClock() });

const STATUS = ALLOWED_TOOLS.CHECK_STATUS;

describe('intents', () => {
  test.each([
    ['Where is my order four seven one one?', 'CHECK_STATUS', STATUS],
    ['My parcel was supposed to be here last week.', 'CHECK_STATUS', STATUS],
    ['When are you open on Saturday?', 'GET_HOURS', ['get_business_hours']],
    ['Where is your shop? What is the address?', 'GET_LOCATION', ['get_location']],
    ['Do you repair lamps?', 'GET_SERVICES', ['list_services']],
    ['Can I speak to a real person, please?', 'TRANSFER_HUMAN', ['transfer_to_human']],
    ['I do not want to talk to a machine.', 'TRANSFER_HUMAN', ['transfer_to_human']],
    ['Is the repair of my bike ready?', 'CHECK_STATUS', STATUS],
    ['Please open a ticket for this.', 'OPEN_TICKET', ALLOWED_TOOLS.OPEN_TICKET],
    ['I want to file a formal complaint.', 'OPEN_TICKET', ALLOWED_TOOLS.OPEN_TICKET],
    ['Then open the refund request.', 'UNKNOWN', []],
    ['What is the capital of France?', 'UNKNOWN', []],
  ])('[GATE30] %s is %s', (text, intent, tools) => {
    const judged = judge(text);
    expect(judged.intent).toBe(intent);
    expect(judged.allowedTools).toEqual(tools);
    expect(judged.verdict).toMatchObject({ policy: 'intent-permission', decision: 'allow' });
  });

  test('[POL59] an org says which tools an intent may use, and an intent it leaves out uses none', () => {
    const permissions = {
      name: 'our-tools',
      intents: { GET_HOURS: ['get_business_hours', 'get_location'] },
      documentVersion: 'shop@2',
    };
    const judgeFor = (text: string) =>
      judgeIntent(text, { auditId: () => 'audit' as AuditId, clock: createVirtualClock(), permissions });
    expect(judgeFor('When are you open on Saturday?')).toMatchObject({
      allowedTools: ['get_business_hours', 'get_location'],
      verdict: { policy: 'our-tools', documentVersion: 'shop@2' },
    });
    expect(judgeFor('Where is my order four seven one one?').allowedTools).toEqual([]);
  });
});
