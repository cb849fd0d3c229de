import { describe, expect, test } from 'vitest';
import type { CallId } from './ids.ts';
import { isCallOf, personQuerySchema, type CallerTraces, type PersonQuery } from './person-query.ts';

const traces: CallerTraces = {
  callId: 'c1' as CallId,
  names: ['Elena  Fischer'],
  phones: ['+49 30 5550 142'],
  emails: ['Elena@Example.test'],
};
const finds = (by: PersonQuery['by'], value: string): boolean =>
  isCallOf(traces, personQuerySchema.parse({ by, value }));

describe('a person', () => {
  test.each(['+49 30 5550142', '0049305550142', '030/5550-142', '5550142'])(
    '[PRIV10] has one number however it is written: %s',
    number => expect(finds('phone', number)).toBe(true),
  );

  test.each(['+49 30 5550143', '550142', '+49 30 5550 14', '142 555 030 49'])(
    '[PRIV10] is not whom a similar number or a piece of one belongs to: %s',
    number => expect(finds('phone', number)).toBe(false),
  );

  test('[PRIV10] has a name and an address that count whole, without regard to case and spaces', () => {
    expect(finds('name', ' elena fischer')).toBe(true);
    expect(finds('name', 'Elena')).toBe(false);
    expect(finds('email', 'ELENA@example.TEST')).toBe(true);
    expect(finds('email', 'lena@example.test')).toBe(false);
  });

  test('[PRIV10] cannot be named by nothing', () => {
    for (const query of [
      { by: 'phone', value: '12345' },
      { by: 'phone', value: 'nobody' },
      { by: 'name', value: '  ' },
      { by: 'email', value: 'x' },
      { by: 'shoe-size', value: '44' },
    ])
      expect(personQuerySchema.safeParse(query).success).toBe(false);
    expect(isCallOf({ ...traces, phones: ['', 'withheld'] }, { by: 'phone', value: '000000' })).toBe(false);
  });
});
