import { describe, expect, test } from 'vitest';
import { audibility } from '#shared/domain/audibility.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
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

function bench(enforce: () => Promise<void> | null = () => null) {
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
          return { edges: audibility(input), sample: 960, enforced: enforce() };
        },
        returnFloor: cause => did.push(`return ${cause}`),
      },
    });
  return { clock, leases, events, did, make, supervision: make() };
}

/** Who heard whom after all that. */
const edgesIn = (events: readonly CallEventDraft[]): readonly (readonly [string, string])[] =>
  events.findLast(event => event.type === 'audibility.changed')?.edges ?? [];

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

  test('[SUP60] where a media server has to silence the AI too, the takeover is live and answered only after it has', async () => {
    const ack = Promise.withResolvers<void>();
    const { supervision, events, clock } = bench(() => ack.promise);
    let answered = false;
    const command = supervision.step(ann, takeOver(ann, clock.mono()), 'c1').then(() => (answered = true));
    await clock.advanceAsync(100);
    expect(events.map(event => event.type)).toContain('floor.changed');
    expect(events.map(event => event.type)).not.toContain('takeover.live');
    expect(answered).toBe(false);
    ack.resolve();
    await command;
    expect(events.at(-1)?.type).toBe('takeover.live');
    supervision.close();
  });

  test('[SUP68] a media server that cannot silence the AI gives the call back to it, and the person is told', async () => {
    const refused = appError('media.unreachable', 'gone', { retryable: true });
    const { supervision, events, did, clock, leases } = bench(() => Promise.reject(refused));
    await expect(supervision.step(ann, takeOver(ann, clock.mono()), 'c1')).rejects.toMatchObject({
      body: { code: 'media.unreachable' },
    });
    expect(did.slice(-2)).toEqual(['matrix ai', 'return undo']);
    expect(supervision.state.holder).toBeNull();
    expect(events.map(event => event.type)).not.toContain('takeover.live');
    expect((await leases.acquire(callId, bob.userId, 1000)).won).toBe(true);
    supervision.close();
  });

  test('[SUP60] a desk that falls silent while the media server is asked has lost the call and does not go live', async () => {
    const ack = Promise.withResolvers<void>();
    const { supervision, events, clock, did } = bench(() => ack.promise);
    const command = supervision.step(ann, takeOver(ann, clock.mono()), 'c1');
    const told = expect(command).rejects.toMatchObject({ body: { code: 'lease.lost' } });
    await clock.advanceAsync(LEASE_TTL_MS + 500);
    ack.resolve();
    await told;
    expect(did).toContain('return lease-lost');
    expect(events.map(event => event.type)).not.toContain('takeover.live');
    supervision.close();
  });

  test('[SUP69] whoever whispers needs somebody to whisper to, and stops when the call is handed back', async () => {
    const { supervision, clock } = bench();
    const coach = { type: 'coach', userId: bob.userId, on: true } as const;
    await expect(supervision.step(bob, coach, 'c1')).rejects.toMatchObject({
      body: { code: 'media.refused' },
    });
    await supervision.step(ann, takeOver(ann, clock.mono()), 'c2');
    // In monitor mode there is no microphone to whisper with.
    await expect(supervision.step(bob, coach, 'c2a')).rejects.toMatchObject({
      body: { code: 'media.refused' },
    });
    await supervision.step(bob, { type: 'arm', userId: bob.userId, armed: true }, 'c2b');
    await supervision.step(bob, coach, 'c3');
    expect(supervision.state.humans.find(human => human.userId === 'bob')?.coaching).toBe(true);
    await expect(
      supervision.step(ann, { type: 'coach', userId: ann.userId, on: true }, 'c4'),
    ).rejects.toMatchObject({ body: { code: 'media.refused' } });
    await supervision.step(ann, { type: 'hand-back', userId: ann.userId }, 'c5');
    expect(supervision.state.humans.some(human => human.coaching === true)).toBe(false);
    supervision.close();
  });

  test('[SUP69] whoever whispers hears the call, and disarming, stepping down, leaving or a lost desk ends the whisper', async () => {
    const { userId } = bob;
    for (const end of ['arm', 'step-down', 'leave', 'gone'] as const) {
      const { supervision, events, clock } = bench();
      await supervision.step(ann, takeOver(ann, clock.mono()), 'c1');
      await supervision.step(bob, { type: 'arm', userId, armed: true }, 'c2');
      await supervision.step(bob, { type: 'coach', userId, on: true }, 'c3');
      expect(events.some(event => event.type === 'listener.joined' && event.userId === userId)).toBe(true);
      expect(edgesIn(events)).toContainEqual([`coach:${userId}`, `human:${ann.userId}`]);
      if (end === 'arm') await supervision.step(bob, { type: 'arm', userId, armed: false }, 'c4');
      else if (end === 'gone') supervision.gone(bob);
      else await supervision.step(bob, { type: end, userId }, 'c4');
      expect(edgesIn(events).some(([from]) => from === `coach:${userId}`)).toBe(false);
      supervision.close();
    }
  });
});
