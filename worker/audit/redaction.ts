import { digitRuns, endsInNumber, holdsCardNumber } from '#worker/policies/numbers.ts';

/** Digits after which a run may be the beginning of a card number; order and phone numbers in interims wait for their final. */
const SUSPICIOUS_DIGITS = 6;
/** What is said in place of a card number; says what it was, keeps none of it. */
export const CARD_PLACEHOLDER = '[card number]';
export const NUMBER_PLACEHOLDER = '[number]';
/** Longest number we allow in a final without knowing what it is: longer runs are hidden even if Luhn does not hold. */
const LONGEST_PLAIN_DIGITS = 12;

export interface Redacted {
  readonly text: string;
  /** Card numbers, or parts of one, that were replaced. */
  readonly count: number;
}

/** Replaces card numbers, however they are spoken or written (AUD20). Pure. */
export function redactCardNumbers(text: string): Redacted {
  return replaceRuns(text, digits =>
    holdsCardNumber(digits) || digits.length > LONGEST_PLAIN_DIGITS ? CARD_PLACEHOLDER : null,
  );
}

function replaceRuns(text: string, placeholder: (digits: string) => string | null): Redacted {
  let out = '';
  let at = 0;
  let count = 0;
  for (const run of digitRuns(text)) {
    const instead = placeholder(run.digits);
    if (instead === null) continue;
    out += text.slice(at, run.start) + instead;
    at = run.end;
    count += 1;
  }
  return { text: out + text.slice(at), count };
}

/**
 * Keeps card numbers out of a caller's transcript while it grows: digits that may still become one are hidden in interims,
 * and digits at the end of one final are remembered for the next, because people pause inside long numbers (AUD21, AUD22).
 */
export class CardRedactor {
  /** Digits said last, if nothing but digits has been said since. */
  #carried = '';

  /** An interim replaces the one before; nothing is remembered from it. */
  interim(text: string): string {
    const carried = this.#carried;
    return replaceRuns(text, digits =>
      carried.length + digits.length >= SUSPICIOUS_DIGITS ? NUMBER_PLACEHOLDER : null,
    ).text;
  }

  final(text: string): Redacted {
    const runs = digitRuns(text);
    const first = runs[0];
    const continues = first !== undefined && text.slice(0, first.start).trim() === '' && this.#carried !== '';
    const joined = continues ? this.#carried + first.digits : '';
    const splitCard = continues && (holdsCardNumber(joined) || joined.length > LONGEST_PLAIN_DIGITS);
    // The middle of a card number: what came before was hidden or is too short to matter, so this part is hidden too.
    const middle = continues && joined.length >= SUSPICIOUS_DIGITS + 2;
    const last = runs.at(-1);
    const open = last !== undefined && endsInNumber(text);
    const carriedLength = (continues && runs.length === 1 ? joined : (last?.digits ?? '')).length;
    let cards = 0;
    const redacted = replaceRuns(text, digits => {
      const whole = holdsCardNumber(digits) || digits.length > LONGEST_PLAIN_DIGITS;
      if (whole || (continues && digits === first.digits && (splitCard || middle))) {
        cards += 1;
        return CARD_PLACEHOLDER;
      }
      // People pause in the middle of a card number: a long run at the end may be its first half.
      return open && digits === last.digits && carriedLength > SUSPICIOUS_DIGITS ? NUMBER_PLACEHOLDER : null;
    });
    this.#carried = !open ? '' : continues && runs.length === 1 ? joined : last.digits;
    return { text: redacted.text, count: cards };
  }
}
