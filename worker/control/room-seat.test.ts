import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import { coachRoom, roleOf } from '#shared/domain/rooms.ts';
import type { Actor, Role } from '#shared/domain/roles.ts';
import { participantTypeSchema } from '#shared/protocol/room-token.ts';
import { grantsFor } from '#worker/livekit/tokens/room-grants.ts';
import { seatFor } from './room-seat.ts';

const callId = 'call-1' as CallId;
const actor = (role: Role, userId = 'ann'): Actor => ({
  userId: userId as UserId,
  orgId: 'o' as OrgId,
  name: 'Ann',
  role,
});

describe('the seat of a person in a room', () => {
  test.each([
    ['admin', ['customer', 'ai', 'monitor', 'agent', 'coach']],
    ['supervisor', ['monitor', 'agent', 'coach']],
    ['agent', []],
  ] as const)('[TOK5] %s may enter as %j', (role, allowed) => {
    const can = participantTypeSchema.options.filter(participantType => {
      try {
        seatFor({ participantType }, actor(role), callId);
        return true;
      } catch {
        return false;
      }
    });
    expect(can).toEqual(allowed);
  });

  test('[TOK6] an identity is taken only where it is the one this person would get', () => {
    expect(seatFor({ identity: 'sup-ann-mon' }, actor('supervisor'), callId)).toEqual({
      role: 'monitor',
      identity: 'sup-ann-mon',
    });
    for (const identity of ['sup-bob-mon', 'ai', 'caller-call-1', 'caller-other', 'sip_+49', 'x', ''])
      expect(() => seatFor({ identity }, actor('supervisor'), callId)).toThrow();
    expect(() =>
      seatFor({ identity: 'sup-ann-mon', participantType: 'agent' }, actor('supervisor'), callId),
    ).toThrow(/not yours/u);
    expect(() => seatFor({ identity: 'caller-other' }, actor('admin'), callId)).toThrow(/not yours/u);
  });

  test('[TOK4][TOK6] whatever is asked, nobody gets somebody else’s place, and a caller no coach room', () => {
    const asked = fc.record(
      {
        identity: fc.oneof(
          fc.constantFrom('ai', 'caller-call-1', 'sup-ann-live', 'sup-bob-live', 'sup-ann-coach', 'sip_1'),
          fc.string({ maxLength: 30 }),
        ),
        participantType: fc.constantFrom(...participantTypeSchema.options),
      },
      { requiredKeys: [] },
    );
    const people = fc.constantFrom<Role>('admin', 'supervisor', 'agent');
    fc.assert(
      fc.property(asked, people, fc.boolean(), (request, role, inCoachRoom) => {
        let grants;
        let identity;
        try {
          const seat = seatFor(request, actor(role), callId);
          identity = seat.identity;
          grants = grantsFor(seat.role, inCoachRoom ? coachRoom(callId) : 'call-room');
        } catch {
          return;
        }
        const who = roleOf(identity);
        expect(grants.hidden).toBe(who.role === 'monitor');
        if (inCoachRoom) expect(who.role).toBe('coach');
        if ('userId' in who) expect(who.userId).toBe('ann');
        else expect(role).toBe('admin');
      }),
      { numRuns: 3000 },
    );
  });
});
