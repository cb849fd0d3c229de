const NUMBER = /^\+?[0-9]{3,20}$/u;
const ADDRESS = /^sips?:[\w.+-]+@[\w.-]+(:\d+)?$/u;
/** What people write into a number so that it is easier to read. */
const READABLE = /[\s().\-/]/gu;

export const isPhoneNumber = (target: string): boolean => NUMBER.test(target);

/** Whether a call can be transferred there: a phone number, or a SIP address such as `sip:desk@example.org`. */
export const isDialable = (target: string): boolean => isPhoneNumber(target) || ADDRESS.test(target);

/** The number that somebody means who typed this; `null` where it is none. */
export function readPhoneNumber(typed: string): string | null {
  const number = typed.trim().replace(READABLE, '');
  return isPhoneNumber(number) ? number : null;
}

/** Whom somebody means who typed this; `null` where it is neither a number nor an address. `a@b.org` is taken for a SIP address. */
export function readTransferTarget(typed: string): string | null {
  const text = typed.trim();
  const target = text.includes('@')
    ? text.startsWith('sip:') || text.startsWith('sips:')
      ? text
      : `sip:${text}`
    : readPhoneNumber(text);
  return target !== null && isDialable(target) ? target : null;
}
