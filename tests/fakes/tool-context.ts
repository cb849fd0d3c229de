import type { CallId, OrgId, TurnId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { ToolContext } from '#worker/tools/tool-definition.ts';

/** The context of a tool in a call of Elena Fischer, and what it wrote into the log. */
export function toolContext(
  more: Partial<ToolContext> = {},
): ToolContext & { readonly written: CallEventDraft[] } {
  const written: CallEventDraft[] = [];
  return {
    orgId: 'org-larkfield' as OrgId,
    callId: 'call-1' as CallId,
    turnId: 'turn-1' as TurnId,
    caller: { name: 'Elena Fischer', phone: '+49 30 5550 142' },
    append: draft => void written.push(draft),
    written,
    ...more,
  };
}
