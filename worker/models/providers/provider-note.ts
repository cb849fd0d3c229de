import type { ErrorCode } from '#shared/errors/app-error.ts';

export type ProviderRole = 'reply' | 'hearing' | 'voice';

/** What a provider did that somebody may want to know: one log line each, with a code where something failed. */
export type ProviderNote =
  /** Another provider is in use from now on. */
  | {
      readonly type: 'switched';
      readonly role: ProviderRole;
      readonly from: string;
      readonly to: string;
      readonly code: ErrorCode;
    }
  /** The first choice is in use again. */
  | { readonly type: 'recovered'; readonly role: ProviderRole; readonly to: string }
  /** What one request cost, in the units the provider bills. */
  | {
      readonly type: 'used';
      readonly role: ProviderRole;
      readonly provider: string;
      readonly inputTokens?: number;
      readonly cachedTokens?: number;
      readonly outputTokens?: number;
      readonly characters?: number;
    }
  /** Something threw where nobody could catch it; contained in the provider's own thread (PRO31). */
  | { readonly type: 'contained'; readonly provider: string; readonly what: string };

export type TellProviderNote = (note: ProviderNote) => void;
