import { describe, expect, test } from 'vitest';
import { CHANNEL_CONTRACT, CHANNEL_SABOTAGES } from '#tests/contract/control-channel.contract.ts';
import { localControlChannel } from './local-control-channel.ts';

const open = () => {
  const channel = localControlChannel();
  return { one: channel, two: channel };
};

describe('Control channel contract: in the process', () => {
  test.each(CHANNEL_CONTRACT)('$title', ({ run }) => run(open()));

  test.each(CHANNEL_SABOTAGES)(
    '[KN40] notices a channel that $name',
    async ({ bend }) => {
      const runs = CHANNEL_CONTRACT.map(({ run }) => run(bend(open())));
      const results = await Promise.allSettled(runs);
      expect(results.some(({ status }) => status === 'rejected')).toBe(true);
    },
    30_000,
  );
});
