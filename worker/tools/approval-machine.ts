import { assertNever } from '#shared/base/assert-never.ts';
import type { ErrorCode } from '#shared/errors/app-error.ts';

export type ApprovalOutcome = 'approved' | 'refused' | 'expired' | 'call-ended';

/** One tool call that waits for people. */
export type ApprovalState =
  | { readonly name: 'waiting'; readonly approvedBy: readonly string[] }
  | { readonly name: 'settled'; readonly outcome: ApprovalOutcome; readonly approvedBy: readonly string[] };

export type ApprovalInput =
  | { readonly type: 'approve'; readonly userId: string; readonly samePayload: boolean }
  | { readonly type: 'refuse'; readonly userId: string }
  | { readonly type: 'expire' | 'end-call' };

export interface ApprovalStep {
  readonly state: ApprovalState;
  /** Why the input changed nothing; `null` when it did. */
  readonly refusal: Extract<ErrorCode, 'tool.already-settled' | 'command.conflict'> | null;
}

export const NOBODY_YET: ApprovalState = { name: 'waiting', approvedBy: [] };

/** One step. Only `needed` different people who saw the same payload make it `approved` (TOOL40-TOOL44). Pure. */
export function stepApproval(state: ApprovalState, input: ApprovalInput, needed: number): ApprovalStep {
  if (state.name === 'settled') return { state, refusal: 'tool.already-settled' };
  const settled = (outcome: ApprovalOutcome, approvedBy = state.approvedBy): ApprovalStep => ({
    state: { name: 'settled', outcome, approvedBy },
    refusal: null,
  });
  switch (input.type) {
    case 'approve': {
      if (!input.samePayload || state.approvedBy.includes(input.userId))
        return { state, refusal: 'command.conflict' };
      const approvedBy = [...state.approvedBy, input.userId];
      return approvedBy.length >= needed
        ? settled('approved', approvedBy)
        : { state: { name: 'waiting', approvedBy }, refusal: null };
    }
    case 'refuse':
      return settled('refused');
    case 'expire':
      return settled('expired');
    case 'end-call':
      return settled('call-ended');
    default:
      return assertNever(input, 'approval input');
  }
}
