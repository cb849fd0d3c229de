import type { Random } from '#shared/base/random.ts';
import type { Citation } from '#shared/domain/lanes.ts';

export interface BenignChunk {
  readonly text: string;
  readonly citations: readonly Citation[];
}

const OPENERS = ['Of course,', 'I see,', 'Thank you,', 'All right,', 'Well,', 'I understand,', 'Certainly,', 'Yes,', 'Sorry about that,', 'Good question,']; // prettier-ignore
const SUBJECTS = ['your parcel', 'the lamp', 'our workshop', 'the carrier', 'the invoice', 'this refund form', 'a replacement', 'the return label', 'your money back request', 'the full amount', 'another delivery', 'our customer service desk', 'the human team', 'a real person here']; // prettier-ignore
const VERBS = ['is on its way', 'can be changed', 'is ready for you', 'will be looked at', 'has been found', 'needs a photo', 'is a beautiful piece', 'is fully insured', 'has been sent back', 'can be picked up', 'is being packed', 'will get a new label']; // prettier-ignore
const ENDS = ['and I will let you know.', 'if that helps you.', 'so please keep the box.', 'as soon as we can.', 'whenever you like.', 'because the form is short.', 'and the rest is simple.', 'so I can look for you.', 'if you agree.', 'and you can ask me anything.']; // prettier-ignore
const FIGURES = [
  ['Delivery takes {n} working days.', 'Delivery takes {n} working days.'],
  ['It costs {n} euros.', 'The lamp costs {n} euros.'],
  ['The lamp is {n} centimetres high.', 'Height: {n} centimetres.'],
  ['Please send it within {n} days.', 'Returns are accepted within {n} days.'],
  ['Order {n} is with the carrier.', 'Order {n} is with the carrier.'],
] as const;

/** Sentences of a support desk that nobody would object to, words of forbidden phrases among them, figures with their source. */
export function benignCorpus(random: Random, count: number): readonly BenignChunk[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: count }, (_, index) => {
    if (random() < 0.8)
      return { text: `${pick(OPENERS)} ${pick(SUBJECTS)} ${pick(VERBS)} ${pick(ENDS)} `, citations: [] };
    const [sentence, source] = pick(FIGURES);
    const figure = String(2 + Math.floor(random() * 90));
    const citation: Citation = {
      kind: 'document',
      sourceId: `doc-${String(index)}`,
      title: 'Help',
      quote: source.replace('{n}', figure),
    };
    return { text: `${sentence.replace('{n}', figure)} `, citations: [citation] };
  });
}
