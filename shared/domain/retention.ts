/**
 * How long the audio and the words of a call are kept. A profile is chosen per org; that of the audio is written down with the
 * recording when that begins, that of the words is the org's at the time.
 */
export const RETENTION_PROFILES = {
  /** Source: req:S4. */
  standard: { keepDays: 30, wordDays: 180 },
  short: { keepDays: 7, wordDays: 30 },
  /** Where the law of insurance contracts asks for it (req:C5). */
  'seven-years': { keepDays: 2557, wordDays: 2557 },
  /** Nothing is recorded: only the transcript and the summary remain. */
  'no-audio': { keepDays: 0, wordDays: 180 },
  /** Neither audio nor words: what was wanted, which tools ran and how it went remain (req:C7). */
  'summaries-only': { keepDays: 0, wordDays: 0 },
} as const;

export type RetentionProfile = keyof typeof RETENTION_PROFILES;
export const RETENTION_PROFILE_NAMES = Object.keys(RETENTION_PROFILES) as [
  RetentionProfile,
  ...RetentionProfile[],
];

export const DAY_MS = 86_400_000;

/** How one recording is kept. While a legal hold is on it, it is not deleted, however old it is. */
export interface Retention {
  readonly profile: RetentionProfile;
  readonly keepDays: number;
  readonly legalHold: boolean;
}

export function retentionOf(profile: RetentionProfile): Retention {
  return { profile, keepDays: RETENTION_PROFILES[profile].keepDays, legalHold: false };
}

/** Whether the audio has to go: its days are over and nobody holds it (REC11). */
export const isExpired = ({ keepDays, legalHold }: Retention, startedAtMs: number, nowMs: number): boolean =>
  !legalHold && nowMs >= startedAtMs + keepDays * DAY_MS;

/** Calls that ended before this instant have to lose their words (PRIV6). */
export const wordsEndBeforeMs = (profile: RetentionProfile, nowMs: number): number =>
  nowMs - RETENTION_PROFILES[profile].wordDays * DAY_MS;
