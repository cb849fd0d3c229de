import type { Intent } from '#shared/domain/call.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { AuditId } from '#shared/domain/ids.ts';
import type { Verdict } from '#shared/domain/lanes.ts';

/** Words that tell an intent, most telling first. Closed and explainable: no model decides what tools may run. */
const SIGNALS: readonly { readonly intent: Intent; readonly pattern: RegExp; readonly weight: number }[] = [
  {
    intent: 'TRANSFER_HUMAN',
    weight: 3,
    pattern:
      /\b(?:speak|talk|put me through|transfer me|connect me) (?:to|with) (?:a |an |some)?(?:real |actual |human |live )?(?:person|human|somebody|someone|agent|supervisor|manager|representative)\b/iu,
  },
  {
    intent: 'TRANSFER_HUMAN',
    weight: 3,
    pattern:
      /\b(?:real|actual|live) (?:person|human)\b|\bhuman being\b|\byour (?:manager|supervisor)\b|\bnot\b.{0,30}\b(?:machine|robot|computer)\b/iu,
  },
  {
    intent: 'OPEN_TICKET',
    weight: 4,
    pattern:
      /\b(?:open|create|file|raise|make|log|write)\b(?: (?:me|up|down))? (?:a|an|another) (?:new |formal |support )?(?:ticket|complaint|case)\b/iu,
  },
  {
    intent: 'CHECK_STATUS',
    weight: 2,
    pattern:
      /\b(?:repair|work order|workshop)\b.*\b(?:ready|done|finished|status|number)\b|\b(?:is|are|when|where)\b.*\b(?:bike|bicycle|car|van|repair|work order)\b.*\b(?:ready|done|finished|collect)/iu,
  },
  {
    intent: 'CHECK_STATUS',
    weight: 2,
    pattern:
      /\b(?:where|when|status|track|tracking|arrive[ds]?|delivered|delivery|supposed to be here)\b.*\b(?:order|parcel|package|lamp|it)\b|\b(?:order|parcel|package)\b.*\b(?:where|when|status|track|arrive[ds]?|late|here)\b/iu,
  },
  {
    intent: 'CHECK_STATUS',
    weight: 1,
    pattern: /\border (?:number )?(?:\d{4}|(?:zero|one|two|three|four|five|six|seven|eight|nine)\b)/iu,
  },
  {
    intent: 'GET_HOURS',
    weight: 2,
    pattern:
      /\b(?:opening hours|business hours|opening times|(?:are|do) you (?:open|close)|when (?:are|do) you (?:open|close)|open on|closed on)\b/iu,
  },
  {
    intent: 'GET_LOCATION',
    weight: 2,
    pattern: /\b(?:where are you|address|location|located|directions|find your (?:shop|store))\b/iu,
  },
  {
    intent: 'GET_SERVICES',
    weight: 2,
    pattern: /\b(?:what services|services do you|do you (?:offer|repair|assemble|gift wrap))\b/iu,
  },
];

/** Which tools an intent may use. Everything else is refused before it runs (req:L22). */
export const ALLOWED_TOOLS: Readonly<Record<Intent, readonly string[]>> = {
  CHECK_STATUS: [
    'lookup_order',
    'lookup_work_order',
    'get_work_order_status',
    'get_customer_vehicles',
    'search_tickets',
  ],
  GET_HOURS: ['get_business_hours'],
  GET_LOCATION: ['get_location'],
  GET_SERVICES: ['list_services'],
  OPEN_TICKET: ['create_ticket', 'search_tickets', 'update_ticket', 'add_internal_note'],
  TRANSFER_HUMAN: ['transfer_to_human'],
  UNKNOWN: [],
};

/** Which tools each intent may use, as an org's document has it. An intent that is not there uses none. */
export interface ToolPermissions {
  readonly name: string;
  readonly intents: Partial<Readonly<Record<Intent, readonly string[]>>>;
  readonly documentVersion: string;
}

export interface JudgedIntent {
  readonly intent: Intent;
  readonly confidenceRatio: number;
  readonly allowedTools: readonly string[];
  readonly verdict: Verdict;
}

/** Lane C's reading of what the caller wants, and with it which tools may run (GATE30). */
export function judgeIntent(
  text: string,
  deps: {
    readonly auditId: () => AuditId;
    readonly clock: Clock;
    /** The org's own permissions and their document; the built-in ones where it has none. */
    readonly permissions?: ToolPermissions | null;
  },
): JudgedIntent {
  const startedMono = deps.clock.mono();
  const scores = new Map<Intent, number>();
  for (const { intent, pattern, weight } of SIGNALS) {
    if (pattern.test(text)) scores.set(intent, (scores.get(intent) ?? 0) + weight);
  }
  const best = [...scores].sort((a, b) => b[1] - a[1])[0];
  const total = [...scores.values()].reduce((sum, score) => sum + score, 0);
  const intent = best?.[0] ?? 'UNKNOWN';
  const { permissions = null } = deps;
  const allowedTools = (permissions ? permissions.intents : ALLOWED_TOOLS)[intent] ?? [];
  return {
    intent,
    confidenceRatio: best ? best[1] / total : 0,
    allowedTools,
    verdict: {
      auditId: deps.auditId(),
      policy: permissions?.name ?? 'intent-permission',
      decision: 'allow',
      reason: allowedTools.length > 0 ? 'tools-allowed' : 'no-tools',
      judgeMs: Math.max(0, deps.clock.mono() - startedMono),
      ...(permissions ? { documentVersion: permissions.documentVersion } : {}),
    },
  };
}
