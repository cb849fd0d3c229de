import { z } from 'zod';
import { emailSchema, personNameSchema } from './account.ts';
import type { CallId } from './ids.ts';

/** Whom an export or an erasure is about: somebody who called, named in one way. */
export const personQuerySchema = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('phone'),
    value: z
      .string()
      .trim()
      .max(40)
      .regex(/(?:\d\D*){6}/u, 'A number has at least six digits.'),
  }),
  z.strictObject({ by: z.literal('name'), value: personNameSchema }),
  z.strictObject({ by: z.literal('email'), value: emailSchema }),
]);
export type PersonQuery = z.infer<typeof personQuerySchema>;

/** All by which the caller of one call is known. */
export interface CallerTraces {
  readonly callId: CallId;
  readonly names: readonly string[];
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

/** Fewer digits than this say too little to stand for a number that is written with its country elsewhere. */
const MIN_SUFFIX_DIGITS = 7;

const digitsOf = (phone: string): string => phone.replaceAll(/\D/gu, '').replace(/^0+/u, '');
const plain = (words: string): string =>
  words.normalize('NFKC').trim().toLowerCase().replaceAll(/\s+/gu, ' ');

/** `030 5550142` and `+49 30 5550142` are one number: without leading zeros the shorter ends the longer. */
function isSameNumber(left: string, right: string): boolean {
  const [short, long] = [digitsOf(left), digitsOf(right)].sort((a, b) => a.length - b.length) as [
    string,
    string,
  ];
  return short === long ? short !== '' : short.length >= MIN_SUFFIX_DIGITS && long.endsWith(short);
}

/** Whether a call is one of this person. Names are compared whole: a part of a name is not a person (PRIV10). */
export function isCallOf({ names, phones, emails }: CallerTraces, { by, value }: PersonQuery): boolean {
  if (by === 'phone') return phones.some(phone => isSameNumber(phone, value));
  if (by === 'name') return names.some(name => plain(name) === plain(value));
  return emails.some(email => plain(email) === plain(value));
}
