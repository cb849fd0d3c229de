import { describe, expect, test } from 'vitest';
import { asksForNumber, NumberWatch } from './number-watch.ts';

describe('number watch', () => {
  test('[HUSH1] digits are counted however they are said, and over a pause', () => {
    const watch = new NumberWatch();
    expect(watch.heard('my card is four one one one', false).digits).toBe(4);
    expect(watch.heard('my card is four one one one', true).digits).toBe(4);
    expect(watch.heard('one one double one', false).digits).toBe(8);
    expect(watch.heard('one one double one 1111', true).digits).toBe(12);
    expect(watch.heard('one one one one', true)).toMatchObject({ digits: 16, complete: true });
  });

  test('[HUSH1] other words between break the number, and an interim is not remembered', () => {
    const watch = new NumberWatch();
    watch.heard('4711', false);
    watch.heard('my order is 4711 thank you', true);
    expect(watch.heard('and 12 30', true)).toMatchObject({ digits: 4, complete: false });
    expect(watch.heard('it is in March', true)).toMatchObject({ digits: 0, overtaken: true });
  });

  test.each([
    ['Could you read me your card number?', true],
    ['Please enter your account number and then the hash key.', true],
    ['What is the security code on the back?', true],
    ['Please give me the CVC.', true],
    ['Please do not tell me your card number.', false],
    ['I do not need your card number for this.', false],
    ['Your order number is 4711.', false],
    ['How can I help you?', false],
  ])('[HUSH1] “%s” asks for such a number: %s', (text, asks) => {
    expect(asksForNumber(text)).toBe(asks);
  });
});
