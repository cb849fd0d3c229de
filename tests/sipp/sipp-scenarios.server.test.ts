import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { untilHeard } from '#tests/fixtures/livekit/tones.ts';
import { openEar } from './ear.ts';
import { keysReason, PHONE_HZ, sippReason, startSipp, type SippOptions, type SippPhone } from './run-sipp.ts';

/** The phones of the livekit-sip suite, tried on one another: what is wrong there is then not their scenarios. */
describe('phones that SIPp plays', { timeout: 120_000 }, () => {
  const reason = sippReason();
  const phones: SippPhone[] = [];
  beforeEach(context => {
    if (reason !== null) context.skip(reason);
  });
  afterEach(() => {
    for (const phone of phones.splice(0)) phone.stop();
  });
  const start = async (options: SippOptions): Promise<SippPhone> => {
    const phone = await startSipp(options);
    phones.push(phone);
    return phone;
  };
  const call = async (callee: SippOptions, caller: string): Promise<readonly unknown[]> => {
    const called = await start(callee);
    const calling = await start({ scenario: caller, calls: { port: called.port, number: '+4930555' } });
    return Promise.all([calling.done, called.done]);
  };
  const WELL = [
    { code: 0, said: '' },
    { code: 0, said: '' },
  ];

  test('[SIP60] one calls and talks: its tone and its keys arrive', async context => {
    const noKeys = keysReason();
    if (noKeys !== null) context.skip(noKeys);
    const ear = await openEar();
    const done = call({ scenario: 'callee-picks-up', earPort: ear.port }, 'caller-talks');
    await untilHeard(ear.heard, PHONE_HZ);
    expect(await done).toEqual(WELL);
    expect(ear.keys()).toBe('7#');
    ear.close();
  });

  test.each([
    ['hangs up first', 'callee-hangs-up', 'caller-echoes'],
    ['is busy', 'callee-is-busy', 'caller-is-refused'],
    ['rings until the caller gives up', 'callee-rings-on', 'caller-cancels'],
    ['asks the caller to call somebody else, who answers', 'callee-transfers', 'caller-is-transferred'],
    [
      'asks the caller to call somebody else, who is busy',
      'callee-transfers-in-vain',
      'caller-is-not-transferred',
    ],
    ['hangs up on a caller who would stay', 'callee-hangs-up', 'caller-stays'],
  ])('[SIP60] one is called that %s', async (_how, callee, caller) => {
    expect(await call({ scenario: callee }, caller)).toEqual(WELL);
  });

  test('[SIP60] a phone whose other side does something else says so', async () => {
    const [caller] = await call({ scenario: 'callee-is-busy' }, 'caller-echoes');
    expect(caller).not.toMatchObject({ code: 0 });
  });
});
