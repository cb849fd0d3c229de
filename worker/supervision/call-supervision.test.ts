import { describe, expect, test } from 'vitest';
import { audibility } from '#shared/domain/audibility.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { MemoryLeaseBook } from '#tests/fakes/memory-lease-book.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { CallSupervision, LEASE_TTL_MS } from './call-supervision.ts';

const callId = 'call-1' as CallId;
const person = (id: string): Actor => ({
  userId: id as UserId,
  orgId: 'o1' as OrgId,
  name: id.toUpperCase(),
  role: 'supervisor',
});
const ann = person('ann');
const bob = person('bob');

function bench() {
  const clock = createVirtualClock();
  const leases = new MemoryLeaseBook(clock);
  const events: CallEventDraft[] = [];
  const did: string[] = [];
  const make = (): CallSupervision =>
    new CallSupervision({
      callId,
      clock,
      leases,
      ports: {
        append: draft => events.push(draft),
        fence: cause => {
          did.push(`fence ${cause}`);
          return { epoch: 1, lastAiSample: 640 };
        },
        applyMatrix: input => {
          did.push(`matrix ${input.floor}`);
          return { edges: audibility(input), sample: 960 };
        },
        returnFloor: cause => did.push(`return ${cause}`),
      },
    });
  return { clock, leases, events, did, make, supervision: make() };
}

const takeOver = (who: Actor, nowMono: number) =>
  ({ type: 'take-over', userId: who.userId, nowMono }) as const;

describe('call supervision', () => {
  test('[SUP5][SUP13] a takeover is fenced, then opened, and each step is in the log before the command is answered', async () => {
    const { supervision, did, events, clock } = bench();
    await supervision.step(ann, takeOver(ann, clock.mono()), 'c1');
    expect(did).toEqual(['fence take-over', 'matrix human']);
    expect(events.map(event => event.type)).toEqual([
      'takeover.requested',
      'listener.joined',
      'mic.changed',
      'takeover.fenced',
      'audibility.changed',
      'floor.changed',
      'takeover.live',
    ]);
    supervision.close();
  });

  test('[SUP11] two people who take over at once: one wins, the other is told who has the call (200 tries)', async () => {
    for (let round = 0; round < 200; round += 1) {
      const { supervision, clock, events } = bench();
      const answers = await Promise.allSettled(
        [ann, bob].map(who => supervision.step(who, takeOver(who, clock.mono()), who.userId)),
      );
      expect(answers.filter(answer => answer.status === 'fulfilled')).toHaveLength(1);
      expect(events.filter(event => event.type === 'takeover.live')).toHaveLength(1);
      supervision.close();
    }
  });

  test('[SUP12] a holder whose desk is silent for two seconds loses the call; one that beats keeps it', async () => {
    const { supervision, clock, did } = bench();
    await supervision.step(ann, takeOver(ann, clock.mono()), 'c1');
    for (let beat = 0; beat < 20; beat += 1) {
      await clock.advanceAsync(500);
      supervision.beat(ann.userId);
    }
    expect(did).not.toContain('return lease-lost');
    await clock.advanceAsync(LEASE_TTL_MS + 250);
    expect(did).toContain('return lease-lost');
    expect(supervision.state.holder).toBeNull();
    await expect(supervision.step(bob, takeOver(bob, clock.mono()), 'c2')).resolves.toBeUndefined();
    supervision.close();
  });

  test('[SUP14] the end of the call ends the takeover, and later commands are refused', async () => {
    const { supervision, clock, events } = bench();
    await supervision.step(ann, takeOver(ann, clock.mono()), 'c1');
    supervision.close();
    supervision.close();
    expect(events.slice(-2).map(event => event.type)).toEqual(['takeover.ended', 'listener.left']);
    await expect(supervision.step(ann, { type: 'listen', userId: ann.userId }, 'c2')).rejects.toMatchObject({
      body: { code: 'call.already-ended' },
    });
  });

  test('[SUP15] a listener whose desk is gone leaves, a holder does not', async () => {
    const { supervision, clock, events } = bench();
    await supervision.step(bob, { type: 'listen', userId: bob.userId }, 'c1');
    await supervision.step(ann, takeOver(ann, clock.mono()), 'c2');
    supervision.gone(bob);
    supervision.gone(ann);
    expect(events.filter(event => event.type === 'listener.left')).toMatchObject([
      { userId: 'bob', cause: 'connection-lost' },
    ]);
    expect(supervision.state.holder?.userId).toBe('ann');
    supervision.close();
  });
});
