import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ControlVerdict, SpeechDraft } from './control-policy.ts';
import { groundedFigures } from './grounded-figures.ts';
import { noCardData } from './no-card-data.ts';
import { digitRuns, endsInNumber, passesLuhn } from './numbers.ts';
import { personalData } from './personal-data.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';

const draft = (text: string, more: Partial<SpeechDraft> = {}): SpeechDraft => ({
  text,
  origin: 'reply',
  citations: [],
  toolFacts: [],
  ...more,
});
const cite = (quote: string): SpeechDraft['citations'] => [
  { kind: 'document', sourceId: 'doc', title: 'Doc', quote },
];
const kind = (verdict: ControlVerdict | Promise<ControlVerdict>): string =>
  verdict instanceof Promise ? 'late' : verdict.kind;
const document = JSON.parse(
  readFileSync(new URL('../../resources/policies/demo.json', import.meta.url), 'utf8'),
) as { policies: object[] };

describe('numbers', () => {
  test.each([
    ['4111 1111', ['41111111']],
    ['four one one one', ['4111']],
    ['order forty two forty two', ['4242']],
    ['double four seven', ['447']],
    ['four uh one, one one', ['4111']],
    ['from 9 to 18', ['9', '18']],
    ['nothing here', []],
    ['٤١١١', ['4111']],
  ])('[GATE20] reads the digits of %s', (text, digits) => {
    expect(digitRuns(text).map(run => run.digits)).toEqual(digits);
  });

  test('[GATE4] an end that may go on as a number is told', () => {
    expect(endsInNumber('It costs 4')).toBe(true);
    expect(endsInNumber('four one, ')).toBe(true);
    expect(endsInNumber('It costs 4 euros')).toBe(false);
    expect(passesLuhn('4111111111111111')).toBe(true);
    expect(passesLuhn('4111111111111112')).toBe(false);
  });
});

describe('policies', () => {
  test.each([
    'Your card is 4111 1111 1111 1111.',
    'It is four one one one one one one one one one one one one one one one.',
  ])('[GATE20] hides the card number in: %s', text => {
    expect(kind(noCardData.judge(draft(text)))).toBe('redact');
  });

  test('[GATE20] an order number is no card number', () => {
    expect(kind(noCardData.judge(draft('Order 4711 and order 5120 are packed.')))).toBe('allow');
  });

  test.each([
    ['It costs 45 euros.', 'The price is 45 euros.', 'allow'],
    ['It costs 45 euros.', 'The price is 54 euros.', 'veto'],
    ['It takes two working days.', 'Answered within two working days.', 'allow'],
    ['It arrives on Thursday.', 'It arrives on Friday.', 'veto'],
    ['It arrives tomorrow.', '', 'veto'],
    ['One moment, please.', '', 'allow'],
    ['There is nothing to count here.', '', 'allow'],
  ])('[GATE21] %s with the source "%s": %s', (text, quote, answer) => {
    expect(kind(groundedFigures.judge(draft(text, { citations: quote === '' ? [] : cite(quote) })))).toBe(
      answer,
    );
  });

  test('[GATE21] a tool result is a source, and our own fixed sentences have none to show', () => {
    expect(
      kind(
        groundedFigures.judge(
          draft('Order 4711 is here.', { toolFacts: [{ name: 'orderNumber', value: '4711' }] }),
        ),
      ),
    ).toBe('allow');
    expect(kind(groundedFigures.judge(draft('Call 24 hours.', { origin: 'say-now' })))).toBe('allow');
  });

  test.each([
    ['Write to anna@example.org, please.', 'redact'],
    ['The account is DE89 3704 0044 0532 0130 00.', 'redact'],
    ['Call 0301234567890.', 'redact'],
    ['Order 4711 is here.', 'allow'],
  ])('[GATE22] %s: %s', (text, answer) => {
    expect(kind(personalData.judge(draft(text)))).toBe(answer);
  });

  test('[GATE22] what a source says may be said', () => {
    expect(
      kind(
        personalData.judge(
          draft('Write to help@larkfield.example.', { citations: cite('Mail: help@larkfield.example') }),
        ),
      ),
    ).toBe('allow');
  });

  test('[GATE23] the demo document holds the six phrase policies, each with reasons', () => {
    const parsed = phrasePolicyDocumentSchema.parse(document);
    expect(parsed.policies.map(({ name }) => name)).toEqual([
      'no-refund-promise',
      'no-guarantee',
      'topic-bounds',
      'no-human-claim',
      'no-blame-or-insult',
      'no-internal-talk',
    ]);
  });

  test('[GATE24] a document that does not fit is refused with the place', () => {
    const broken = { ...document, policies: [{ ...document.policies[0], phrases: [] }] };
    const refused = phrasePolicyDocumentSchema.safeParse(broken);
    expect(refused.success ? [] : refused.error.issues[0]?.path).toEqual(['policies', 0, 'phrases']);
  });
});
