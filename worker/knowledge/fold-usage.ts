import type { CallEvent } from '#shared/events/call-event.ts';
import type { KnowledgeUsage } from '#shared/protocol/knowledge.ts';

export const USAGE_DAYS = 7;
const DAY_MS = 86_400_000;
/** Vetoes of one policy that are named; the side column shows no more. */
const MOST_MOMENTS = 5;

interface Answer {
  readonly atMs: number;
  isCited: boolean;
  isHeard: boolean;
  isInterrupted: boolean;
  readonly vetoes: {
    readonly policy: string;
    readonly callId: string;
    readonly atMs: number;
    readonly text: string;
  }[];
}

/** @param nowMs the seven days end here @returns how a document was used, from the chunks of the calls that cite it (KN29). Pure. */
export function foldUsage(docId: string, events: readonly CallEvent[], nowMs: number): KnowledgeUsage {
  const answers = answersOf(docId, events);
  const startsAtMs = (day: number): number => nowMs - (USAGE_DAYS - day) * DAY_MS;
  const cited = [...answers].filter(answer => answer.isCited && answer.atMs >= startsAtMs(0));
  const vetoes = Map.groupBy(
    cited.flatMap(answer => answer.vetoes),
    ({ policy }) => policy,
  );
  return {
    days: Array.from({ length: USAGE_DAYS }, (_, day) => {
      const ofDay = cited.filter(
        ({ atMs, isHeard }) => isHeard && atMs >= startsAtMs(day) && atMs < startsAtMs(day + 1),
      );
      return {
        startsAtMs: startsAtMs(day),
        answers: ofDay.length,
        interrupted: ofDay.filter(({ isInterrupted }) => isInterrupted).length,
      };
    }),
    vetoes: [...vetoes]
      .map(([policy, all]) => ({
        policy,
        count: all.length,
        moments: all
          .toSorted((a, b) => b.atMs - a.atMs)
          .slice(0, MOST_MOMENTS)
          .map(({ callId, atMs, text }) => ({ callId, atMs, text })),
      }))
      .sort((a, b) => b.count - a.count || (a.policy < b.policy ? -1 : 1)),
  };
}

/** An answer is what was drafted in one turn; a chunk outside of a turn is one of its own. */
function answersOf(docId: string, events: readonly CallEvent[]): Iterable<Answer> {
  const answers = new Map<string, Answer>();
  const ofChunk = new Map<string, { readonly answer: Answer; readonly text: string }>();
  for (const event of events) {
    if (event.type === 'chunk.drafted') {
      const key = `${event.conversationId} ${event.turnId ?? event.chunkId}`;
      const answer = answers.get(key) ?? begun(event.atMs);
      answer.isCited ||= event.citations.some(
        ({ kind, sourceId }) => kind === 'document' && sourceId === docId,
      );
      answers.set(key, answer);
      ofChunk.set(event.chunkId, { answer, text: event.text });
      continue;
    }
    const chunk = 'chunkId' in event ? ofChunk.get(event.chunkId ?? '') : undefined;
    if (!chunk) continue;
    const { answer, text } = chunk;
    if (event.type === 'chunk.spoken') answer.isHeard = true;
    if (event.type === 'chunk.interrupted') {
      answer.isHeard = true;
      answer.isInterrupted = true;
    }
    if (event.type === 'chunk.vetoed')
      answer.vetoes.push({
        policy: event.policy,
        callId: event.conversationId,
        atMs: event.atMs,
        text,
      });
  }
  return answers.values();
}

const begun = (atMs: number): Answer => ({
  atMs,
  isCited: false,
  isHeard: false,
  isInterrupted: false,
  vetoes: [],
});
