/** Said by somebody whose patience is over; one is enough. */
const STRONG =
  /\b(?:this is (?:ridiculous|unacceptable|a joke|insane|unbelievable)|(?:absolutely|totally) (?:ridiculous|unacceptable|useless)|are you (?:even listening|kidding|serious)|fed up|sick (?:and tired )?of|waste of (?:my )?time|you(?:'re| are) useless|(?:had|heard) enough|for the last time|how many (?:more )?times|what is wrong with you|worst (?:service|company|experience)|never (?:buy|order|call) (?:from you |here )?again)\b/iu;
/** Said by somebody who begins to lose it. */
const MILD =
  /\b(?:i (?:already|just) (?:told|said|asked|explained)|i told you|that(?:'s| is) not what i (?:asked|said|meant)|you (?:don't|do not|didn't|did not) (?:understand|listen|answer)|still (?:not|no|nothing|waiting)|(?:second|third|fourth|fifth) time|nobody (?:helps|can help|calls)|come on|unacceptable|ridiculous|useless)\b/iu;

/** Words too common to tell whether two sentences say the same. */
const COMMON = new Set(
  'the and for you your are was were have has had with that this what when where why how can could would will not but from they them there then just please about into got get'.split(
    ' ',
  ),
);
const FEWEST_WORDS = 2;
const SAME_RATIO = 0.7;

export type FrustrationSign = 'strong' | 'mild' | null;

/** What the words themselves say (ESC3, ESC7). Pure. */
export function frustrationIn(text: string, morePhrases: readonly string[]): FrustrationSign {
  const plain = text.replaceAll('’', "'");
  const lower = plain.toLowerCase();
  if (STRONG.test(plain) || morePhrases.some(phrase => lower.includes(phrase.toLowerCase()))) return 'strong';
  return MILD.test(plain) ? 'mild' : null;
}

/** Whether two sentences say the same thing, by the words that carry meaning; too short ones never do (ESC4). Pure. */
export function saysTheSame(a: string, b: string): boolean {
  const [first, second] = [meaning(a), meaning(b)];
  if (Math.min(first.size, second.size) < FEWEST_WORDS) return false;
  const both = [...first].filter(word => second.has(word)).length;
  return both / (first.size + second.size - both) >= SAME_RATIO;
}

function meaning(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{Nd}]+/gu) ?? [];
  return new Set(words.filter(word => word.length > 2 && !COMMON.has(word)));
}
