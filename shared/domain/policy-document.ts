import { z } from 'zod';
import { INTENTS } from './call.ts';
import { chunkOriginSchema } from './lanes.ts';

const POLICY_NAME = /^[a-z][a-z0-9-]{1,39}$/;
const name = z.string().regex(POLICY_NAME).describe('Stands in every verdict. Renaming one is a migration.');
const reason = z.string().regex(POLICY_NAME).describe('The code a verdict gives as its reason.');
const phrase = z.string().min(2).max(200);
const sentence = z.string().min(2).max(300);
const ratio = z.number().min(0).max(1);
const overridable = z
  .boolean()
  .default(false)
  .describe('Whether a supervisor with the right may release what this policy stopped.');
const exceptOrigins = z
  .array(chunkOriginSchema)
  .default([])
  .describe('Speech that is exempt, such as `say-now`: a sentence a supervisor wrote.');

const phrasesSchema = z
  .strictObject({
    kind: z.literal('phrases'),
    name,
    overridable,
    exceptOrigins,
    reason: reason.default('forbidden-phrase'),
    phrases: z
      .array(
        z.union([
          phrase,
          z.strictObject({
            phrase,
            reason: reason.optional(),
            end: z
              .enum(['open', 'word'])
              .optional()
              .describe('`open`: longer words count too; `word`: only where a word ends.'),
          }),
        ]),
      )
      .min(1)
      .max(5000),
    unless: z
      .array(phrase)
      .default([])
      .describe('Longer phrases that may be said although a forbidden one is part of them.'),
  })
  .describe('Forbidden phrases and promises, found however they are written and cut.');

const topicsSchema = z
  .strictObject({
    kind: z.literal('topics'),
    name,
    overridable,
    exceptOrigins,
    topics: z
      .array(
        z.strictObject({
          topic: reason,
          phrases: z.array(phrase).min(1),
          unless: z.array(phrase).default([]),
        }),
      )
      .min(1),
  })
  .describe('Topics the AI stays out of, each told by its phrases. The topic is the reason of the verdict.');

/** What a figure can be; see `worker/policies/figures.ts`. */
export const FIGURE_KINDS = ['number', 'price', 'date', 'duration'] as const;
export type FigureKind = (typeof FIGURE_KINDS)[number];

const figuresSchema = z
  .strictObject({
    kind: z.literal('figures'),
    name: name.default('grounded-figures'),
    overridable: overridable.default(true),
    check: z
      .array(z.enum(FIGURE_KINDS))
      .min(1)
      .default([...FIGURE_KINDS])
      .describe('Kinds of figures that need a source.'),
    action: z
      .enum(['veto', 'redact', 'off'])
      .default('veto')
      .describe('`off`: figures need no source at all in this org.'),
    replacement: phrase.default('the exact figure'),
    upTo: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe('Whole numbers up to this need no source, unless they are a price.'),
    exempt: z
      .array(phrase)
      .default([])
      .describe('Pieces of text whose figures need no source, such as "24 hours a day".'),
    origins: z
      .array(chunkOriginSchema)
      .min(1)
      .default(['reply', 'rephrase'])
      .describe('Speech that has to prove its figures. Fixed sentences have none to prove.'),
  })
  .describe('Figures must stand in a cited passage or a tool result of the same sentence.');

const cardDataSchema = z
  .strictObject({
    kind: z.literal('card-data'),
    name: name.default('no-card-data'),
    action: z.enum(['redact', 'veto']).default('redact'),
    replacement: phrase.default('the card number'),
  })
  .describe(
    'Card numbers, written or spoken. There is no way to switch this off, and no one may override it.',
  );

const personalAction = z.enum(['redact', 'veto', 'allow']);
const personalDataSchema = z
  .strictObject({
    kind: z.literal('personal-data'),
    name: name.default('personal-data'),
    overridable: overridable.default(true),
    email: personalAction.default('redact'),
    phone: personalAction.default('redact'),
    iban: personalAction.default('redact'),
    idNumber: personalAction
      .default('redact')
      .describe('Social security, tax, passport and national insurance numbers.'),
    replacement: phrase.default('the details on file'),
    phoneMinDigits: z.number().int().min(6).max(15).default(9).describe('Shorter numbers are order numbers.'),
    unlessSourced: z.boolean().default(true).describe('What a cited source says may be said.'),
  })
  .describe('Addresses, accounts and numbers of people, each kind redacted, vetoed or allowed.');

const requiredStatementSchema = z
  .strictObject({
    kind: z.literal('required-statement'),
    name,
    anyOf: z.array(phrase).min(1).describe('The caller has heard it when one of these was said to its end.'),
    withinMs: z
      .number()
      .int()
      .min(1000)
      .max(600_000)
      .optional()
      .describe('Milliseconds from the answer. Exactly one of this and the next two.'),
    withinSentences: z
      .number()
      .int()
      .min(1)
      .max(50)
      .optional()
      .describe('Sentences of the AI: this one at the latest.'),
    before: z
      .literal('first-answer')
      .optional()
      .describe('Before the answer to the first turn of the caller.'),
    remedy: z.enum(['say', 'attention']).describe('`say`: the worker says `text` itself, through the gate.'),
    text: sentence
      .optional()
      .describe('What the worker says; holds one of `anyOf`. Needed where remedy is `say`.'),
  })
  .describe('A sentence the caller must hear, such as the disclosure of the AI or of the recording.');

const toolPermissionsSchema = z
  .strictObject({
    kind: z.literal('tool-permissions'),
    name: name.default('intent-permission'),
    intents: z.partialRecord(z.enum(INTENTS), z.array(z.string().min(1).max(64))),
  })
  .describe('Which tools an intent may use. An intent that is not listed uses none.');

const thresholds = z.strictObject({
  clarifyBelowRatio: ratio.default(0),
  offerHumanBelowRatio: ratio.default(0),
});
const confidenceSchema = z
  .strictObject({
    kind: z.literal('confidence'),
    name: name.default('confidence'),
    intent: thresholds.prefault({}).describe('How sure the reading of the caller is; not asked of UNKNOWN.'),
    passages: thresholds.prefault({}).describe('How well the best passage fits, where no tool answered.'),
    clarifyText: sentence.default('I want to get this right. Could you say that in other words?'),
    offerHumanText: sentence.default('I am not sure about that. I have asked a colleague to join us.'),
  })
  .describe('Below a threshold the AI asks again, or offers a person, instead of answering.');

const durationMs = z.number().int().min(10_000).max(14_400_000);
const callLimitsSchema = z
  .strictObject({
    kind: z.literal('call-limits'),
    name: name.default('call-limits'),
    warnAfterMs: durationMs.optional().describe('A person is told.'),
    wrapUpAfterMs: durationMs.optional().describe('The AI says `wrapUpText`.'),
    endAfterMs: durationMs.optional().describe('The AI says `endText` and the call ends.'),
    wrapUpText: sentence.default('We have talked for a while. Is there anything else before we finish?'),
    endText: sentence.default('I have to end the call now. Thank you for calling, and goodbye.'),
    sameAnswerTimes: z
      .number()
      .int()
      .min(2)
      .max(20)
      .optional()
      .describe('The AI has given the same answer this often.'),
    sameQuestionTimes: z
      .number()
      .int()
      .min(2)
      .max(20)
      .optional()
      .describe('The caller has said the same this often.'),
    offerText: sentence.default('We seem to go round in circles. I have asked a colleague to join us.'),
  })
  .describe('How long a call may last, and how often the same may be said before a person is offered.');

const modelJudgeSchema = z
  .strictObject({
    kind: z.literal('model-judge'),
    name,
    overridable,
    exceptOrigins,
    instruction: z.string().min(10).max(4000).describe('What the model has to refuse, in plain words.'),
    model: z.string().min(1).max(100).default('gpt-4.1-mini'),
    budgetMs: z.number().int().min(50).max(5000).default(800),
    onFailure: z
      .enum(['veto', 'allow'])
      .default('veto')
      .describe('When the model is late, fails or answers nonsense: `veto` is fail-closed.'),
  })
  .describe('A model reads each sentence. It costs time in front of speech; prefer phrases where they do.');

export const policySchema = z.discriminatedUnion('kind', [
  phrasesSchema,
  topicsSchema,
  figuresSchema,
  cardDataSchema,
  personalDataSchema,
  requiredStatementSchema,
  toolPermissionsSchema,
  confidenceSchema,
  callLimitsSchema,
  modelJudgeSchema,
]);
export type Policy = z.output<typeof policySchema>;
export type PolicyKind = Policy['kind'];
export type PolicyOf<Kind extends PolicyKind> = Extract<Policy, { kind: Kind }>;

/** Kinds of which an org has at most one. */
export const SINGLE_KINDS: readonly PolicyKind[] = [
  'figures',
  'card-data',
  'personal-data',
  'tool-permissions',
  'confidence',
  'call-limits',
];

/**
 * What the AI of one org may and must say: one document of possibly several (POL1). `version` is counted by whoever writes
 * it and stands, as `name@version`, in every verdict.
 */
export const policyDocumentSchema = z.strictObject({
  format: z.literal(2),
  name: name.describe('Unique within the org; a document replaces the one of its name.'),
  version: z.number().int().positive().describe('Raised with every change.'),
  note: z.string().max(2000).optional().describe('For people: why it is as it is.'),
  policies: z.array(policySchema).min(1).max(200),
});
export type PolicyDocument = z.output<typeof policyDocumentSchema>;
