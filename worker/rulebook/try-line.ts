import { z } from 'zod';
import type { Clock } from '#shared/domain/clock.ts';
import { chunkOriginSchema, type Citation } from '#shared/domain/lanes.ts';
import { faultsOf, faultWords } from '#shared/domain/policy-faults.ts';
import type { EpochMs, MonoMs } from '#shared/domain/units.ts';
import { createSentenceAssembler } from '#worker/lanes/reasoned/sentence-assembler.ts';
import { openJudging } from './judge-speech.ts';
import type { OrgRules } from './org-rules.ts';

const MAX_LINE_CHARS = 1_000_000;
const toolValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const lineSchema = z.object({
  id: z.union([z.string(), z.number()]),
  chunks: z.array(z.object({ text: z.string(), atMs: z.number().min(0).optional() })),
  citations: z
    .array(
      z.union([
        z.string(),
        z.object({ sourceId: z.string().optional(), title: z.string().optional(), quote: z.string() }),
      ]),
    )
    .nullish(),
  /** `{name, value}`, or any object: each of its fields is a fact. */
  toolResults: z
    .array(z.union([z.object({ name: z.string(), value: toolValue }), z.record(z.string(), z.unknown())]))
    .nullish(),
  origin: chunkOriginSchema.default('reply'),
  /** What the author expects: a line that comes out otherwise is told, and the exit code is 1. */
  expect: z
    .strictObject({
      decision: z.enum(['allow', 'redact', 'veto']).optional(),
      released: z.string().optional(),
      policy: z.string().nullable().optional(),
    })
    .optional(),
});

/** What is printed for one line of input. */
export type TryAnswer =
  | {
      readonly id: string | number;
      readonly decision: 'allow' | 'redact' | 'veto';
      /** Exactly what a voice would have been given. */
      readonly released: string;
      readonly veto: { readonly policy: string; readonly reason: string } | null;
      /** One per policy: the strongest thing it said. */
      readonly verdicts: readonly {
        readonly policy: string;
        readonly decision: 'allow' | 'redact' | 'veto';
        readonly reason: string;
      }[];
      /** The sentences the gate was given, in order: when each was whole, and when it was judged. */
      readonly units: readonly {
        readonly text: string;
        readonly decision: 'allow' | 'redact' | 'veto';
        readonly released: string;
        readonly draftedAtMs: number;
        readonly judgedAtMs: number;
      }[];
      readonly policies: string;
      /** What the line expected and did not get; absent where it expected nothing. */
      readonly unmet?: readonly string[];
    }
  | {
      readonly id: string | number | null;
      readonly line: number;
      readonly error: { readonly code: 'input.invalid' | 'input.too-large'; readonly message: string };
    };

const WEIGHT = { allow: 0, redact: 1, veto: 2 } as const;

/** Judges one line of `npm run policy -- try` as a live call would: same sentences, same gate, time as the line tells it (POL30-POL33). */
export function tryLine(rules: OrgRules, line: string, lineNumber: number): TryAnswer {
  if (line.length > MAX_LINE_CHARS)
    return refused(
      null,
      lineNumber,
      'input.too-large',
      `The line is longer than ${MAX_LINE_CHARS} characters.`,
    );
  let input: unknown;
  try {
    input = JSON.parse(line);
  } catch (error) {
    return refused(null, lineNumber, 'input.invalid', `The line is not JSON: ${(error as Error).message}`);
  }
  const id = idOf(input);
  const parsed = lineSchema.safeParse(input);
  if (!parsed.success)
    return refused(
      id,
      lineNumber,
      'input.invalid',
      faultsOf(input, parsed.error.issues)
        .map(fault => faultWords(fault).replace(/^the document/u, 'the line'))
        .join('; '),
    );
  const { chunks, origin } = parsed.data;
  const back = chunks.findIndex((chunk, index) => (chunk.atMs ?? Infinity) < latest(chunks.slice(0, index)));
  if (back > 0)
    return refused(
      id,
      lineNumber,
      'input.invalid',
      `chunks[${back}].atMs: is ${String(chunks[back]?.atMs)}; expected at least ${latest(chunks.slice(0, back))}, because chunks come in order`,
    );
  const answer = judgeLine(rules, parsed.data, origin);
  const { expect } = parsed.data;
  return expect ? { ...answer, unmet: unmet(expect, answer) } : answer;
}

type Judged = Extract<TryAnswer, { readonly decision: string }>;

function unmet(
  expect: NonNullable<z.output<typeof lineSchema>['expect']>,
  answer: Judged,
): readonly string[] {
  const got = { decision: answer.decision, released: answer.released, policy: answer.veto?.policy ?? null };
  return (['decision', 'released', 'policy'] as const)
    .filter(field => expect[field] !== undefined && expect[field] !== got[field])
    .map(field => `${field}: is ${JSON.stringify(got[field])}; expected ${JSON.stringify(expect[field])}`);
}

function judgeLine(
  rules: OrgRules,
  { id, chunks, citations, toolResults }: z.output<typeof lineSchema>,
  origin: z.output<typeof lineSchema>['origin'],
): Judged {
  let nowMs = 0;
  const clock = lineClock(() => nowMs);
  const judging = openJudging(rules.gate, origin, clock);
  const sentences = createSentenceAssembler();
  const sources = (citations ?? []).map(citationOf);
  const toolFacts = (toolResults ?? []).flatMap(factsOf);
  const draftedAtMs: number[] = [];
  const draft = (units: readonly string[]): void => {
    for (const text of units) {
      draftedAtMs.push(nowMs);
      judging.draft({ text, citations: sources, toolFacts });
    }
  };
  for (const chunk of chunks) {
    nowMs = chunk.atMs ?? nowMs;
    draft(sentences.push(chunk.text));
  }
  draft(sentences.end());
  judging.end();
  const units = judging.judged.map(({ text, outcome, atMs }, index) => ({
    text,
    decision: outcome.decision,
    released: outcome.text,
    draftedAtMs: draftedAtMs[index] ?? atMs,
    judgedAtMs: atMs,
  }));
  const veto = judging.judged.find(({ outcome }) => outcome.veto !== null)?.outcome.veto ?? null;
  return {
    id,
    decision: units.reduce<'allow' | 'redact' | 'veto'>(
      (worst, unit) => (WEIGHT[unit.decision] > WEIGHT[worst] ? unit.decision : worst),
      'allow',
    ),
    released: units.map(unit => unit.released).join(''),
    veto: veto ? { policy: veto.policy, reason: veto.reason } : null,
    verdicts: strongest(judging.judged.flatMap(({ outcome }) => outcome.verdicts)),
    units,
    policies: rules.label,
  };
}

function strongest(
  verdicts: readonly {
    readonly policy: string;
    readonly decision: 'allow' | 'redact' | 'veto';
    readonly reason: string;
  }[],
) {
  const byPolicy = new Map<string, (typeof verdicts)[number]>();
  for (const { policy, decision, reason } of verdicts) {
    const known = byPolicy.get(policy);
    // What the gate adds after a veto tells nothing about a policy.
    if (reason === 'after-veto') continue;
    if (!known || WEIGHT[decision] > WEIGHT[known.decision])
      byPolicy.set(policy, { policy, decision, reason });
  }
  return [...byPolicy.values()];
}

function citationOf(
  citation: NonNullable<z.output<typeof lineSchema>['citations']>[number],
  index: number,
): Citation {
  const {
    sourceId = `citation-${index}`,
    title = '',
    quote,
  } = typeof citation === 'string' ? { quote: citation } : citation;
  return { kind: 'document', sourceId, title, quote };
}

function factsOf(
  result: NonNullable<z.output<typeof lineSchema>['toolResults']>[number],
): readonly { readonly name: string; readonly value: string }[] {
  const isFact = 'name' in result && 'value' in result && typeof result['value'] !== 'object';
  return isFact ? [{ name: String(result['name']), value: String(result['value']) }] : leaves(result, '');
}

/** Every value of a tool's answer with its path as its name. */
function leaves(value: unknown, path: string): readonly { readonly name: string; readonly value: string }[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [{ name: path, value: String(value) }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

/** Time stands where the line puts it. Nothing waits: rules that ask a model are not part of a try. */
function lineClock(nowMs: () => number): Clock {
  return { now: () => nowMs() as EpochMs, mono: () => nowMs() as MonoMs, after: () => () => undefined };
}

const latest = (chunks: readonly { readonly atMs?: number | undefined }[]): number =>
  Math.max(0, ...chunks.map(chunk => chunk.atMs ?? 0));

function idOf(input: unknown): string | number | null {
  const id = typeof input === 'object' && input !== null && 'id' in input ? input.id : null;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

function refused(
  id: string | number | null,
  line: number,
  code: 'input.invalid' | 'input.too-large',
  message: string,
): TryAnswer {
  return { id, line, error: { code, message } };
}
