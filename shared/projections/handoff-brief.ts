import { z } from 'zod';
import { attentionReasonSchema } from '#shared/domain/call.ts';
import type { CallTimeline, ChunkView, TranscriptLine } from './call-timeline.ts';
import { ATTENTION_WORDS, clockWords, endWords, intentWords, policyWords, reasonWords } from './words.ts';

/** Where a call stands for whoever is to take it. */
export const handoffBriefSchema = z.object({
  callId: z.string().nullable(),
  who: z.object({ name: z.string(), from: z.string().nullable(), line: z.string() }),
  startedAtMs: z.number().nullable(),
  disposition: z.object({
    stage: z.enum(['ringing', 'with-ai', 'with-person', 'ended']),
    intent: z.string().nullable(),
    /** How the AI did with the last thing asked. */
    outcome: z.enum(['nothing-asked', 'answered', 'no-information', 'refused', 'open']),
    needsPerson: z.array(
      z.object({ reason: attentionReasonSchema, atMs: z.number(), because: z.string().nullable() }),
    ),
    endReason: z.string().nullable(),
  }),
  /** Two or three sentences, to be read at a glance. */
  summary: z.string(),
  wants: z.string().nullable(),
  tried: z.array(z.string()),
  facts: z.array(z.object({ name: z.string(), value: z.string(), from: z.enum(['caller', 'tool']) })),
  openQuestion: z.string().nullable(),
  nextStep: z.string(),
  vetoes: z.array(z.object({ text: z.string(), policy: z.string(), reason: z.string(), atMs: z.number() })),
  transcript: z.array(
    z.object({
      role: z.enum(['caller', 'ai', 'person', 'note', 'event']),
      name: z.string(),
      atMs: z.number(),
      text: z.string(),
    }),
  ),
});
export type HandoffBrief = z.infer<typeof handoffBriefSchema>;

const NO_INFORMATION = /\bdo not have that information\b/iu;
/** Numbers callers are known by: orders, invoices, customers. Card numbers are no longer in the log. */
const NUMBERS = /\b\d{4,12}\b/gu;
const MOST_TRIED = 8;

/** What a person needs who takes the call, from its timeline. Pure, at any moment of the call (ESC20-ESC25). */
export function handoffBrief(timeline: CallTimeline): HandoffBrief {
  const transcript = timeline.lines.flatMap(line => transcriptLine(timeline, line));
  const caller = transcript.filter(line => line.role === 'caller');
  const openQuestion = unanswered(transcript);
  const chunks = timeline.chunkOrder.flatMap(id => timeline.chunks[id] ?? []);
  const outcome = outcomeOf(timeline, chunks, caller.length > 0, openQuestion);
  const intent = timeline.intents.findLast(judged => judged.intent !== 'UNKNOWN')?.intent ?? null;
  const disposition: HandoffBrief['disposition'] = {
    stage: stageOf(timeline),
    intent,
    outcome,
    needsPerson: timeline.attention.map(({ reason, atMs, because }) => ({ reason, atMs, because })),
    endReason: timeline.endReason,
  };
  const wants = caller[0]?.text ?? null;
  const tried = triedSteps(timeline, chunks).slice(-MOST_TRIED);
  const facts = collectedFacts(timeline, caller);
  return {
    callId: timeline.callId,
    who: { name: timeline.displayName, from: timeline.from, line: timeline.line },
    startedAtMs: timeline.connectedAtMs ?? timeline.ringingAtMs,
    disposition,
    summary: summaryOf(timeline, disposition, wants, facts),
    wants,
    tried,
    facts,
    openQuestion,
    nextStep: nextStepOf(timeline, disposition, openQuestion),
    vetoes: chunks.flatMap(({ veto, draftText, judgedAtMs, draftedAtMs }) =>
      veto
        ? [
            {
              text: draftText.trim(),
              policy: veto.policy,
              reason: veto.reason,
              atMs: judgedAtMs ?? draftedAtMs,
            },
          ]
        : [],
    ),
    transcript,
  };
}

function stageOf(timeline: CallTimeline): HandoffBrief['disposition']['stage'] {
  if (timeline.endedAtMs !== null) return 'ended';
  if (timeline.connectedAtMs === null) return 'ringing';
  return timeline.floor === 'human' ? 'with-person' : 'with-ai';
}

type BriefLine = HandoffBrief['transcript'][number];

function transcriptLine(timeline: CallTimeline, line: TranscriptLine): readonly BriefLine[] {
  const { atMs } = line;
  switch (line.kind) {
    case 'caller':
      return [{ role: 'caller', name: timeline.displayName, atMs, text: line.text }];
    case 'ai': {
      const text = line.chunkIds
        .map(id => timeline.chunks[id]?.heardText.trim() ?? '')
        .join(' ')
        .trim();
      return text === '' ? [] : [{ role: 'ai', name: 'AI', atMs, text }];
    }
    case 'human': {
      const text = line.text ?? `(spoke ${clockWords(line.durationMs)}, not transcribed)`;
      return [{ role: 'person', name: line.userName, atMs, text }];
    }
    case 'note': {
      const note = timeline.notes[line.noteId];
      return note ? [{ role: 'note', name: note.userName, atMs, text: note.text }] : [];
    }
    case 'event':
      return [{ role: 'event', name: '', atMs, text: line.detail }];
    case 'veto':
      return [];
  }
}

/** The caller's words since anybody last answered; small acknowledgements of Lane A are part of the AI's line and count. */
function unanswered(transcript: readonly BriefLine[]): string | null {
  const spoken = transcript.filter(({ role }) => role === 'caller' || role === 'ai' || role === 'person');
  const lastAnswer = spoken.findLastIndex(({ role }) => role !== 'caller');
  const since = spoken.slice(lastAnswer + 1).map(({ text }) => text);
  return since.length === 0 ? null : since.join(' ');
}

function outcomeOf(
  timeline: CallTimeline,
  chunks: readonly ChunkView[],
  hasAsked: boolean,
  openQuestion: string | null,
): HandoffBrief['disposition']['outcome'] {
  if (!hasAsked) return 'nothing-asked';
  if (openQuestion !== null) return 'open';
  const last = chunks.findLast(
    ({ origin }) => origin === 'reply' || origin === 'rephrase' || origin === 'fallback',
  );
  if (!last) return timeline.floor === 'human' ? 'answered' : 'open';
  const turn = chunks.filter(({ turnId }) => turnId === last.turnId);
  if (last.origin === 'fallback') return 'refused';
  const heard = turn.filter(({ heardText }) => heardText.trim() !== '');
  if (heard.length === 0) return turn.some(({ veto }) => veto !== null) ? 'refused' : 'open';
  return heard.some(({ heardText }) => NO_INFORMATION.test(heardText)) ? 'no-information' : 'answered';
}

function triedSteps(timeline: CallTimeline, chunks: readonly ChunkView[]): readonly string[] {
  const steps = timeline.tools.map(({ tool, status, atMs }) => ({
    atMs,
    text: `Looked up: ${tool.replaceAll('_', ' ')}, ${status}`,
  }));
  const told = new Set<string>();
  for (const { heardText, citations, speakingAtMs, draftedAtMs } of chunks) {
    const source = citations.find(({ kind }) => kind === 'document');
    if (!source || heardText.trim() === '' || told.has(source.sourceId)) continue;
    told.add(source.sourceId);
    steps.push({ atMs: speakingAtMs ?? draftedAtMs, text: `Told from ${source.title}: ${heardText.trim()}` });
  }
  return steps.toSorted((a, b) => a.atMs - b.atMs).map(({ text }) => text);
}

function collectedFacts(timeline: CallTimeline, caller: readonly BriefLine[]): HandoffBrief['facts'] {
  const facts = new Map<string, HandoffBrief['facts'][number]>();
  const put = (name: string, value: string, from: 'caller' | 'tool'): void => {
    facts.delete(name);
    facts.set(name, { name, value, from });
  };
  for (const { text } of caller)
    for (const [number] of text.matchAll(NUMBERS)) put('number', number, 'caller');
  for (const { tool, status, request, response } of timeline.tools) {
    for (const [name, value] of entriesOf(request)) {
      // Only what can be nothing but the caller's own words; other arguments are the AI's reading of them.
      if (!/^\d{4,12}$/u.test(value)) continue;
      put(wordsOf(name), value, 'caller');
      // The same number under its proper name.
      if (facts.get('number')?.value === value) facts.delete('number');
    }
    if (status !== 'ok') continue;
    for (const [name, value] of entriesOf(response)) put(`${wordsOf(tool)}: ${wordsOf(name)}`, value, 'tool');
  }
  return [...facts.values()];
}

const wordsOf = (name: string): string =>
  name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/gu, '$1 $2')
    .toLowerCase();

/** Plain values of a JSON object, or of a list of `{name, value}`; anything else has none. */
function entriesOf(json: string): readonly (readonly [string, string])[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return [];
  }
  if (Array.isArray(parsed))
    return parsed.flatMap((item: unknown) => {
      const { name, value } = (item ?? {}) as { readonly name?: unknown; readonly value?: unknown };
      return typeof name === 'string' && isPlain(value) ? [[name, String(value)] as const] : [];
    });
  if (typeof parsed !== 'object' || parsed === null) return [];
  return Object.entries(parsed).flatMap(([name, value]: [string, unknown]) =>
    isPlain(value) ? [[name, String(value)] as const] : [],
  );
}

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) && value !== '';

const OUTCOME_WORDS: Readonly<Record<HandoffBrief['disposition']['outcome'], string>> = {
  'nothing-asked': 'The caller has not asked anything yet.',
  answered: 'The AI has answered.',
  'no-information': 'The AI has no information on it.',
  refused: 'The AI was kept from answering.',
  open: 'The last question is open.',
};

function summaryOf(
  timeline: CallTimeline,
  { intent, outcome, needsPerson, stage }: HandoffBrief['disposition'],
  wants: string | null,
  facts: HandoffBrief['facts'],
): string {
  const name = timeline.displayName === '' ? 'The caller' : timeline.displayName;
  const about = intent === null ? '' : ` about: ${intentWords(intent).toLowerCase()}`;
  const number = facts.find(({ from }) => from === 'caller');
  const reason = needsPerson.at(-1);
  return [
    wants === null ? `${name} is on the line.` : `${name} called${about}. First words: “${wants}”`,
    number ? `${number.name.charAt(0).toUpperCase()}${number.name.slice(1)}: ${number.value}.` : '',
    OUTCOME_WORDS[outcome],
    reason ? `${ATTENTION_WORDS[reason.reason]}${reason.because === null ? '' : `: ${reason.because}`}.` : '',
    stage === 'ended' && timeline.endReason !== null ? `${endWords(timeline.endReason)}.` : '',
  ]
    .filter(sentence => sentence !== '')
    .join(' ');
}

function nextStepOf(
  timeline: CallTimeline,
  { stage, outcome, needsPerson }: HandoffBrief['disposition'],
  openQuestion: string | null,
): string {
  if (stage === 'ended')
    return openQuestion === null ? 'Nothing is open.' : 'Call back: the last question is open.';
  if (stage === 'ringing') return 'Wait for the call to be answered.';
  const reasons = new Set(needsPerson.map(({ reason }) => reason));
  const veto = timeline.chunkOrder.flatMap(id => timeline.chunks[id]?.veto ?? []).at(-1);
  if (reasons.has('asked-for-person')) return 'Take over: the caller waits for a person.';
  if (reasons.has('card-data-spoken')) return 'Take over and ask the caller not to say card numbers.';
  if (reasons.has('answer-failed') || outcome === 'refused')
    return veto
      ? `Answer it yourself; the AI was stopped by: ${policyWords(veto.policy).toLowerCase()} (${reasonWords(veto.reason)}).`
      : 'Answer it yourself; the AI could not.';
  if (reasons.has('frustrated')) return 'Take over, name what has gone wrong and say what happens next.';
  if (outcome === 'no-information' || reasons.has('outside-knowledge'))
    return 'Answer from what you know; the approved knowledge does not cover it.';
  if (outcome === 'open') return 'Wait for the AI to answer, or take over.';
  return 'Listen; nothing is open.';
}
