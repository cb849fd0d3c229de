import type { HistoryLine } from '#shared/adapters/reply-model.ts';
import type { Intent } from '#shared/domain/call.ts';
import { digitRuns } from '#worker/policies/numbers.ts';

/** Order numbers of the demo shop have four digits. */
const ORDER_DIGITS = 4;

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
  switch (intent) {
    case 'CHECK_STATUS': {
      const earlier = history.filter(line => line.speaker === 'caller').map(line => line.text);
      const orderNumber = [...earlier, callerText].map(orderNumberIn).findLast(found => found !== null);
      return orderNumber ? [{ tool: 'lookup_order', args: { orderNumber } }] : [];
    }
    case 'GET_HOURS':
      return [{ tool: 'get_business_hours', args: {} }];
    case 'GET_LOCATION':
      return [{ tool: 'get_location', args: {} }];
    case 'GET_SERVICES':
      return [{ tool: 'list_services', args: {} }];
    case 'TRANSFER_HUMAN':
    case 'UNKNOWN':
      return [];
  }
}

function orderNumberIn(text: string): string | null {
  return digitRuns(text).findLast(run => run.digits.length === ORDER_DIGITS)?.digits ?? null;
}
