import type { CallSummary } from '#shared/domain/call-summary.ts';

export type { CallSummary };

/** Every call that is ringing, running or has just ended. */
export interface LiveBoard {
  readonly position: number; // -1 before the first entry
  readonly calls: Readonly<Record<string, CallSummary>>;
}
