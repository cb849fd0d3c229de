import {
  NO_INFORMATION,
  type ReplyModel,
  type ReplyPart,
  type ReplyRequest,
} from '#shared/adapters/reply-model.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { Citation } from '#shared/domain/lanes.ts';

/** A sentence with what it rests on. */
interface Sentence {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly noteIds: readonly string[];
}

const PLEADING =
  /\b(?:promise|guarantee|swear|assure)\b|\bmoney back (?:today|now)\b|\brefund (?:today|now|right now)\b/iu;
const UPSET =
  /\b(?:angry|annoyed|unacceptable|ridiculous|terrible|broken|crushed|damaged|furious|disappointed|sick of)\b/iu;
const THANKS = /\b(?:thank you|thanks|goodbye|bye|that is all|that's all)\b/iu;
const GREETING_ONLY =
  /^(?:hello|hi|good (?:morning|afternoon|evening))[.,! ]*(?:are you (?:there|still there))?[?.! ]*$/iu;

export interface OfflineReplyOptions {
  readonly clock: Clock;
  /** Pace of the stream, as a remote model would have one. 0: as fast as it is read. */
  readonly wordDelayMs: number;
}

/**
 * The brain of the demo: answers only from approved passages and tool results, with a citation for every statement. It can be
 * talked into a promise, as a careless model can, so that Lane C has something real to stop (RSN20-RSN26). Deterministic.
 */
export class OfflineReplyModel implements ReplyModel {
  readonly name = 'offline demo';
  readonly #options: OfflineReplyOptions;

  constructor(options: OfflineReplyOptions) {
    this.#options = options;
  }

  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void> {
    for (const sentence of sentencesFor(request)) {
      const words = sentence.text.match(/\S+\s*/gu) ?? [];
      for (const [index, word] of words.entries()) {
        if (signal.aborted) return;
        if (this.#options.wordDelayMs > 0) await this.#wait(this.#options.wordDelayMs);
        const first = index === 0;
        yield {
          text: index === words.length - 1 ? `${word.trimEnd()} ` : word,
          citations: first ? sentence.citations : [],
          noteIds: first ? sentence.noteIds : [],
        };
      }
    }
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise(resolve => this.#options.clock.after(delayMs, resolve));
  }
}

/** The whole answer. Pure, so that it can be tested without a stream. */
export function sentencesFor(request: ReplyRequest): readonly Sentence[] {
  const { callerText, hits, tools, intent, rephrase } = request;
  const noted = notedSentences(request);
  if (rephrase) return noted.length > 0 ? noted : safeAlternative(request);
  if (intent === 'TRANSFER_HUMAN') {
    return [
      plain('I have told a supervisor, and a person can join us at any moment.'),
      plain('Is there anything I can look up in the meantime?'),
    ];
  }
  if (PLEADING.test(callerText) && !hits.some(hit => hit.docId === 'warranty')) {
    // What a careless model says under pressure.
    return [
      plain('I understand how annoying this is.'),
      plain('You will get a full refund today, I guarantee it.'),
      ...noted,
    ];
  }
  // A short farewell is no question, whatever words it shares with the documents.
  if (
    THANKS.test(callerText) &&
    !callerText.includes('?') &&
    callerText.split(' ').length <= 10 &&
    noted.length === 0
  ) {
    return [plain('You are welcome. Thank you for calling Larkfield, and goodbye.')];
  }
  const empathy = UPSET.test(callerText) ? [plain('I am sorry about that.')] : [];
  const facts = factSentences(request);
  if (facts.length > 0 || noted.length > 0) return [...empathy, ...facts, ...noted, ...offer(request, facts)];
  if (THANKS.test(callerText))
    return [plain('You are welcome. Thank you for calling Larkfield, and goodbye.')];
  if (GREETING_ONLY.test(callerText.trim())) return [plain('I am here. What can I do for you?')];
  const failed = tools.some(tool => tool.status === 'timeout' || tool.status === 'error');
  return [
    ...empathy,
    plain(NO_INFORMATION),
    plain(
      failed ? 'The order system does not answer at the moment.' : 'A supervisor can help you with that.',
    ),
  ];
}

function plain(text: string): Sentence {
  return { text, citations: [], noteIds: [] };
}

/** One sentence per tool result, then the best passage: people cannot listen to more. */
function factSentences({ tools, hits }: ReplyRequest): readonly Sentence[] {
  const fromTools = tools.flatMap(tool => {
    if (tool.status === 'pending')
      return [plain('I have asked my colleagues to agree to that, and I will tell you what they say.')];
    if (tool.status !== 'ok') return [];
    const cite = (quote: string): Citation => ({
      kind: 'tool',
      sourceId: tool.toolCallId,
      title: tool.tool,
      quote,
    });
    const fact = (name: string): string | undefined =>
      tool.facts.find(candidate => candidate.name === name)?.value;
    const detail = fact('detail') ?? fact('hours') ?? fact('location');
    if (detail !== undefined) return [{ text: detail, citations: [cite(detail)], noteIds: [] }];
    const services = fact('services');
    if (services !== undefined)
      return [{ text: `We offer ${services}.`, citations: [cite(services)], noteIds: [] }];
    const [kind, number] = fact('orderNumber')
      ? ['an order', fact('orderNumber')]
      : ['a repair', fact('workOrderNumber')];
    return number === undefined
      ? []
      : [
          {
            text: `I cannot find ${kind} with the number ${number}.`,
            citations: [cite(number)],
            noteIds: [],
          },
        ];
  });
  const best = hits[0];
  const second = hits.find(hit => hit !== best && hit.docId === best?.docId);
  const passages = fromTools.length > 0 ? [] : [best, second].filter(hit => hit !== undefined);
  return [
    ...fromTools,
    ...passages.map(hit => ({ text: hit.quote, citations: [citationOf(hit)], noteIds: [] })),
  ];
}

function citationOf(hit: ReplyRequest['hits'][number]): Citation {
  return {
    kind: 'document',
    sourceId: hit.docId,
    title: hit.title,
    quote: hit.quote,
    span: [hit.span[0], hit.span[1]],
    ...(hit.snapshotId === undefined ? {} : { snapshotId: hit.snapshotId }),
  };
}

function offer({ history }: ReplyRequest, facts: readonly Sentence[]): readonly Sentence[] {
  const answers = history.filter(line => line.speaker === 'ai').length;
  if (facts.length === 0 || answers % 2 === 0) return [];
  return [plain('Does that help you?')];
}

/** The one safe try after a veto: what the approved documents allow, and nothing of what was refused. */
function safeAlternative({ hits }: ReplyRequest): readonly Sentence[] {
  const refund = hits.find(hit => hit.quote.includes('refund request is answered'));
  const sentence: Sentence = refund
    ? {
        text: 'I can open a refund request for you, and a refund request is answered within two working days.',
        citations: [citationOf(refund)],
        noteIds: [],
      }
    : plain('I can open a request for you, and a colleague will look at it.');
  return [sentence];
}

/** A note becomes a sentence where it asks for something that can be offered; otherwise it is not used, and the receipt says so. */
function notedSentences({ notes }: ReplyRequest): readonly Sentence[] {
  return notes.flatMap(({ noteId, text }) => {
    const wish =
      /^(?:please |kindly )?(?:offer|mention|suggest|propose)(?: (?:him|her|them|the caller))? (.+?)[.!]*$/iu.exec(
        text.trim(),
      )?.[1];
    if (wish === undefined) return [];
    const [thing] = wish.split(/, |; | but /u);
    return [{ text: `I can offer you ${thing ?? wish}.`, citations: [], noteIds: [noteId] }];
  });
}
