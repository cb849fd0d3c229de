import type { KnowledgeRevision } from '#shared/ipc/knowledge-commands.ts';
import type { CallTimeline, ChunkView } from '#shared/projections/call-timeline.ts';
import { traceWord } from '#shared/projections/trace-word.ts';
import type { UiStore } from './ui-store.ts';

/** Words of a text, as places of their first characters. */
const wordStarts = (text: string): readonly number[] =>
  [...text.matchAll(/[\p{L}\p{Nd}]+(?:['’.,:][\p{L}\p{Nd}]+)*/gu)].map(({ index }) => index);

/** What the caller heard, or is hearing: other sentences have no words to look into. */
const HEARD = ['speaking', 'spoken', 'interrupted'];
const heardChunks = ({ chunks, chunkOrder }: CallTimeline): readonly ChunkView[] =>
  chunkOrder
    .flatMap(id => chunks[id] ?? [])
    .filter(({ state, text }) => HEARD.includes(state) && wordStarts(text).length > 0);

/** Looks into the word at a place of a chunk (KNW23). */
export function traceAt(ui: UiStore, chunkId: string, offset: number): void {
  ui.setState({ trace: { chunkId, offset }, tab: 'word', sideOpen: true });
}

/** Looks into the last sentence, at its first quoted word where it has one. */
export function traceLast(ui: UiStore, timeline: CallTimeline): void {
  const spoken = heardChunks(timeline);
  const chunk = spoken.findLast(({ lane }) => lane === 'B') ?? spoken.at(-1);
  if (!chunk) return;
  const starts = wordStarts(chunk.text);
  const quoted = starts.find(at => traceWord(chunk.text, chunk.citations, at)?.support === 'quoted');
  traceAt(ui, chunk.chunkId, quoted ?? starts[0] ?? 0);
}

/** One word on or back, over the ends of sentences. */
export function traceStep(ui: UiStore, timeline: CallTimeline, by: 1 | -1): void {
  const { trace } = ui.getState();
  if (!trace) return;
  const spoken = heardChunks(timeline);
  const at = spoken.findIndex(({ chunkId }) => chunkId === trace.chunkId);
  const chunk = spoken[at];
  if (!chunk) return;
  const starts = wordStarts(chunk.text);
  const word = starts.findLastIndex(start => start <= trace.offset) + by;
  const inside = starts[word];
  if (inside !== undefined && word >= 0) return traceAt(ui, chunk.chunkId, inside);
  const next = spoken[at + by];
  if (!next) return;
  const nextStarts = wordStarts(next.text);
  traceAt(ui, next.chunkId, (by === 1 ? nextStarts[0] : nextStarts.at(-1)) ?? 0);
}

/** Who brought a passage into what the AI answers from: the author of the oldest revision since when it has always stood there. */
export function passageAuthor(
  revisions: readonly KnowledgeRevision[],
  quote: string,
): Pick<KnowledgeRevision, 'author' | 'savedAtMs'> | null {
  const plain = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();
  const sought = plain(quote);
  const from = Math.max(
    0,
    revisions.findIndex(({ isPublished }) => isPublished),
  );
  let found: KnowledgeRevision | null = null;
  for (const revision of revisions.slice(from)) {
    if (!plain(revision.markdown).includes(sought)) break;
    found = revision;
  }
  return found;
}
