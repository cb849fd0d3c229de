import { act, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { richCall, RICH_CALL_ID } from '#tests/fixtures/rich-call.ts';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';

const JUN = { userId: 'user-jun', userName: 'Jun Tanaka' };
const ASKED = {
  type: 'approval.requested',
  approvalId: 'approval-1',
  tool: 'create_ticket',
  requestHash: 'a'.repeat(64),
  redactedRequest: '{"args":{"phone":"[phone number]"},"tool":"create_ticket"}',
  needs: 2,
  expiresInMs: 120_000,
} as const;

function withEvents(...drafts: readonly CallEventDraft[]): readonly CallEvent[] {
  const events = richCall();
  const last = events.at(-1);
  if (!last) throw new Error('the call has events');
  const more = drafts.map((draft, index) => ({
    v: last.v,
    orgId: last.orgId,
    conversationId: last.conversationId,
    atMs: last.atMs,
    id: `more-${String(index)}`,
    seq: last.seq + 1 + index,
    ...draft,
  }));
  return [...events, ...(more as unknown as CallEvent[])];
}

async function toolsTab(...drafts: readonly CallEventDraft[]) {
  const view = await renderConsole({ entries: entriesOf(withEvents(...drafts)) }, 'call');
  act(() => view.console.ui.setState({ tab: 'tools' }));
  await view.step();
  return view;
}

test('[TOOL44] a call that needs two people shows the redacted payload, who has agreed, and two buttons', async () => {
  const { desk, step } = await toolsTab(ASKED, {
    type: 'approval.given',
    approvalId: 'approval-1',
    vote: 'approve',
    ...JUN,
  });
  const card = screen.getByRole('article', { name: 'Approval of create_ticket' });
  expect(card.textContent).toContain('[phone number]');
  expect(card.textContent).toContain('1 of 2 agreed: Jun Tanaka');
  act(() => within(card).getByRole('button', { name: 'Approve' }).click());
  await step();
  expect(desk.sent.at(-1)).toMatchObject({
    callId: RICH_CALL_ID,
    verb: 'approve-tool',
    args: { approvalId: 'approval-1', requestHash: ASKED.requestHash },
  });
  act(() => within(card).getByRole('button', { name: 'Refuse' }).click());
  await step();
  expect(desk.sent.at(-1)).toMatchObject({ verb: 'refuse-tool', args: { approvalId: 'approval-1' } });
});

test('[TOOL41] what has been decided has no buttons', async () => {
  await toolsTab(
    ASKED,
    { type: 'approval.given', approvalId: 'approval-1', vote: 'refuse', ...JUN },
    { type: 'approval.settled', approvalId: 'approval-1', outcome: 'refused' },
  );
  const card = screen.getByRole('article', { name: 'Approval of create_ticket' });
  expect(card.textContent).toContain('Refused by Jun Tanaka');
  expect(within(card).queryByRole('button')).toBeNull();
});

test('[TIC25] tickets are listed with how far they are', async () => {
  const operation = { kind: 'note', ticketRef: 'T1', note: 'The lamp came broken' } as const;
  await toolsTab(
    { type: 'ticket.requested', requestId: 'r1', operation },
    {
      type: 'ticket.failed',
      requestId: 'r1',
      provider: 'zendesk-mcp',
      code: 'ticketing.busy',
      attempts: 1,
      retryInMs: 1000,
    },
  );
  expect(screen.getByText('The lamp came broken')).toBeTruthy();
  expect(screen.getByText('Trying again')).toBeTruthy();
  expect(screen.getByText('ticketing.busy')).toBeTruthy();
});
