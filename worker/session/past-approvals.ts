import type { TurnId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventOf } from '#shared/events/call-event.ts';

/** A tool call for which people were asked on the host before. */
export interface PastApproval {
  readonly approvalId: string;
  readonly turnId: TurnId | null;
  readonly requestHash: string;
  readonly redactedRequest: string;
  readonly expiresAtMs: number;
  readonly approvedBy: readonly string[];
  readonly outcome: 'waiting' | CallEventOf<'approval.settled'>['outcome'];
  /** What came of it; null where it was not run, or where nobody knows whether it was. */
  readonly ran: Pick<CallEventOf<'tool.finished'>, 'auditId' | 'status' | 'redactedResponse'> | null;
}

export type PastApprovals = readonly PastApproval[];

/** Pure. One step of the fold over the log of a call. */
export function stepPastApprovals(all: PastApprovals, event: CallEvent): PastApprovals {
  const change = (which: (one: PastApproval) => boolean, how: (one: PastApproval) => PastApproval) =>
    all.map(one => (which(one) ? how(one) : one));
  switch (event.type) {
    case 'approval.requested': {
      const { approvalId, turnId = null, requestHash, redactedRequest, atMs, expiresInMs } = event;
      const expiresAtMs = atMs + expiresInMs;
      return [
        ...all,
        {
          approvalId,
          turnId,
          requestHash,
          redactedRequest,
          expiresAtMs,
          approvedBy: [],
          outcome: 'waiting',
          ran: null,
        },
      ];
    }
    case 'approval.given':
      if (event.vote !== 'approve') return all;
      return change(
        one => one.approvalId === event.approvalId,
        one => ({ ...one, approvedBy: [...one.approvedBy, event.userId] }),
      );
    case 'approval.settled':
      return change(
        one => one.approvalId === event.approvalId,
        one => ({ ...one, outcome: event.outcome }),
      );
    case 'tool.finished': {
      const { auditId, status, redactedResponse, requestHash } = event;
      return change(
        one => one.outcome === 'approved' && one.requestHash === requestHash,
        one => ({ ...one, ran: { auditId, status, redactedResponse } }),
      );
    }
    default:
      return all;
  }
}
