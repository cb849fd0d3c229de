import type { HistoryLine } from '#shared/adapters/reply-model.ts';
import type { Intent } from '#shared/domain/call.ts';
import { digitRuns } from '#worker/policies/numbers.ts';

/** Order and work order numbers of the demo shop have four digits. */
const ORDER_DIGITS = 4;
const REPAIR = /\b(?:repairs?|repaired|work orders?|workshop|bike|bicycle|car|van)\b/iu;
const SUBJECT_MAX_CHARS = 120;
/** Lines of the caller that a ticket quotes. */
const QUOTED_LINES = 8;

export interface WantedTool {
  readonly tool: string;
  readonly args: unknown;
}

/** Which tools an answer needs, with arguments taken from what the caller said; the newest order number counts (TOOL6). */
export function wantedTools(
  intent: Intent,
  callerText: string,
  history: readonly HistoryLine[],
): readonly WantedTool[] {
  const earlier = history.filter(line => line.speaker === 'caller').map(line => line.text);
  switch (intent) {
    case 'CHECK_STATUS': {
      const number = [...earlier, callerText].map(orderNumberIn).findLast(found => found !== null) ?? null;
      if (REPAIR.test(callerText))
        return [
          { tool: 'lookup_work_order', args: { workOrderNumber: orderNumberIn(callerText) ?? number } },
        ];
      return number === null ? [] : [{ tool: 'lookup_order', args: { orderNumber: number } }];
    }
    case 'GET_HOURS':
      return [{ tool: 'get_business_hours', args: {} }];
    case 'GET_LOCATION':
      return [{ tool: 'get_location', args: {} }];
    case 'GET_SERVICES':
      return [{ tool: 'list_services', args: {} }];
    case 'OPEN_TICKET':
      return [{ tool: 'create_ticket', args: ticketArgs(callerText, earlier) }];
    case 'TRANSFER_HUMAN':
      return [{ tool: 'transfer_to_human', args: { reason: 'the caller asks for a person' } }];
    case 'UNKNOWN':
      return [];
  }
}

/** The wish itself, and the small words around it: what is left says what the ticket is about. */
const WISH =
  /\b(?:open|create|file|raise|make|log|write)\b.{0,12}\b(?:ticket|complaint|case)\b|\b(?:please|can|could|would|will|you|i|want|need|like|to|for|about|on|this|that|it|me|now|the|my|a|an|yes|then|just|also|and)\b/giu;

/** What the caller complains about is in the sentence of the wish, or it came before it. */
function ticketArgs(callerText: string, earlier: readonly string[]) {
  // The words of this turn may be in the history already.
  const said = [...earlier.filter(line => !callerText.includes(line)), callerText].slice(-QUOTED_LINES);
  const saysWhat = /\p{L}/u.test(callerText.replaceAll(WISH, ''));
  const about = saysWhat ? callerText : (said.at(-2) ?? callerText);
  return {
    subject: about.slice(0, SUBJECT_MAX_CHARS),
    description: `The caller said:\n${said.map(line => `- ${line}`).join('\n')}`.slice(0, 8000),
    priority: 'normal',
    tags: ['ai-call'],
  };
}

function orderNumberIn(text: string): string | null {
  return digitRuns(text).findLast(run => run.digits.length === ORDER_DIGITS)?.digits ?? null;
}
