import { digitRuns, endsInNumber, holdsCardNumber } from '#worker/policies/numbers.ts';

/** What the newest words say of a long number. */
export interface NumberHeard {
  /** Digits of the run that is being said, pauses between pieces of speech included. */
  readonly digits: number;
  /** The run is a whole card number. */
  readonly complete: boolean;
  /** Something else was said after the digits. */
  readonly overtaken: boolean;
}

/** Follows digits over interim and final words, however they are said: `four one one one`, `4111`, `double four`. */
export class NumberWatch {
  #carried = '';

  heard(text: string, isFinal: boolean): NumberHeard {
    const runs = digitRuns(text);
    const first = runs[0];
    const joined =
      first !== undefined && text.slice(0, first.start).trim() === '' ? this.#carried + first.digits : '';
    const last = runs.at(-1);
    const open = last !== undefined && endsInNumber(text);
    const candidates = [joined, ...runs.map(run => run.digits)];
    const digits = Math.max(0, ...candidates.map(run => run.length));
    const complete = candidates.some(holdsCardNumber);
    const overtaken = text.trim() !== '' && !open;
    // An interim replaces the one before; only what is final is remembered.
    if (isFinal) this.#carried = !open ? '' : runs.length === 1 && joined !== '' ? joined : last.digits;
    return { digits, complete, overtaken };
  }
}

const A_NUMBER =
  /\b(?:(?:credit |debit |bank )?card|account|passport|licen[cs]e|identity|id|social security|security|verification)\s+(?:number|code|details)\b|\bcv[vc]2?\b|\biban\b|\bexpiry date\b|\blong number\b/iu;
const ASKS = /\?|\b(?:please|tell me|give me|read|say|enter|type|key in)\b/iu;
const DOES_NOT = /\b(?:do not|don['’]t|never|no need|not need|without)\b/iu;

/** Whether a sentence of the AI asks for card or identity data. */
export function asksForNumber(text: string): boolean {
  return A_NUMBER.test(text) && ASKS.test(text) && !DOES_NOT.test(text);
}
