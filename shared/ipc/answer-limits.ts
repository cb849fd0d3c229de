import type { CommandName } from './commands.ts';

/** Longest wait of a page for the desk. */
export const ANSWER_LIMIT_MS = 15_000;

/**
 * Commands whose work takes longer than that on a good day: each a little longer than what the desk gives it, so that its own words
 * about a delay arrive and not only that none came (UI43).
 */
const LONG: Partial<Record<CommandName, number>> = {
  // A file is given 60 s on its thread (`electron/storage/files/desk-files.ts`), and each of its documents is one commit.
  'import-knowledge': 120_000,
  'export-knowledge': 70_000,
  // The worker cuts a question off after 30 s, the desk after 35 s.
  'ask-knowledge': 40_000,
  // The worker reads all there is: the desk waits for 120 s.
  'prove-audit': 130_000,
  'replay-policy': 130_000,
  // Up to 200 MB on their way in and out.
  'make-capsule': 120_000,
  'open-capsule': 60_000,
  'take-waiting-capsule': 60_000,
};

export const answerLimitMs = (name: CommandName): number => LONG[name] ?? ANSWER_LIMIT_MS;
