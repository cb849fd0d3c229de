import { digitRuns, holdsCardNumber } from '#worker/policies/numbers.ts';
import type { PhrasePolicy } from '#shared/domain/phrase-policies.ts';
import type { ChunkRecord } from './chunk-ledger.ts';
import { excused, type GateRules } from './control/control-gate.ts';
import { PatternMatcher } from './control/pattern-matcher.ts';

/** No phrase and no card number is longer than this; what was heard before it cannot be its beginning. */
const TAIL_CHARS = 240;

export interface Refusal {
  readonly policy: string;
  readonly reason: string;
}

/**
 * The last look at the text, when a chunk is about to sound: together with what was heard just before it must not make a
 * forbidden phrase or a card number. Lane C judges one utterance at a time, before redaction and not in the order of the line;
 * this sees the very words that sound, in their order, whatever utterances they are of (GATE66).
 */
export class LastLook {
  readonly #rules: () => GateRules;
  #begun: ChunkRecord[] = [];

  constructor(rules: () => GateRules) {
    this.#rules = rules;
  }

  /** @returns why the chunk may not follow what was heard, or `null`; then it counts as begun */
  refuses(chunk: ChunkRecord): Refusal | null {
    const before = this.#tail();
    const refusal = this.#phrase(before, chunk) ?? cardNumber(before, chunk.text);
    if (!refusal) this.#begun.push(chunk);
    return refusal;
  }

  #tail(): string {
    let text = '';
    let from = this.#begun.length;
    while (from > 0 && text.length < TAIL_CHARS) {
      from -= 1;
      const chunk = this.#begun[from];
      if (chunk) text = `${heardOf(chunk)} ${text}`;
    }
    this.#begun = this.#begun.slice(from);
    return text.slice(-TAIL_CHARS);
  }

  #phrase(before: string, chunk: ChunkRecord): Refusal | null {
    const rules = this.#rules();
    // A release covers the words that were released; what follows them may not use it.
    const overruled = new Set(chunk.overruled);
    for (const { policy, reason } of forbiddenIn(rules, before, chunk.text)) {
      if (policy.exceptOrigins.includes(chunk.origin) || overruled.has(policy.name)) continue;
      const inAll = forbiddenIn(rules, '', excused(rules, policy, before + chunk.text));
      const inBefore = forbiddenIn(rules, '', excused(rules, policy, before));
      const ofPolicy = (found: readonly Found[]): number => found.filter(one => one.policy === policy).length;
      if (ofPolicy(inAll) > ofPolicy(inBefore)) return { policy: policy.name, reason };
    }
    return null;
  }
}

interface Found {
  readonly policy: PhrasePolicy;
  readonly reason: string;
}

/** Forbidden phrases that end in `text` when it follows `before`. */
function forbiddenIn(rules: GateRules, before: string, text: string): readonly Found[] {
  const matcher = new PatternMatcher(rules.patterns);
  matcher.feed(before);
  return [...matcher.feed(text), ...matcher.end()].flatMap(({ id }) => {
    const owner = rules.patternOwners[id];
    return owner && owner.reason !== null ? [{ policy: owner.policy, reason: owner.reason }] : [];
  });
}

function heardOf(chunk: ChunkRecord): string {
  return chunk.state === 'spoken' ? chunk.text : chunk.text.slice(0, chunk.heardChars);
}

function cardNumber(before: string, text: string): Refusal | null {
  const runs = digitRuns(before + text);
  return runs.some(run => run.end > before.length && holdsCardNumber(run.digits))
    ? { policy: 'no-card-data', reason: 'card-number' }
    : null;
}
