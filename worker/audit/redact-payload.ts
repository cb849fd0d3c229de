import { digitRuns, holdsCardNumber } from '#worker/policies/numbers.ts';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import { NUMBER_PLACEHOLDER, redactCardNumbers } from './redaction.ts';

const SECRET_NAME = /pass(?:word|phrase)|secret|token|authori[sz]ation|api.?key|cookie|\bpin\b|\bcvv?\b/iu;
const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const IBAN = /\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b/gu;
const DATE = /\d{4}-\d{2}-\d{2}/u;
/** Order and work order numbers are shorter. */
const PHONE_MIN_DIGITS = 9;

/** Text without card numbers, addresses, accounts and phone numbers (req:S5). Pure. */
export function redactSensitive(text: string): string {
  const plain = redactCardNumbers(text.replaceAll(EMAIL, '[address]').replaceAll(IBAN, '[account]')).text;
  let out = '';
  let at = 0;
  for (const { digits, start, end } of digitRuns(plain)) {
    if (digits.length < PHONE_MIN_DIGITS || DATE.test(plain.slice(start, end))) continue;
    out += `${plain.slice(at, start)}[phone number]`;
    at = end;
  }
  return out + plain.slice(at);
}

/** The copy of a tool's payload that may be kept and shown: valid JSON, with everything sensitive replaced (TOOL24). */
export function redactPayload(value: unknown): string {
  const clean = walk(value, '', redactSensitive);
  const leaves: string[] = [];
  walk(clean, '', text => (leaves.push(text), text), same);
  // Two halves of a card number in two fields are each too short to look like one.
  const split = digitRuns(leaves.join(' ')).some(run => holdsCardNumber(run.digits));
  return canonicalJson(split ? walk(clean, '', withoutNumbers) : clean);
}

const same = (text: string): string => text;

function walk(value: unknown, name: string, change: (text: string) => string, changeName = change): unknown {
  if (name !== '' && SECRET_NAME.test(name)) return '[secret]';
  if (typeof value === 'string') return change(value);
  if (typeof value === 'number') {
    const text = String(value);
    const changed = change(text);
    return changed === text ? value : changed;
  }
  if (Array.isArray(value)) return value.map(item => walk(item, '', change, changeName));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [changeName(key), walk(item, key, change, changeName)]),
  );
}

function withoutNumbers(text: string): string {
  let out = '';
  let at = 0;
  for (const { start, end } of digitRuns(text)) {
    out += text.slice(at, start) + NUMBER_PLACEHOLDER;
    at = end;
  }
  return out + text.slice(at);
}
