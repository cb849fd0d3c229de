import { z } from 'zod';
import { listedCallSchema } from './call-list.ts';

/** What a line of the archive is of. */
export const ARCHIVE_KINDS = ['caller', 'ai', 'person', 'verdict', 'tool', 'action'] as const;
export const archiveKindSchema = z.enum(ARCHIVE_KINDS);
export type ArchiveKind = z.infer<typeof archiveKindSchema>;

/** What calls are looked for by that had it. */
export const ARCHIVE_MARKS = [
  'veto',
  'takeover',
  'barge',
  'transfer',
  'note',
  'say-now',
  'release',
  'flag',
] as const;
export const archiveMarkSchema = z.enum(ARCHIVE_MARKS);
export type ArchiveMark = z.infer<typeof archiveMarkSchema>;

const someMarks = ARCHIVE_MARKS.join('|');
const word = z.string().max(80).default('');

/** What is looked for; an empty text asks for nothing. */
export const archiveQuerySchema = z.object({
  /** Every word, as the beginning of a word, in one line of the call; or the caller's name or line. */
  text: z.string().max(200).default(''),
  fromMs: z.coerce.number().int().nonnegative().default(0),
  toMs: z.coerce.number().int().positive().default(Number.MAX_SAFE_INTEGER),
  /** Name of somebody of ours who did something on the call. */
  person: word,
  policy: word,
  tool: word,
  /** How the call ended. */
  outcome: word,
  /** Marks that the call has all of, with commas between. */
  had: z
    .string()
    .max(100)
    .regex(new RegExp(`^(?:(?:${someMarks})(?:,(?:${someMarks}))*)?$`, 'u'))
    .default(''),
  beforeMs: z.coerce.number().int().positive().default(Number.MAX_SAFE_INTEGER),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});
export type ArchiveQuery = z.output<typeof archiveQuerySchema>;

export const archiveHitSchema = z.object({
  /** Place in the call's log. */
  seq: z.number().int(),
  atMs: z.number(),
  kind: archiveKindSchema,
  /** Name of the person, policy or tool; null where it is the caller or the AI. */
  who: z.string().nullable(),
  text: z.string(),
  /** What was found in `text`: pairs of beginning and end. */
  marks: z.array(z.tuple([z.number().int(), z.number().int()])),
});
export type ArchiveHit = z.infer<typeof archiveHitSchema>;

export const archivePageSchema = z.object({
  calls: z.array(z.object({ call: listedCallSchema, hits: z.array(archiveHitSchema) })),
  hasMore: z.boolean(),
});
export type ArchivePage = z.infer<typeof archivePageSchema>;

/** Words as they are indexed and looked for, in every database and here: small letters without accents. */
export const archiveWords = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(found => found !== '');

/** Where words of a text begin with one of those that are looked for. */
export function archiveMarksIn(text: string, wanted: readonly string[]): [number, number][] {
  if (wanted.length === 0) return [];
  const marks: [number, number][] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const folded = archiveWords(match[0]).join('');
    const isHit = wanted.some(one => folded.startsWith(one));
    if (isHit) marks.push([match.index, match.index + match[0].length]);
  }
  return marks;
}

/** What of a query finds lines: without any of it a call has no hits. */
export const asksForLines = ({ text, person, policy, tool, had }: ArchiveQuery): boolean =>
  [text, person, policy, tool, had].some(one => one !== '');
export const marksAsked = ({ had }: ArchiveQuery): readonly ArchiveMark[] =>
  had === '' ? [] : (had.split(',') as ArchiveMark[]);

/** What there is to filter by. */
export const archiveFacetsSchema = z.object({
  people: z.array(z.string()),
  policies: z.array(z.string()),
  tools: z.array(z.string()),
  outcomes: z.array(z.string()),
});
export type ArchiveFacets = z.infer<typeof archiveFacetsSchema>;
