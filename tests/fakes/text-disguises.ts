import fc from 'fast-check';

/** Ways to write a phrase so that a person hears it and a careless filter does not see it. */
const DISGUISES: readonly ((letter: string) => string)[] = [
  letter => letter,
  letter => letter.toUpperCase(),
  letter => `${letter}\u200b`,
  letter => `${letter}\u00ad`,
  letter => `${letter}🙂`,
  letter => `*${letter}*`,
  letter => `${letter}\u0301`,
  letter => ({ a: 'а', e: 'е', o: 'о', i: 'і', c: 'с', p: 'р', y: 'у', x: 'х' })[letter] ?? letter,
  letter => ({ a: '4', e: '3', o: '0', i: '1', s: '5', t: '7' })[letter] ?? letter,
  letter => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0), // full width
];
const GAPS: readonly string[] = [' ', '  ', ' - ', ', ', '. ', '\n', ' 🙂 ', ' … '];

/** The phrase with every letter and every space disguised at random. */
export function disguised(phrase: string): fc.Arbitrary<string> {
  return fc
    .array(fc.nat(), { minLength: phrase.length, maxLength: phrase.length })
    .map(choices => disguise(phrase, index => choices[index] ?? 0));
}

/** The same for a choice that comes from elsewhere. */
export function disguise(phrase: string, choiceAt: (index: number) => number): string {
  return [...phrase]
    .map((letter, index) => {
      const choice = choiceAt(index);
      if (letter === ' ') return GAPS[choice % GAPS.length] ?? ' ';
      return /[a-z]/u.test(letter) ? (DISGUISES[choice % DISGUISES.length]?.(letter) ?? letter) : letter;
    })
    .join('');
}

/** A text cut at random into UTF-16 pieces, down to half a surrogate pair. */
export function cut(text: string): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map(cuts => {
    const pieces: string[] = [];
    let from = 0;
    cuts.forEach((here, index) => {
      if (!here || index === 0) return;
      pieces.push(text.slice(from, index));
      from = index;
    });
    return [...pieces, text.slice(from)];
  });
}

/**
 * The oracle: what a slow and simple reader hears. Written apart from the gate: no automaton, no stream, no state.
 * Folds look-alikes by a table of its own and searches the letters of the whole text.
 */
export function hears(text: string, phrase: string): boolean {
  const table: Readonly<Record<string, string>> = {
    а: 'a', е: 'e', о: 'o', і: 'i', с: 'c', р: 'p', у: 'y', х: 'x', '4': 'a', '3': 'e', '0': 'o', '1': 'i', '5': 's', '7': 't', '8': 'b', '@': 'a', $: 's', '€': 'e',
  }; // prettier-ignore
  const letters = [...text.normalize('NFKD').toLowerCase()]
    .map(point => table[point] ?? point)
    .filter(point => /^[a-z]$/u.test(point));
  return letters.join('').includes(phrase.replace(/[^a-z]/gu, ''));
}
