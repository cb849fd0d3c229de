import type { Verdict } from '#shared/domain/lanes.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** A row that follows from an event, written in the same transaction as the event. */
export type DerivedRow =
  | {
      readonly table: 'conversations';
      readonly change: 'begin';
      readonly channel: string;
      readonly displayName: string;
      readonly line: string;
    }
  | { readonly table: 'conversations'; readonly change: 'connect' }
  | { readonly table: 'conversations'; readonly change: 'end'; readonly reason: string }
  | { readonly table: 'conversations'; readonly change: 'vetoed' | 'taken-over' | 'recorded' }
  | { readonly table: 'conversations'; readonly change: 'intent'; readonly intent: string }
  | {
      readonly table: 'conversation_turns';
      readonly speaker: 'caller' | 'ai' | 'human';
      readonly startedAtMs: number;
      readonly endedAtMs: number;
      readonly text: string;
      readonly chunkId: string | null;
    }
  | { readonly table: 'audit_policy'; readonly verdict: Verdict; readonly chunkId: string | null }
  | { readonly table: 'audit_tool_calls'; readonly event: Extract<CallEvent, { type: 'tool.finished' }> }
  | { readonly table: 'ticket_requests'; readonly event: Extract<CallEvent, { type: 'ticket.requested' }> };

/** Which rows an event leads to. Pure; `textOf` gives the released text of a chunk (AUD3-AUD6). */
export function derivedRows(
  event: CallEvent,
  textOf: (chunkId: string) => string | null,
): readonly DerivedRow[] {
  switch (event.type) {
    case 'call.ringing':
      return [
        {
          table: 'conversations',
          change: 'begin',
          channel: event.provider,
          displayName: event.displayName,
          line: event.line,
        },
      ];
    case 'call.connected':
      return [{ table: 'conversations', change: 'connect' }];
    case 'call.ended':
      return [{ table: 'conversations', change: 'end', reason: event.reason }];
    case 'transcript.final':
      return [
        {
          table: 'conversation_turns',
          speaker: 'caller',
          startedAtMs: event.startedAtMs,
          endedAtMs: event.endedAtMs,
          text: event.text,
          chunkId: null,
        },
      ];
    case 'human-speech.finished':
      return [
        {
          table: 'conversation_turns',
          speaker: 'human',
          startedAtMs: event.startedAtMs,
          endedAtMs: event.startedAtMs + event.durationMs,
          text: event.text ?? '',
          chunkId: null,
        },
      ];
    case 'chunk.spoken':
    case 'chunk.interrupted': {
      const text = event.type === 'chunk.spoken' ? textOf(event.chunkId) : event.heardText;
      return text === null || text === ''
        ? []
        : [
            {
              table: 'conversation_turns',
              speaker: 'ai',
              startedAtMs: event.atMs - event.heardMs,
              endedAtMs: event.atMs,
              text,
              chunkId: event.chunkId,
            },
          ];
    }
    case 'chunk.allowed':
    case 'chunk.redacted':
      return event.verdicts.map(verdict => ({ table: 'audit_policy', verdict, chunkId: event.chunkId }));
    case 'briefing.judged':
      return event.verdicts.map(verdict => ({ table: 'audit_policy', verdict, chunkId: null }));
    case 'chunk.vetoed': {
      const own: Verdict = {
        auditId: event.auditId,
        policy: event.policy,
        decision: 'veto',
        reason: event.reason,
        judgeMs: event.judgeMs,
      };
      const known = event.verdicts.some(verdict => verdict.auditId === event.auditId);
      return [
        { table: 'conversations', change: 'vetoed' },
        ...[...event.verdicts, ...(known ? [] : [own])].map(verdict => ({
          table: 'audit_policy' as const,
          verdict,
          chunkId: event.chunkId,
        })),
      ];
    }
    case 'intent.judged':
      return [
        { table: 'conversations', change: 'intent', intent: event.intent },
        { table: 'audit_policy', verdict: event.verdict, chunkId: null },
      ];
    case 'floor.changed':
      return event.holder === 'human' && event.cause === 'take-over'
        ? [{ table: 'conversations', change: 'taken-over' }]
        : [];
    case 'recording.started':
      return [{ table: 'conversations', change: 'recorded' }];
    case 'tool.finished':
      return [{ table: 'audit_tool_calls', event }];
    case 'ticket.requested':
      return [{ table: 'ticket_requests', event }];
    default:
      return [];
  }
}
