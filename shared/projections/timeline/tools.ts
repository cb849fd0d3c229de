import type { TicketOperation } from '#shared/domain/ticket.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { ApprovalView, CallTimeline, TicketView } from '../call-timeline.ts';

/** What was looked up, what waits for two people, and what the ticket system was asked for. */
export function foldTools(timeline: CallTimeline, event: CallEvent): CallTimeline {
  switch (event.type) {
    case 'tool.finished': {
      const { auditId, atMs, tool, status, latencyMs } = event;
      const request = event.redactedRequest;
      const response = event.redactedResponse;
      const row = { auditId, atMs, tool, status, latencyMs, request, response };
      return { ...timeline, tools: [...timeline.tools, row] };
    }
    case 'approval.requested': {
      const { approvalId, atMs, tool, requestHash, needs } = event;
      const view: ApprovalView = {
        approvalId,
        atMs,
        tool,
        request: event.redactedRequest,
        requestHash,
        needs,
        expiresAtMs: atMs + event.expiresInMs,
        approvedBy: [],
        refusedBy: null,
        outcome: null,
      };
      return { ...timeline, approvals: [...timeline.approvals, view] };
    }
    case 'approval.given': {
      const { userId, userName, vote } = event;
      return withApproval(timeline, event.approvalId, view =>
        vote === 'refuse'
          ? { refusedBy: userName }
          : { approvedBy: [...view.approvedBy, { userId, userName }] },
      );
    }
    case 'approval.settled':
      return withApproval(timeline, event.approvalId, () => ({ outcome: event.outcome }));
    case 'ticket.requested': {
      const { requestId, atMs, operation } = event;
      const view: TicketView = {
        requestId,
        atMs,
        kind: operation.kind,
        subject: subjectOf(operation),
        state: 'requested',
        ticketId: null,
        code: null,
      };
      return { ...timeline, tickets: [...timeline.tickets, view] };
    }
    case 'ticket.created':
    case 'ticket.changed':
      return withTicket(timeline, event.requestId, { state: 'done', ticketId: event.ticketId, code: null });
    case 'ticket.failed':
      return withTicket(timeline, event.requestId, {
        state: event.retryInMs === null ? 'failed' : 'retrying',
        code: event.code,
      });
    default:
      return timeline;
  }
}

function subjectOf(operation: TicketOperation): string {
  switch (operation.kind) {
    case 'create':
      return operation.draft.subject;
    case 'note':
      return operation.note;
    case 'update':
      return Object.keys(operation.patch).join(', ');
  }
}

function withApproval(
  timeline: CallTimeline,
  approvalId: string,
  change: (view: ApprovalView) => Partial<ApprovalView>,
): CallTimeline {
  const approvals = timeline.approvals.map(view =>
    view.approvalId === approvalId ? { ...view, ...change(view) } : view,
  );
  return { ...timeline, approvals };
}

function withTicket(timeline: CallTimeline, requestId: string, change: Partial<TicketView>): CallTimeline {
  const tickets = timeline.tickets.map(view =>
    view.requestId === requestId ? { ...view, ...change } : view,
  );
  return { ...timeline, tickets };
}
