import { z } from 'zod';
import { callIdSchema } from '#shared/domain/ids.ts';
import { idSchema } from '#shared/protocol/knowledge-ids.ts';
import {
  askAnswerSchema,
  askSchema,
  conflictSchema,
  hotPatchAnswerSchema,
  knowledgeFieldsSchema,
  publishAnswerSchema,
  usageSchema,
} from '#shared/protocol/knowledge.ts';

/** What a document is to its readers; it follows from its stage and what is published. `approved`: the AI answers from exactly this. */
export const knowledgeStatusSchema = z.enum(['draft', 'in-review', 'approved', 'archived']);
export type KnowledgeStatus = z.infer<typeof knowledgeStatusSchema>;

export const knowledgeFilterSchema = z.enum([
  'all',
  'draft',
  'in-review',
  'approved',
  'archived',
  'due',
  'conflict',
  'waiting',
]);
export type KnowledgeFilter = z.infer<typeof knowledgeFilterSchema>;

/** Places in a text, in UTF-16 code units. */
const spanSchema = z.object({ from: z.number().int(), to: z.number().int() });

/** One of us, by name. */
export const colleagueSchema = z.object({ userId: z.string(), name: z.string() });
export type Colleague = z.infer<typeof colleagueSchema>;

export const knowledgeItemSchema = z.object({
  docId: idSchema,
  title: z.string(),
  status: knowledgeStatusSchema,
  /** The best passage for the query, or the beginning. */
  excerpt: z.string(),
  /** Words of the query in `title` and `excerpt`. */
  titleHits: z.array(spanSchema),
  excerptHits: z.array(spanSchema),
  ownerName: z.string().nullable(),
  editedBy: z.string(),
  editedAtMs: z.number(),
  /** Something of it is published: of a policy, is in force. */
  isPublished: z.boolean(),
  /** When somebody has to look at it again; null without an interval. */
  verifyByMs: z.number().nullable(),
  openConflicts: z.number().int().nonnegative(),
  /** Revisions of this desk that the worker does not have. */
  waiting: z.number().int().nonnegative(),
});
export type KnowledgeItem = z.infer<typeof knowledgeItemSchema>;

export const knowledgeDocSchema = z.object({
  docId: idSchema,
  headId: idSchema,
  publishedId: idSchema.nullable(),
  status: knowledgeStatusSchema,
  markdown: z.string(),
  /** What the AI answers from now; null where nothing is published. */
  publishedMarkdown: z.string().nullable(),
  fields: knowledgeFieldsSchema,
  editedBy: z.string(),
  editedAtMs: z.number(),
  waiting: z.number().int().nonnegative(),
  conflicts: z.array(conflictSchema),
  /** What was typed here and not saved, from the last time; null without. */
  unsaved: z
    .object({ markdown: z.string(), fields: knowledgeFieldsSchema, baseId: idSchema.nullable() })
    .nullable(),
});
export type KnowledgeDoc = z.infer<typeof knowledgeDocSchema>;

export const knowledgeRevisionSchema = z.object({
  id: idSchema,
  author: z.string(),
  savedAtMs: z.number(),
  note: z.string(),
  markdown: z.string(),
  title: z.string(),
  isDeleted: z.boolean(),
  isMerge: z.boolean(),
  isPublished: z.boolean(),
  /** Not on the worker yet. */
  isWaiting: z.boolean(),
});
export type KnowledgeRevision = z.infer<typeof knowledgeRevisionSchema>;

/** What a caller's question comes to: the worker's answer, or what this desk knows of it while the worker is away (SYN35). */
export const askedAnswerSchema = z.discriminatedUnion('from', [
  askAnswerSchema.extend({ from: z.literal('worker') }),
  z.object({
    from: z.literal('desk'),
    snapshotId: z.string(),
    /** When this desk took over what was published. */
    asOfMs: z.number(),
    /** Best first; none where nothing supports an answer. */
    passages: z.array(askAnswerSchema.shape.citations.element),
  }),
]);
export type AskedAnswer = z.infer<typeof askedAnswerSchema>;

const draft = { markdown: z.string().max(200_000), fields: knowledgeFieldsSchema };

/** Knowledge as the console reads and writes it. All but `publish`, `usage` and `patch-call` work without a worker. */
export const KNOWLEDGE_COMMANDS = {
  'list-knowledge': {
    args: z.object({
      query: z.string().max(200).default(''),
      filter: knowledgeFilterSchema.default('all'),
      space: z.enum(['knowledge', 'policies']).default('knowledge'),
      limit: z.number().int().min(1).max(1000).default(500),
    }),
    result: z.object({
      items: z.array(knowledgeItemSchema),
      /** Documents of each filter, whatever the query is. */
      counts: z.record(knowledgeFilterSchema, z.number().int()),
      /** Documents in conflict of the other space: articles where policies were asked for. */
      conflictsElsewhere: z.number().int().nonnegative(),
      tookMs: z.number(),
      /** Colleagues as the worker last named them; one of them can own an article. */
      people: z.array(colleagueSchema),
    }),
    fails: ['storage.failed', 'storage.corrupt'],
  },
  'get-knowledge': {
    args: z.object({ docId: idSchema }),
    result: knowledgeDocSchema,
    fails: ['knowledge.unknown', 'storage.failed'],
  },
  'get-knowledge-history': {
    args: z.object({ docId: idSchema }),
    /** Newest first. */
    result: z.object({ revisions: z.array(knowledgeRevisionSchema) }),
    fails: ['knowledge.unknown', 'storage.failed'],
  },
  /** Saves a revision on this desk; it reaches the worker when that is there. `docId` null: a new document. */
  'save-knowledge': {
    args: z.object({
      docId: idSchema.nullable(),
      /** The revision that was on the screen when the edit began. */
      baseId: idSchema.nullable(),
      ...draft,
      note: z.string().max(500).default(''),
      resolves: z.array(idSchema).max(100).default([]),
    }),
    result: z.object({ docId: idSchema, revisionId: idSchema }),
    fails: ['access.denied', 'knowledge.unknown', 'storage.full', 'storage.read-only', 'storage.failed'],
  },
  /** Keeps what is being typed, so that a crash takes nothing; saving the document clears it. */
  'keep-unsaved-knowledge': {
    args: z.object({ docId: idSchema, baseId: idSchema.nullable(), ...draft }),
    result: z.object({}),
    fails: ['storage.full', 'storage.read-only', 'storage.failed'],
  },
  'drop-unsaved-knowledge': {
    args: z.object({ docId: idSchema }),
    result: z.object({}),
    fails: ['storage.failed'],
  },
  'delete-knowledge': {
    args: z.object({ docId: idSchema, baseId: idSchema }),
    result: z.object({ revisionId: idSchema }),
    fails: ['access.denied', 'knowledge.unknown', 'storage.full', 'storage.read-only', 'storage.failed'],
  },
  'publish-knowledge': {
    args: z.object({ docId: idSchema, revisionId: idSchema }),
    result: publishAnswerSchema,
    fails: [
      'access.denied',
      'knowledge.conflict',
      'knowledge.refused',
      'knowledge.unknown',
      'policy.invalid',
      'worker.unreachable',
    ],
  },
  /** What the AI would say; without the worker, the passages of this desk's snapshot that it would say it from. */
  'ask-knowledge': {
    args: askSchema,
    result: askedAnswerSchema,
    fails: ['worker.unreachable', 'access.denied'],
  },
  'get-knowledge-usage': {
    args: z.object({ docId: idSchema }),
    result: usageSchema,
    fails: ['worker.unreachable', 'knowledge.unknown'],
  },
  /** Text of a file as drafts; one call a file, so that progress can be shown. PDF gives its text, CSV a document per row or one table. */
  'import-knowledge': {
    args: z.object({
      name: z.string().max(255),
      /** The file in base64, at most 20 MB. */
      contentBase64: z.string().max(28_000_000),
    }),
    result: z.object({ docs: z.array(z.object({ docId: idSchema, title: z.string() })) }),
    fails: ['input.invalid', 'input.too-large', 'storage.full', 'storage.read-only', 'storage.failed'],
  },
  /** Every document as Markdown with front matter, in one zip in base64. */
  'export-knowledge': {
    args: z.object({ docIds: z.array(idSchema).nullable() }),
    result: z.object({ fileName: z.string(), zipBase64: z.string() }),
    fails: ['storage.failed'],
  },
  'patch-call-knowledge': {
    args: z.object({
      callId: callIdSchema,
      docId: idSchema,
      title: z.string(),
      markdown: z.string().max(200_000),
    }),
    result: hotPatchAnswerSchema,
    fails: ['access.denied', 'call.unknown', 'call.already-ended', 'worker.unreachable'],
  },
} as const;
