import { z } from 'zod';
import { idSchema } from './knowledge-ids.ts';

/** Longest block and document that is taken; more is `input.too-large`. Characters. */
export const MAX_BLOCK_CHARS = 20_000;
export const MAX_BLOCKS = 2_000;
/** Longest text of all blocks together; more is refused as `invalid`. */
export const MAX_DOCUMENT_CHARS = 400_000;

export const blockSchema = z.object({
  id: idSchema,
  text: z.string().max(MAX_BLOCK_CHARS),
});

/**
 * Fields of a document; absent is not set. All are texts, so that each merges on its own (KN6). `stage` is what its people say
 * of it; whether it is approved follows from what is published and is no field. `kind` is `fact` or `objection`; an objection names
 * in `heard` what callers say, phrases parted by `;`. `callId` and `flag` are a note's: the call it is on, and what it marks it as.
 * `policyVersion` is a policy's: the version under which this text, or the one it comes from, was put in force.
 */
export const KNOWLEDGE_FIELDS = [
  'title',
  'stage',
  'kind',
  'heard',
  'source',
  'ownerId',
  'verifyEveryDays',
  'verifiedAtMs',
  'tags',
  'callId',
  'flag',
  'policyVersion',
] as const;
export type KnowledgeField = (typeof KNOWLEDGE_FIELDS)[number];
export const stageSchema = z.enum(['draft', 'in-review', 'archived']);
export const knowledgeFieldsSchema = z.partialRecord(z.enum(KNOWLEDGE_FIELDS), z.string().max(2_000));
export type KnowledgeFields = z.infer<typeof knowledgeFieldsSchema>;

/** One saved version of a document; never changed afterwards. */
export const revisionSchema = z.object({
  id: idSchema,
  docId: idSchema,
  /** What the author was looking at; for a merge also what was merged; none for a new document. */
  parents: z.array(idSchema).max(2),
  /** Who wrote it, as the worker knows them; what a desk says here is overwritten with its session's user. */
  author: z.string().max(64),
  deviceId: idSchema,
  /** The author's clock, for people; it decides nothing. */
  savedAtMs: z.number().int().nonnegative(),
  blocks: z.array(blockSchema).max(MAX_BLOCKS),
  fields: knowledgeFieldsSchema,
  isDeleted: z.boolean(),
  note: z.string().max(500),
  /** Conflicts that this revision settles. */
  resolves: z.array(idSchema).max(100),
});
export type SavedRevision = z.infer<typeof revisionSchema>;

/** What one person wanted of a block where another's text stands. `null`: not there. `@document` names the document itself. */
export const conflictSchema = z.object({
  id: idSchema,
  docId: idSchema,
  blockId: z.string(),
  base: z.string().nullable(),
  head: z.string().nullable(),
  mine: z.string().nullable(),
  headAuthor: z.string(),
  mineAuthor: z.string(),
  headAtMs: z.number(),
  mineAtMs: z.number(),
  /** The revision whose text does not stand; it stays addressable. */
  mineRevisionId: idSchema,
  /** Null while it is open. */
  resolvedBy: idSchema.nullable(),
});
export type KnowledgeConflict = z.infer<typeof conflictSchema>;

/** Where a document stands. `version` is the org's counter when it last changed. */
export const documentStateSchema = z.object({
  docId: idSchema,
  headId: idSchema,
  publishedId: idSchema.nullable(),
  isDeleted: z.boolean(),
  version: z.number().int().positive(),
});
export type DocumentState = z.infer<typeof documentStateSchema>;

/** `GET /api/knowledge/changes?after&limit`: whole documents in the order of their version; a page is complete in itself. */
export const knowledgeChangesSchema = z.object({
  /** The cursor for the next question. */
  version: z.number().int().nonnegative(),
  hasMore: z.boolean(),
  documents: z.array(documentStateSchema),
  /** Every revision of these documents since `after`, parents before children. */
  revisions: z.array(revisionSchema),
  /** Every conflict of these documents that is open or was settled since. */
  conflicts: z.array(conflictSchema),
});
export type KnowledgeChanges = z.infer<typeof knowledgeChangesSchema>;

/** `POST /api/knowledge/revisions`. Each is accepted or refused on its own, in order; asking again is safe. */
export const pushRevisionsSchema = z.strictObject({ revisions: z.array(revisionSchema).min(1).max(50) });
export const pushAnswerSchema = z.object({
  answers: z.array(
    z.discriminatedUnion('outcome', [
      z.object({ revisionId: idSchema, outcome: z.literal('duplicate') }),
      z.object({ revisionId: idSchema, outcome: z.literal('forwarded') }),
      z.object({
        revisionId: idSchema,
        outcome: z.literal('merged'),
        headId: idSchema,
        conflicts: z.array(idSchema),
      }),
      /** It stays with its author, who sees why. */
      z.object({
        revisionId: idSchema,
        outcome: z.literal('refused'),
        reason: z.enum(['unknown-parent', 'already-exists', 'not-allowed', 'invalid']),
        message: z.string(),
      }),
    ]),
  ),
  /** The org's counter after it. */
  version: z.number().int().nonnegative(),
});
export type PushAnswer = z.infer<typeof pushAnswerSchema>;

/** `POST /api/knowledge/publish`: what the AI answers from. `knowledge.publish`. */
export const publishSchema = z.strictObject({ docId: idSchema, revisionId: idSchema });
export const publishAnswerSchema = z.object({
  publishedId: idSchema,
  snapshotId: z.string(),
  version: z.number().int().nonnegative(),
});

/** `POST /api/knowledge/upsert`: a document by its id, as an edit of what stands; for scripts of an admin. `knowledge.publish`. */
export const upsertSchema = z.strictObject({
  docId: idSchema,
  title: z.string().min(1).max(300),
  markdown: z.string().max(MAX_DOCUMENT_CHARS),
  /** Fields that are set; those not named stay. */
  fields: knowledgeFieldsSchema.default({}),
  publish: z.boolean().default(true),
  note: z.string().max(500).default(''),
});
export const upsertAnswerSchema = z.object({
  docId: idSchema,
  outcome: z.enum(['unchanged', 'forwarded', 'merged']),
  /** The head after it. */
  revisionId: idSchema,
  publishedId: idSchema.nullable(),
  /** What the AI answers from now; null where nothing was published. */
  snapshotId: z.string().nullable(),
  version: z.number().int().nonnegative(),
});
export type UpsertAnswer = z.infer<typeof upsertAnswerSchema>;

/** `POST /api/knowledge/ask`: what the AI would say to a caller; with `draft` the document's text is replaced by it first. Nobody hears it. */
export const askSchema = z.strictObject({
  question: z.string().min(1).max(500),
  draft: z
    .strictObject({ docId: idSchema, title: z.string().max(300), markdown: z.string().max(200_000) })
    .nullable(),
});
export const askAnswerSchema = z.object({
  answer: z.string(),
  citations: z.array(
    z.object({
      docId: z.string(),
      title: z.string(),
      section: z.string(),
      quote: z.string(),
      isDraft: z.boolean(),
    }),
  ),
  verdicts: z.array(z.object({ policy: z.string(), decision: z.string(), reason: z.string() })),
  tookMs: z.number().nonnegative(),
  snapshotId: z.string(),
});
export type AskAnswer = z.infer<typeof askAnswerSchema>;

/** `GET /api/knowledge/usage?docId`: answers that cited a document, in the seven days to now, oldest day first. */
export const usageSchema = z.object({
  days: z
    .array(z.object({ startsAtMs: z.number(), answers: z.number().int(), interrupted: z.number().int() }))
    .length(7),
  /** Vetoes of answers in which it was cited, by policy. */
  vetoes: z.array(
    z.object({
      policy: z.string(),
      count: z.number().int(),
      /** The newest of them: the sentence that was stopped, and its moment in its call. */
      moments: z.array(z.object({ callId: z.string(), atMs: z.number(), text: z.string() })),
    }),
  ),
});
export type KnowledgeUsage = z.infer<typeof usageSchema>;

/** `POST /api/calls/:id/knowledge`: another text of one document, for this call alone and until it is published. `knowledge.edit`. */
export const hotPatchSchema = z.strictObject({
  docId: idSchema,
  title: z.string().min(1).max(300),
  markdown: z.string().min(1).max(200_000),
});
export const hotPatchAnswerSchema = z.object({ snapshotId: z.string() });

/** `GET /api/knowledge/snapshot`: the published documents as parts to fetch by their hash (`GET /api/knowledge/parts/:sha256`). */
export const snapshotManifestSchema = z.object({
  snapshotId: z.string(),
  version: z.number().int(),
  embedModel: z.string(),
  dim: z.number().int().positive(),
  chunkCount: z.number().int().nonnegative(),
  /** Each is JSON lines of `snapshotChunkSchema`, gzip; at most 4 MB. */
  parts: z.array(z.object({ sha256: z.string().length(64), bytes: z.number().int() })),
  /** Questions and the chunk that must come first; a snapshot that fails them is not used. */
  canaries: z.array(z.object({ question: z.string(), chunkId: z.string() })),
  /** SHA-256 over the JSON of everything above with the names of every object in order, as `canonicalJson` writes it. */
  sha256: z.string().length(64),
});
export type SnapshotManifest = z.infer<typeof snapshotManifestSchema>;
/** A passage; its embedding is of `title. text`. */
export const snapshotChunkSchema = z.object({
  id: z.string(),
  docId: z.string(),
  title: z.string(),
  section: z.string(),
  text: z.string(),
  /** Little-endian float32 in base64; `dim` of them. */
  embedding: z.string(),
});
export type SnapshotChunk = z.infer<typeof snapshotChunkSchema>;
