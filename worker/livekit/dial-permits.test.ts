import { afterEach, describe, expect, test } from 'vitest';
import { startLivekitRig } from '#tests/fakes/livekit-rig.ts';
import { settle } from '#tests/fakes/virtual-clock.ts';
import type { DialPermit } from './dial-permits.ts';

const dial = { trunkId: 'ST_1', number: '+4930' };
const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

/** A host that is given the room of a call that it is to place. */
async function given(permits: DialPermit) {
  const rig = startLivekitRig({ permits });
  cleanUp.push(() => rig.stop.abort());
  rig.dispatch('out-c1', { ...rig.note('c1'), dial });
  await settle();
  const told = (): readonly string[] =>
    rig.seen.map(event => (event.type === 'call.failed' ? event.code : event.type));
  return { rig, told };
}
const no = (): Promise<boolean> => Promise.resolve(false);
const yes = (): Promise<boolean> => Promise.resolve(true);
const away = (): Promise<boolean> => Promise.reject(new Error('the link is gone'));

describe('a host that comes to a call that is to be placed', () => {
  test('[API58] dials once it may', async () => {
    const { rig, told } = await given({ mayJoin: yes, mayDial: yes });
    expect(rig.sip.dials).toHaveLength(1);
    expect(told()).toEqual(['call.ringing']);
  });

  test.each([
    ['that nobody waits for', no, []],
    ['of which it cannot ask', away, [new Error('the link is gone')]],
  ] as const)('[API58] does not even join one %s', async (_what, mayJoin, errors) => {
    const { rig, told } = await given({ mayJoin, mayDial: yes });
    expect([rig.sip.dials, rig.joined, told()]).toEqual([[], [], []]);
    expect(rig.errors).toEqual(errors);
  });

  test.each([
    ['was given up meanwhile', no],
    ['cannot be asked of any more', away],
  ] as const)('[API58] dials nobody where it %s', async (_what, mayDial) => {
    const { rig, told } = await given({ mayJoin: yes, mayDial });
    expect(rig.sip.dials).toEqual([]);
    expect(told()).toEqual(['call.ringing', 'line.given-up']);
  });

  test('[API58] dials nobody for a call that was ended while it asked', async () => {
    const answer = Promise.withResolvers<boolean>();
    const { rig, told } = await given({ mayJoin: yes, mayDial: () => answer.promise });
    await rig.adapter.hangUp('c1' as never);
    answer.resolve(true);
    await settle();
    expect(rig.sip.dials).toEqual([]);
    expect(told()).toEqual(['call.ringing', 'call.ended']);
  });
});
