import type { ReplyPart } from '#shared/adapters/reply-model.ts';
import type { Citation } from '#shared/domain/lanes.ts';

/** What a marker may stand for: `p1` a passage, `t1` a tool result, `n1` a supervisor's note. */
export type MarkedSource =
  | { readonly kind: 'citation'; readonly citation: Citation }
  | { readonly kind: 'note'; readonly noteId: string };

/** A marker and the space before it; both are taken out of what is spoken. */
const BRACKETED = /(\s*)\[([^[\]]{0,40})\]/u;
const MARKERS = /^(?:[ptn]?\d{1,3})(?:\s*[,;]\s*[ptn]?\d{1,3})*$/iu;
/** The end of a slice that may still become a marker, or is the space before one. */
const UNDECIDED = /\s*(?:\[[^[\]]{0,40})?$/u;

export interface CitationMarkerReader {
  push(slice: string): readonly ReplyPart[];
  /** No more text: what was undecided is text. */
  end(): readonly ReplyPart[];
}

/**
 * Takes `[p1]` and its like out of a model's text and puts the sources in their place, however the text is sliced. A
 * marker belongs to the sentence before it; one that names nothing we gave is dropped (PRO10, PRO11).
 */
export function createCitationMarkerReader(sources: ReadonlyMap<string, MarkedSource>): CitationMarkerReader {
  let rest = '';
  let begun = false;
  const parts: ReplyPart[] = [];
  const say = (raw: string): void => {
    // A marker at the very beginning leaves a space that nobody meant.
    const text = begun ? raw : raw.trimStart();
    if (text === '') return;
    begun = true;
    parts.push({ text, citations: [], noteIds: [] });
  };
  const cite = (ids: string): void => {
    const found = ids.split(/[,;]/u).flatMap(id => sources.get(id.trim().toLowerCase()) ?? []);
    if (found.length === 0) return;
    parts.push({
      text: '',
      citations: found.flatMap(source => (source.kind === 'citation' ? [source.citation] : [])),
      noteIds: found.flatMap(source => (source.kind === 'note' ? [source.noteId] : [])),
    });
  };
  const read = (): void => {
    for (let match = BRACKETED.exec(rest); match; match = BRACKETED.exec(rest)) {
      const [whole, , inside = ''] = match;
      const isMarker = MARKERS.test(inside.trim());
      say(rest.slice(0, isMarker ? match.index : match.index + whole.length));
      if (isMarker) cite(inside);
      rest = rest.slice(match.index + whole.length);
    }
  };
  const taken = (): readonly ReplyPart[] => parts.splice(0);
  return {
    push(slice) {
      rest += slice;
      read();
      const undecided = UNDECIDED.exec(rest)?.index ?? rest.length;
      say(rest.slice(0, undecided));
      rest = rest.slice(undecided);
      return taken();
    },
    end() {
      say(rest);
      rest = '';
      return taken();
    },
  };
}
