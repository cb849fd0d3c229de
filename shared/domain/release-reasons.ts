import { z } from 'zod';

/** Why a supervisor released what Lane C refused; picked afterwards with the digit of its place. At most nine. */
export const RELEASE_REASONS = [
  'wrongly-refused',
  'agreed-with-caller',
  'manager-approved',
  'source-checked',
  'harmless-wording',
  'caller-quoted',
  'legal-wording',
  'test-call',
  'other',
] as const;
export const releaseReasonSchema = z.enum(RELEASE_REASONS);
export type ReleaseReason = z.infer<typeof releaseReasonSchema>;

export const RELEASE_REASON_WORDS: Readonly<Record<ReleaseReason, string>> = {
  'wrongly-refused': 'The policy is wrong here',
  'agreed-with-caller': 'Agreed with the caller',
  'manager-approved': 'Approved by a manager',
  'source-checked': 'I checked the source',
  'harmless-wording': 'The wording is harmless',
  'caller-quoted': 'It repeats what the caller said',
  'legal-wording': 'Required wording',
  'test-call': 'A test call',
  other: 'Another reason',
};
