import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digitRuns, holdsCardNumber } from '#worker/policies/numbers.ts';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import { payloadHash } from './canonical-json.ts';
import { redactPayload } from './redact-payload.ts';

test('[TOOL23] the order of fields does not matter, anything else does', () => {
  expect(payloadHash({ a: 1, b: { d: [1, 2], c: 'x' } })).toBe(
    payloadHash({ b: { c: 'x', d: [1, 2] }, a: 1 }),
  );
  expect(payloadHash({ a: [1, 2] })).not.toBe(payloadHash({ a: [2, 1] }));
  expect(canonicalJson({ b: 1, a: null })).toBe('{"a":null,"b":1}');
});

test('[TOOL24] the copy is JSON without cards, addresses, accounts, phone numbers and secrets; the rest stays', () => {
  const copy = redactPayload({
    tool: 'create_ticket',
    args: {
      text: 'My card is four one one one 1111 1111 1111, mail elena@example.org, order 4711, since 2026-11-27.',
      phone: '+49 30 5550 142',
      iban: 'DE89 3704 0044 0532 0130 00',
      apiKey: 'sk-12345',
      nested: [{ password: 'hunter2' }],
      card: 4_111_111_111_111_111,
      count: 3,
    },
  });
  expect(copy).not.toMatch(/1111|elena|5550|3704|sk-|hunter2/u);
  expect(JSON.parse(copy)).toMatchObject({
    tool: 'create_ticket',
    args: { count: 3, apiKey: '[secret]', phone: expect.stringContaining('[phone number]') as unknown },
  });
  expect(copy).toContain('order 4711, since 2026-11-27');
});

test('[TOOL24] a card number that is split over fields is in no copy', () => {
  const card = '4111111111111111';
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 15 }), (a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const copy = redactPayload({
        first: card.slice(0, from),
        rest: [card.slice(from, to), { last: card.slice(to) }],
      });
      const digits = digitRuns(copy.replaceAll(/[^\d]+/gu, ' '));
      expect(digits.some(run => holdsCardNumber(run.digits))).toBe(false);
      JSON.parse(copy);
    }),
  );
});
