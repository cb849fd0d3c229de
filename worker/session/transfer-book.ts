import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { ErrorCode } from '#shared/errors/app-error.ts';

export type TransferOutcome = 'accepted' | 'refused' | 'uncertain';

/** The newest transfer that a person asked for, with what has been heard of it. */
export interface AskedTransfer {
  readonly target: string;
  readonly userId: string;
  readonly userName: string;
  /** What became of it is in the log. */
  readonly settled: boolean;
  /** What the line has said of it as events. */
  readonly line: 'nothing' | 'asked' | 'settled';
}

export type TransferInput =
  | { readonly type: 'asked'; readonly target: string; readonly userId: string; readonly userName: string }
  /** An event of the line, which also tells of transfers that nobody here asked for. */
  | { readonly type: 'line-told'; readonly target: string; readonly outcome: TransferOutcome | null }
  /** The line's answer to the asking. */
  | { readonly type: 'answered'; readonly outcome: 'accepted' | 'uncertain' }
  | { readonly type: 'rejected'; readonly code: ErrorCode }
  | { readonly type: 'call-ending'; readonly transferred: boolean };

type TransferDraft = Extract<CallEventDraft, { type: 'call.transfer-requested' }>;
export type TransferStep = readonly [next: AskedTransfer | null, draft: TransferDraft | null];

const REFUSED: ErrorCode = 'telephony.transfer-refused';

export const isOpen = (asked: AskedTransfer | null): boolean => asked !== null && !asked.settled;

/**
 * What the log says of transfers: who asked, then once what became of it, from whichever of the line's events and the line's answer
 * comes first, and before the call's end (SUP71). Pure and total.
 */
export function stepTransfer(asked: AskedTransfer | null, input: TransferInput): TransferStep {
  switch (input.type) {
    case 'asked': {
      const { target, userId, userName } = input;
      const next: AskedTransfer = { target, userId, userName, settled: false, line: 'nothing' };
      return [next, draftOf(next, null)];
    }
    case 'line-told':
      return lineTold(asked, input.target, input.outcome);
    case 'answered':
      return settle(asked, input.outcome);
    case 'rejected':
      return settle(asked, 'refused', input.code);
    case 'call-ending':
      return settle(asked, input.transferred ? 'accepted' : 'uncertain');
  }
}

function lineTold(
  asked: AskedTransfer | null,
  target: string,
  outcome: TransferOutcome | null,
): TransferStep {
  const isOurs =
    asked?.target === target && (outcome === null ? asked.line === 'nothing' : asked.line !== 'settled');
  if (!isOurs) return [asked, { type: 'call.transfer-requested', target, by: 'line', outcome }];
  if (outcome === null) return [{ ...asked, line: 'asked' }, null];
  return settle({ ...asked, line: 'settled' }, outcome);
}

function settle(
  asked: AskedTransfer | null,
  outcome: TransferOutcome,
  code: ErrorCode = REFUSED,
): TransferStep {
  if (asked === null || asked.settled) return [asked, null];
  return [{ ...asked, settled: true }, draftOf(asked, outcome, outcome === 'refused' ? code : undefined)];
}

const draftOf = (
  { target, userId, userName }: AskedTransfer,
  outcome: TransferOutcome | null,
  code?: ErrorCode,
): TransferDraft => ({
  type: 'call.transfer-requested',
  target,
  by: 'supervisor',
  userId,
  userName,
  outcome,
  ...(code === undefined ? {} : { code }),
});
