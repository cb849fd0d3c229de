import type { TicketingAdapter, TicketingCheckStep } from '#shared/adapters/ticketing-adapter.ts';
import type { OrgId } from '#shared/domain/ids.ts';

/** Longest time somebody waits for the answer of a check. */
const CHECK_DEADLINE_MS = 30_000;

/** Tries the way to the ticket system, for somebody who sets it up (API44). */
export async function checkTicketing(
  adapter: TicketingAdapter,
  orgId: OrgId,
): Promise<{ readonly provider: string; readonly ok: boolean; readonly steps: TicketingCheckStep[] }> {
  const steps: TicketingCheckStep[] = [];
  const signal = AbortSignal.timeout(CHECK_DEADLINE_MS);
  for await (const step of adapter.check({ orgId, signal })) steps.push(step);
  return { provider: adapter.provider, ok: steps.every(step => step.ok), steps };
}
