import type { AccountStatus } from '#shared/domain/account.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';

/** A refresh token as it is kept, with its session and account. */
export interface StoredToken {
  readonly sessionId: string;
  readonly orgId: OrgId;
  readonly userId: UserId;
  readonly device: string;
  readonly expiresAtMs: number;
  readonly usedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly accountStatus: AccountStatus;
  /** Hash of the token that was given out for this one. */
  readonly replacedBy: string | null;
  /** When that one was used. */
  readonly nextUsedAtMs: number | null;
}

/**
 * What a refresh token that was shown leads to. A used one is theft (`reused`), unless its answer may have been lost: the same
 * desk shows it again soon, and the token of that answer was not used. Pure; the same for every store (ACC6, ACC7).
 */
export function nextStep(
  token: StoredToken | null,
  now: { readonly device: string; readonly nowMs: number; readonly graceMs: number },
): 'rotate' | 'reused' | 'void' {
  if (!token || token.endedAtMs !== null || token.accountStatus !== 'active') return 'void';
  if (token.expiresAtMs <= now.nowMs) return 'void';
  if (token.usedAtMs === null) return 'rotate';
  const isRepeat =
    token.device === now.device && now.nowMs - token.usedAtMs <= now.graceMs && token.nextUsedAtMs === null;
  return isRepeat ? 'rotate' : 'reused';
}
