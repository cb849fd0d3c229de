import { expect, vi } from 'vitest';
import type { ControlChannel, HeardWord } from '#shared/adapters/control-channel.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { ControlWord } from '#shared/protocol/control-channel.ts';

export interface ChannelPair {
  /** Two workers of a team; the same one twice where a worker is alone. */
  readonly one: ControlChannel;
  readonly two: ControlChannel;
}

const ORG = 'org-1' as OrgId;
const rotate = (orgId: string): ControlWord => ({ type: 'rotate-knowledge', orgId: orgId as OrgId });
const PATIENCE = { timeout: 10_000, interval: 10 };

function listen(channel: ControlChannel): HeardWord[] {
  const heard: HeardWord[] = [];
  channel.onWord(word => {
    if (word.type !== 'maybe-missed') heard.push(word);
  });
  return heard;
}

export const CHANNEL_CONTRACT: readonly {
  readonly title: string;
  run(pair: ChannelPair): Promise<void>;
}[] = [
  {
    title: '[KN40] a word is heard by every worker, its own included, once and in order',
    run: async ({ one, two }) => {
      const [atOne, atTwo] = [listen(one), listen(two)];
      for (const org of ['a', 'b', 'c']) await one.say(rotate(org));
      const words = ['a', 'b', 'c'].map(rotate);
      await vi.waitFor(() => expect([atOne, atTwo]).toEqual([words, words]), PATIENCE);
    },
  },
  {
    title: '[KN40] each word comes as it was said, however many orgs and quotes are in it',
    run: async ({ one, two }) => {
      const heard = listen(two);
      const words: readonly ControlWord[] = [
        { type: 'start-session', requestId: 'r1', workerId: 'w2', orgId: ORG, scenario: 'O\'Neil "x"' },
        {
          type: 'end-session',
          requestId: 'r2',
          orgId: ORG,
          callId: 'c1' as CallId,
          userId: 'u',
          userName: 'Ü',
        },
        { type: 'done', requestId: 'r2', callId: 'c1' as CallId },
        { type: 'reload-policy', orgId: ORG },
        { type: 'knowledge-changed', orgId: ORG },
      ];
      for (const word of words) await one.say(word);
      await vi.waitFor(() => expect(heard).toEqual(words), PATIENCE);
    },
  },
  {
    title: '[KN40] what is no word of ours is passed by',
    run: async ({ one, two }) => {
      const heard = listen(two);
      await one.say({ type: 'launch-missiles' } as unknown as ControlWord);
      await one.say({ type: 'rotate-knowledge' } as unknown as ControlWord);
      await one.say(rotate('after'));
      await vi.waitFor(() => expect(heard).toEqual([rotate('after')]), PATIENCE);
    },
  },
  {
    title: '[KN40] who has stopped listening hears nothing more',
    run: async ({ one, two }) => {
      const heard: HeardWord[] = [];
      const stop = two.onWord(word => heard.push(word));
      stop();
      const still = listen(two);
      await one.say(rotate('a'));
      await vi.waitFor(() => expect(still).toHaveLength(1), PATIENCE);
      expect(heard).toEqual([]);
    },
  },
];

/** Ways a channel can lie. */
export const CHANNEL_SABOTAGES: readonly {
  readonly name: string;
  readonly bend: (pair: ChannelPair) => ChannelPair;
}[] = [
  {
    name: 'says everything twice',
    bend: ({ one, two }) => ({
      two,
      one: {
        ...one,
        say: async word => {
          await one.say(word);
          await one.say(word);
        },
      },
    }),
  },
  {
    name: 'reads no word',
    bend: ({ one, two }) => ({
      one,
      two: { ...two, onWord: listener => two.onWord(word => listener({ ...word, extra: 1 } as never)) },
    }),
  },
  {
    name: 'goes on telling',
    bend: ({ one, two }) => ({
      one,
      two: {
        ...two,
        onWord: listener => {
          two.onWord(listener);
          return () => undefined;
        },
      },
    }),
  },
];
