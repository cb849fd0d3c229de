import type { CallEvent } from '#shared/events/call-event.ts';
import type { KnowledgeUsage } from '#shared/protocol/knowledge.ts';

export const USAGE_DAYS = 7;
const DAY_MS = 86_400_000;

interface Answer {
  readonly atMs: number;
  isCited: boolean;
  isHeard: boolean;
  isInterrupted: boolean;
  readonly vetoes: string[];
}

/** @param nowMs the seven days end here @returns how a document was used, from the chunks of the calls that cite it (KN29). Pure. */
export function foldUsage(docId: string, events: readonly CallEvent[], nowMs: number): KnowledgeUsage {
  const answers = answersOf(docId, events);
  const startsAtMs = (day: number): number => nowMs - (USAGE_DAYS - day) * DAY_MS;
  const cited = [...answers].filter(answer => answer.isCited && answer.atMs >= startsAtMs(0));
  const vetoes = new Map<string, number>();
  for (const policy of cited.flatMap(answer => answer.vetoes))
    vetoes.set(policy, (vetoes.get(policy) ?? 0) + 1);
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
      .map(([policy, count]) => ({ policy, count }))
      .sort((a, b) => b.count - a.count || (a.policy < b.policy ? -1 : 1)),
  };
}

/** An answer is what was drafted in one turn; a chunk outside of a turn is one of its own. */
function answersOf(docId: string, events: readonly CallEvent[]): Iterable<Answer> {
  const answers = new Map<string, Answer>();
  const ofChunk = new Map<string, Answer>();
  for (const event of events) {
    if (event.type === 'chunk.drafted') {
      const key = `${event.conversationId} ${event.turnId ?? event.chunkId}`;
      const answer = answers.get(key) ?? begun(event.atMs);
      answer.isCited ||= event.citations.some(
        ({ kind, sourceId }) => kind === 'document' && sourceId === docId,
      );
      answers.set(key, answer);
      ofChunk.set(event.chunkId, answer);
      continue;
    }
    const answer = 'chunkId' in event ? ofChunk.get(event.chunkId ?? '') : undefined;
    if (!answer) continue;
    if (event.type === 'chunk.spoken') answer.isHeard = true;
    if (event.type === 'chunk.interrupted') {
      answer.isHeard = true;
      answer.isInterrupted = true;
    }
    if (event.type === 'chunk.vetoed') answer.vetoes.push(event.policy);
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
