/** How long the audio of a call is kept. A profile is chosen per org; it is written down with the recording when that begins. */
export const RETENTION_PROFILES = {
  /** Usual for audio; transcripts live longer. */
  standard: { keepDays: 30 },
  short: { keepDays: 7 },
  /** Where the law of insurance contracts asks for it. */
  'seven-years': { keepDays: 2557 },
  /** Nothing is recorded: only the transcript and the summary remain. */
  'no-audio': { keepDays: 0 },
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
