/** Words that say nothing about what a text is about. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about after all also am an and any are as at be because been before but by call can could did do does for from get had has have he hello help her here hi how i if in is it its just know like me more much my need no not of ' +
    'okay on one only or our out please she should so some tell than thank thanks that the their them then there they this to too up us very want was we well were what when where which who why will with would yes you your ' +
    'say said want yeah hey good morning day evening let see may does just take takes long today promise back now yet already really never ever thing something anything right goodbye bye fine connect please'
  ).split(' '),
);

/** Words that callers use for what documents call something else. */
const SYNONYMS: Readonly<Record<string, string>> = {
  broken: 'damag', crush: 'damag', crack: 'damag', smash: 'damag', faulti: 'damag', defect: 'fault',
  parcel: 'order', packag: 'order', ship: 'deliv', shipment: 'deliv', arriv: 'deliv', deliveri: 'deliv', deliver: 'deliv',
  bill: 'invoic', charg: 'fee', price: 'cost', paid: 'pay', payment: 'pay',
  shop: 'shop', store: 'shop', addres: 'locat', where: 'locat',
  money: 'refund', reimburs: 'refund', return: 'return', exchang: 'replac', swap: 'replac',
  hour: 'open', close: 'open', guarante: 'warranti', robot: 'assist', machin: 'assist', ai: 'assist',
  email: 'mail', gift: 'wrap', assembli: 'assembl', repair: 'repair', late: 'late', delai: 'late', credit: 'card',
}; // prettier-ignore

/** Light stemming: enough that "returns", "returned" and "returning" are one word. */
function stem(word: string): string {
  return word
    .replace(/(?:ing|ed|es|s|ly)$/u, '')
    .replace(/y$/u, 'i')
    .replace(/e$/u, '');
}

/** The words of a text that matter, in one form each, in order. */
export function keywords(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{Nd}]+/gu) ?? [])
    .filter(word => !STOP_WORDS.has(word) && word.length > 1)
    .map(word => {
      const stemmed = word.length > 4 ? stem(word) : word.replace(/s$/u, '');
      return SYNONYMS[stemmed] ?? SYNONYMS[word] ?? stemmed;
    });
}
