import { z } from 'zod';

/** Why nobody listens and nothing is recorded. */
export const hushCauseSchema = z.enum([
  'digits-spoken', // the caller is saying a long number
  'asked-for-number', // the AI asked for one
  'keys-pressed', // the caller is typing one
  'supervisor', // by hand
]);
export type HushCause = z.infer<typeof hushCauseSchema>;

export const hushEndSchema = z.enum([
  'number-complete', // said to its end, and 3 s have passed
  'no-number', // something else was said
  'timeout',
  'supervisor',
  'call-ended',
]);
export type HushEnd = z.infer<typeof hushEndSchema>;

/** Who hears nothing during a hush: everybody but the person who has the call, or that person too. A policy per org. */
export type HushScope = 'listeners' | 'everybody';

/** What stands in the log in place of words that were said during a hush. */
export const HUSHED_WORDS = '[not recorded: card data]';
/** What stands in the log in place of a key that was pressed during a hush. */
export const HUSHED_KEY = '•';
