import { ATTENTION_WORDS, clockWords, policyWords } from './words.ts';
import type { CallTimeline } from './call-timeline.ts';

const LONGEST_QUOTE_CHARS = 64;
const MOST_LINES = 4;

/** What somebody who joins now has missed, most useful first, at most four short lines (TL8). */
export function catchUp(timeline: CallTimeline): string[] {
  const out: string[] = [];
  const caller = timeline.lines.filter(line => line.kind === 'caller');
  const first = caller[0];
  const last = caller.at(-1);
  if (first) out.push(`Called about: ${quoted(first.text)}`);
  if (last && last !== first) out.push(`Last said: ${quoted(last.text)}`);
  const reason = timeline.attention.at(-1);
  const start = timeline.connectedAtMs ?? timeline.ringingAtMs;
  if (reason && start !== null)
    out.push(
      `${ATTENTION_WORDS[reason.reason]}, since ${clockWords(reason.atMs - start)}${reason.because === null ? '' : `: ${reason.because}`}`,
    );
  const vetoed = timeline.chunkOrder.flatMap(id => timeline.chunks[id]?.veto ?? []);
  const stopped = vetoed.at(-1);
  if (stopped)
    out.push(
      vetoed.length === 1
        ? `One sentence stopped: ${lowerFirst(policyWords(stopped.policy))}`
        : `${vetoed.length} sentences stopped, last: ${lowerFirst(policyWords(stopped.policy))}`,
    );
  const tool = timeline.tools.at(-1);
  if (tool) out.push(`Looked up: ${tool.tool.replaceAll('_', ' ')}, ${tool.status}`);
  return out.slice(0, MOST_LINES);
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function quoted(text: string): string {
  const short =
    text.length <= LONGEST_QUOTE_CHARS ? text : `${text.slice(0, LONGEST_QUOTE_CHARS).trimEnd()}...`;
  return `“${short}”`;
}
