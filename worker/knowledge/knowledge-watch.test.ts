import { describe, expect, test } from 'vitest';
import type { KnowledgeVersions } from '#shared/adapters/knowledge-book.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { localControlChannel } from '#worker/store/local-control-channel.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { KnowledgeWatch } from './knowledge-watch.ts';

const ORG = 'org-1' as OrgId;

function bench() {
  const clock = createVirtualClock();
  const channel = localControlChannel();
  const state = {
    versions: { version: 3, publishedVersion: 2 } as KnowledgeVersions,
    isAway: false,
    asked: 0,
    rotated: 0,
    rotationFails: false,
    told: [] as number[],
    errors: 0,
  };
  const watch = new KnowledgeWatch(
    {
      book: {
        knowledgeVersions: () => {
          state.asked += 1;
          return state.isAway ? Promise.reject(new Error('away')) : Promise.resolve(state.versions);
        },
      },
      channel,
      clock,
      rotate: () => {
        if (state.rotationFails) return Promise.reject(new Error('the embedder is away'));
        state.rotated += 1;
        return Promise.resolve();
      },
      onError: () => (state.errors += 1),
    },
    [ORG],
  );
  watch.onVersion((_orgId, version) => state.told.push(version));
  const say = () => channel.say({ type: 'knowledge-changed', orgId: ORG });
  return { state, watch, clock, channel, say };
}

describe('the watch over knowledge', () => {
  test('[KN32] many words at a time are few looks, and desks hear each version once', async () => {
    const { state, clock, say } = bench();
    await Promise.all(Array.from({ length: 50 }, say));
    await clock.advanceAsync(10);
    expect(state.told).toEqual([3]);
    expect(state.asked).toBeLessThan(4);
    await say();
    await clock.advanceAsync(10);
    expect(state.told).toEqual([3]);
    state.versions = { version: 4, publishedVersion: 2 };
    await say();
    await clock.advanceAsync(10);
    expect(state.told).toEqual([3, 4]);
    // Nothing was published: the answers are as they were.
    expect(state.rotated).toBe(1);
  });

  test('[KN25] what another worker published is read; a lost word costs a look at the clock', async () => {
    const { state, clock } = bench();
    await clock.advanceAsync(15_000);
    expect([state.told, state.rotated]).toEqual([[3], 1]);
    state.versions = { version: 5, publishedVersion: 5 };
    await clock.advanceAsync(15_000);
    expect([state.told, state.rotated]).toEqual([[3, 5], 2]);
    expect(state.errors).toBe(0);
  });

  test('[KN25] a book that is away and a rotation that fails are tried again', async () => {
    const { state, watch, clock } = bench();
    state.isAway = true;
    watch.look(ORG);
    await clock.advanceAsync(10);
    expect([state.errors, state.told]).toEqual([1, []]);
    state.isAway = false;
    state.rotationFails = true;
    watch.look(ORG);
    await clock.advanceAsync(10);
    expect([state.errors, state.rotated]).toEqual([2, 0]);
    state.rotationFails = false;
    await clock.advanceAsync(15_000);
    expect(state.rotated).toBe(1);
    expect(watch.version(ORG)).toBe(3);
    watch.stop();
    state.versions = { version: 9, publishedVersion: 9 };
    await clock.advanceAsync(60_000);
    expect(state.rotated).toBe(1);
  });

  test('[KN25] a wish to read everything again is carried out though nothing has changed', async () => {
    const { state, clock, channel } = bench();
    await channel.say({ type: 'rotate-knowledge', orgId: ORG });
    await clock.advanceAsync(10);
    expect(state.rotated).toBe(1);
  });
});
