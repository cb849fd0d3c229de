/** Longest unit handed to the gate; a longer sentence is cut at a comma or a space. About 14 s of speech. */
const MAX_UNIT_CHARS = 220;
/** Ends with a full stop and ends no sentence. */
const ABBREVIATIONS = /(?:^|\s)(?:mr|mrs|ms|dr|st|no|nr|e\.g|i\.e|etc|approx|a\.m|p\.m)\.$/iu;

/** Makes speakable units from text that comes in slices; joined together they are the text, to the letter (RSN2). */
export interface SentenceAssembler {
  /** @returns units that are complete now, in order */
  push(slice: string): readonly string[];
  /** No more text: the rest, if any. */
  end(): readonly string[];
}

export function createSentenceAssembler(): SentenceAssembler {
  let rest = '';
  return {
    push(slice) {
      const units: string[] = [];
      // Character by character: what a unit is must not depend on how the text was sliced.
      for (let index = 0; index < slice.length; index += 1) {
        const char = slice[index] ?? '';
        rest += char;
        if (!/\s/u.test(char) && rest.length <= MAX_UNIT_CHARS) continue;
        const at = boundary(rest);
        if (at === 0) continue;
        units.push(rest.slice(0, at));
        rest = rest.slice(at);
      }
      return units;
    },
    end() {
      const last = rest;
      rest = '';
      return last === '' ? [] : [last];
    },
  };
}

/** Where the first unit ends, 0 when none is complete. The space after a sentence belongs to it. */
function boundary(text: string): number {
  for (const match of text.matchAll(/[.!?…]+["”’)]*(\s+)/gu)) {
    const end = match.index + match[0].length;
    const sentence = text.slice(0, end - (match[1]?.length ?? 0));
    if (!ABBREVIATIONS.test(sentence)) return end;
  }
  if (text.length <= MAX_UNIT_CHARS) return 0;
  const head = text.slice(0, MAX_UNIT_CHARS);
  const cut = Math.max(head.lastIndexOf(', '), head.lastIndexOf('; '));
  const at = cut > 40 ? cut + 2 : head.lastIndexOf(' ') + 1;
  return at > 0 ? at : MAX_UNIT_CHARS;
}
