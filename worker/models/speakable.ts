/** A word of the text: where it ends in the original, and what the voice was given for it. */
export interface SpokenWord {
  readonly endChars: number;
  readonly spoken: string;
  /** The word ends a phrase: the voice pauses after it. */
  readonly endsPhrase: boolean;
}

const DIGIT_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
/** From this length on a number is an order number, and read digit by digit. */
const DIGIT_BY_DIGIT_FROM = 4;

/** Splits a text into words as they will be spoken; numbers of orders digit by digit, sums in words. */
export function speakable(text: string): { readonly words: readonly SpokenWord[]; readonly spoken: string } {
  const words = [...text.matchAll(/\S+/gu)].map(match => ({
    endChars: match.index + match[0].length,
    spoken: spokenForm(match[0]),
    endsPhrase: /[,.;:!?]["”’)]*$/u.test(match[0]),
  }));
  return { words, spoken: words.map(word => word.spoken).join(' ') };
}

function spokenForm(word: string): string {
  return word
    .replace(/\d+/gu, digits =>
      digits.length < DIGIT_BY_DIGIT_FROM
        ? digits
        : [...digits].map(digit => DIGIT_WORDS[Number(digit)]).join(' '),
    )
    .replace(/€/gu, ' euros ')
    .replace(/%/gu, ' percent')
    .replace(/[\p{Extended_Pictographic}\p{Cc}*_#`]/gu, '');
}
