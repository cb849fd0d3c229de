import type { DeskStore } from '#electron/storage/desk-store/desk-store.ts';

/** How much of the calls a desk keeps. */
export interface Limits {
  readonly callsDays: number;
  readonly cacheBytes: number;
  readonly auditDays: number;
}

/** Source: sync research C: a shift of 100 calls is 18 GB; a desk keeps its own window, not the fleet. */
export const LIMITS: Limits = { callsDays: 30, cacheBytes: 1024 * 1024 * 1024, auditDays: 90 };

const DAY_MS = 24 * 60 * 60 * 1000;
const AT_ONCE = 20;

/** Throws away old calls, then the oldest until the copy is small enough. What was not sent is never touched (DST34). */
export async function keepSmall(store: DeskStore, limits: Limits, nowMs: number): Promise<number> {
  let gone = 0;
  for (;;) {
    const count = await store.calls.forgetBefore(nowMs - limits.callsDays * DAY_MS, AT_ONCE);
    gone += count;
    if (count < AT_ONCE) break;
  }
  while ((await store.retention.usedBytes()) > limits.cacheBytes) {
    const count = await store.calls.forgetBefore(nowMs, AT_ONCE);
    gone += count;
    if (count === 0) break;
  }
  await store.audit.forgetBefore(nowMs - limits.auditDays * DAY_MS);
  return gone;
}
