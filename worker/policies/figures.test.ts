import { describe, expect, test, vi } from 'vitest';
import { policySchema, type PolicyOf } from '#shared/domain/policy-document.ts';
import type { ControlVerdict, SpeechDraft } from './control-policy.ts';
import { findPersonalData } from './find-personal-data.ts';
import { createGroundedFigures } from './grounded-figures.ts';
import { noCardData } from './no-card-data.ts';
import { digitRuns, endsInNumber } from './numbers.ts';
import { createPersonalData } from './personal-data.ts';

const draft = (text: string, source = ''): SpeechDraft => ({
  text,
  origin: 'reply',
  citations: source === '' ? [] : [{ kind: 'document', sourceId: 'd', title: 'D', quote: source }],
  toolFacts: [],
});
const kind = (verdict: ControlVerdict | Promise<ControlVerdict>): string =>
  verdict instanceof Promise ? 'late' : verdict.kind;
const figures = (more: object = {}) =>
  createGroundedFigures(policySchema.parse({ kind: 'figures', ...more }) as PolicyOf<'figures'>);
const personal = (more: object = {}) =>
  createPersonalData(policySchema.parse({ kind: 'personal-data', ...more }) as PolicyOf<'personal-data'>);

describe('numbers as people say them', () => {
  test.each([
    ['four thousand one hundred and eleven', ['4111']],
    ['forty-one hundred', ['4100']],
    ['one hundred twenty euros', ['120']],
    ['1,250 pounds', ['1250']],
    ['4 hundred', ['400']],
    ['treble five nought', ['5550']],
    ['fоur оne', ['41']],
    ['4️⃣1️⃣1️⃣1️⃣', ['4111']],
    ['①②③', ['123']],
    ['41O1', ['4101']],
    ['4\u200b1\u200b1', ['411']],
    ['Oh, I see', []],
    ['call oh two oh seven', ['0207']],
    ['a double room', []],
  ])('[POL13] reads %s as %j', (text, digits) => {
    expect(digitRuns(text).map(run => run.digits)).toEqual(digits);
  });

  const CARD = '4111 1111 1111 1111';
  test.each([
    CARD.replaceAll(' ', '*'),
    CARD.replaceAll(' ', ' · '),
    CARD.replaceAll('1', '１'),
    CARD.replaceAll('1', '1\u200b'),
    CARD.replaceAll('1', ' one').replace('4', 'four'),
    'forty-one eleven, then 1111, eleven eleven, one one double one',
    'four thousand one hundred eleven, eleven hundred and eleven, 1111 and uh 1111',
    '4111 dash 1111 dash 1111 dash 1111',
    '4111! 1111? 1111; 1111',
    '٤١١١ ١١١١ ١١١١ ١١١١',
  ])('[POL13] hides the card in %s', text => {
    expect(kind(noCardData.judge(draft(`The card is ${text} here.`)))).toBe('redact');
  });

  test.each([
    'It is four one double ',
    'four one, uh and ',
    'oh ',
    `4${'.'.repeat(200)}`,
    'forty one hundred ',
  ])('[GATE4] %s may go on as a number', text => {
    expect(endsInNumber(text)).toBe(true);
    expect(endsInNumber(`${text} euros`)).toBe(false);
  });
});

describe('figures', () => {
  test.each([
    ['It costs one hundred and twenty euros.', 'Price: 120 euros', 'allow'],
    ['It costs 1250 euros.', 'Price: 1,250 euros', 'allow'],
    ['Open from 9 to 18.', 'Open between 9 and 18', 'allow'],
    ['It costs 918 euros.', 'Open between 9 and 18', 'veto'],
    ['Order four seven one one.', 'Order 4711', 'allow'],
    ['Order 4711.', 'Order four seven one one', 'allow'],
    ['It costs five hundred euros.', 'Price: 5 euros', 'veto'],
    ['It ends on the twenty-first of June.', 'It ends in June', 'veto'],
    ['It comes next week.', '', 'veto'],
  ])('[POL10] %s with the source "%s": %s', (text, source, answer) => {
    expect(kind(figures().judge(draft(text, source)))).toBe(answer);
  });

  test.each([
    [{ check: ['price'] }, 'It takes 3 days.', 'allow'],
    [{ check: ['price'] }, 'It costs €3.', 'veto'],
    [{ check: ['duration'] }, 'It takes a few weeks, within a week.', 'veto'],
    [{ upTo: 10 }, 'There are two parts.', 'allow'],
    [{ upTo: 10 }, 'There are two euros to pay.', 'veto'],
    [{ upTo: 10 }, 'There are eleven parts.', 'veto'],
    [{ exempt: ['24 hours a day'] }, 'We answer 24 Hours  a day.', 'allow'],
    [{ exempt: ['24 hours a day'] }, 'We answer in 24 hours.', 'veto'],
    [{ action: 'redact' }, 'It costs 45 euros.', 'redact'],
    [{ action: 'off' }, 'It costs 45 euros.', 'allow'],
    [{ origins: ['say-now'] }, 'It costs 45 euros.', 'allow'],
  ])('[POL11] %j: %s is %s', (more, text, answer) => {
    expect(kind(figures(more).judge(draft(text)))).toBe(answer);
  });

  test.each([
    'Oh, one moment.',
    'No one else knows.',
    'This one is fine.',
    'Oh, I am sorry.',
    'You may march on.',
  ])('[POL12] %s needs no source', text => {
    expect(kind(figures().judge(draft(text)))).toBe('allow');
  });
});

describe('personal data', () => {
  test.each([
    ['Write to anna.b+x@mail.example.org, please.', { email: 'veto' }, 'veto'],
    ['Write to anna dot berg at example dot org.', { email: 'veto' }, 'veto'],
    ['Meet me at the shop dot.', { email: 'veto' }, 'allow'],
    ['Call zero three zero one two three four five six.', { phone: 'veto' }, 'veto'],
    ['The account is de89 3704 0044 0532 0130 00.', { iban: 'veto', phone: 'allow' }, 'veto'],
    ['The part is DE00 3704 0044 0532 0130 00.', { iban: 'veto', phone: 'allow' }, 'allow'],
    ['Your social security number is 078-05-1120.', { idNumber: 'veto' }, 'veto'],
    ['Your passport number is C01234567.', { idNumber: 'veto' }, 'veto'],
    ['Your passport is one two three four five six.', { idNumber: 'veto' }, 'veto'],
    ['Bring your passport at 12.', { idNumber: 'veto' }, 'allow'],
    ['Order 12345678 is here.', { phone: 'veto' }, 'allow'],
    ['Order 12345678 is here.', { phone: 'veto', phoneMinDigits: 8 }, 'veto'],
    ['Call 0301234567.', { phone: 'allow' }, 'allow'],
    ['Write to anna@example.org.', {}, 'redact'],
  ])('[POL14] %s with %j: %s', (text, more, answer) => {
    expect(kind(personal(more).judge(draft(text)))).toBe(answer);
  });

  test('[POL15] a sourced number may be said in any writing, unless the document says otherwise', () => {
    const said = draft('Call zero three zero one two three four five six.', 'Phone: 030 / 123456');
    expect(kind(personal().judge(said))).toBe('allow');
    expect(kind(personal({ unlessSourced: false }).judge(said))).toBe('redact');
    const mail = draft('Write to help at larkfield dot example.', 'Mail: help@larkfield.example');
    expect(kind(personal().judge(mail))).toBe('allow');
  });

  test.each(['@', 'a.@', 'a@b.', 'AA11 ', 'one and ', 'double ', '4.'])(
    '[POL18] twice as much of %j costs at most twice the looks',
    piece => {
      const looks = (count: number): number => {
        const test = vi.spyOn(RegExp.prototype, 'test');
        try {
          findPersonalData(piece.repeat(count), 9);
          return test.mock.calls.length;
        } finally {
          test.mockRestore();
        }
      };
      expect(looks(400)).toBeGreaterThan(0);
      expect(looks(800)).toBeLessThanOrEqual(2 * looks(400) + 20);
    },
  );
});
