import type { ToolCallRow } from '#shared/adapters/ticket-book.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { DerivedRow } from './derived-rows.ts';

export type TurnDerived = Extract<DerivedRow, { table: 'conversation_turns' }>;
export type PolicyDerived = Extract<DerivedRow, { table: 'audit_policy' }>;
export type ToolCallDerived = Extract<DerivedRow, { table: 'audit_tool_calls' }>;

/** One row of `conversation_turns`; whole milliseconds. The same in every database. */
export function turnValues(event: CallEvent, row: TurnDerived) {
  return {
    id: event.id,
    orgId: event.orgId,
    conversationId: event.conversationId,
    speaker: row.speaker,
    startedAtMs: Math.round(row.startedAtMs),
    endedAtMs: Math.round(row.endedAtMs),
    text: row.text,
    metadata: JSON.stringify({ chunkId: row.chunkId, turnId: event.turnId ?? null }),
  };
}

/** One row of `audit_policy`. */
export function policyValues(event: CallEvent, { verdict, chunkId }: PolicyDerived) {
  const { auditId, policy, decision, reason, judgeMs, documentVersion } = verdict;
  return {
    id: auditId,
    orgId: event.orgId,
    conversationId: event.conversationId,
    turnId: event.turnId ?? null,
    policy,
    decision,
    reason,
    atMs: Math.round(event.atMs),
    payload: JSON.stringify({ chunkId, judgeMs, documentVersion }),
  };
}

/** One row of `audit_tool_calls`. */
export function toolCallValues(event: CallEvent, row: ToolCallDerived): ToolCallRow {
  const { auditId, tool, requestHash, responseHash, status, latencyMs } = row.event;
  const { redactedRequest, redactedResponse } = row.event;
  return {
    id: auditId,
    orgId: event.orgId,
    conversationId: event.conversationId,
    turnId: event.turnId ?? null,
    tool,
    requestHash,
    responseHash,
    status,
    latencyMs,
    atMs: Math.round(event.atMs),
    redactedRequest,
    redactedResponse,
  };
}

/** What we wrote ourselves is trusted as it is; its version is checked by whoever folds it. */
export function parseEvent(payload: unknown): CallEvent {
  return JSON.parse(String(payload)) as CallEvent;
}
