import { TokenVerifier } from 'livekit-server-sdk';
import { describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { coachRoom } from '#shared/domain/rooms.ts';
import { mintRoomToken } from './mint-room-token.ts';
import { grantsFor, ROOM_TOKEN_ROLES, type RoomTokenRole } from './room-grants.ts';

const COACH_ROOM = coachRoom('call-1' as CallId);
const roomFor = (role: RoomTokenRole): string => (role === 'coach' ? COACH_ROOM : 'call-room');

describe('grants of a role', () => {
  test('[TOK1] every right is written out for every role', () => {
    for (const role of ROOM_TOKEN_ROLES) {
      const { canPublishSources, ...grants } = grantsFor(role, roomFor(role));
      expect(canPublishSources).toEqual([2]);
      expect(Object.values(grants).every(value => value !== undefined)).toBe(true);
      expect(Object.keys(grants).sort()).toEqual([
        'agent',
        'canPublish',
        'canPublishData',
        'canSubscribe',
        'canUpdateOwnMetadata',
        'hidden',
        'room',
        'roomJoin',
      ]);
    }
  });

  test('[TOK1] a caller sends no data, a monitor publishes nothing and is hidden, and only the AI is an agent', () => {
    expect(grantsFor('caller', 'r')).toMatchObject({
      canPublish: true,
      canPublishData: false,
      hidden: false,
    });
    expect(grantsFor('monitor', 'r')).toMatchObject({
      canPublish: false,
      canPublishData: false,
      hidden: true,
    });
    expect(ROOM_TOKEN_ROLES.filter(role => grantsFor(role, roomFor(role)).agent)).toEqual(['ai']);
    expect(ROOM_TOKEN_ROLES.filter(role => grantsFor(role, roomFor(role)).hidden)).toEqual(['monitor']);
    // People of ours hear once the matrix lets them, not by a token that may be used again.
    expect(ROOM_TOKEN_ROLES.filter(role => grantsFor(role, roomFor(role)).canSubscribe)).toEqual([
      'caller',
      'ai',
    ]);
  });

  test('[TOK4] no role but coach gets into a coach room, and coach into no other', () => {
    for (const role of ROOM_TOKEN_ROLES) {
      const other = role === 'coach' ? 'call-room' : COACH_ROOM;
      expect(() => grantsFor(role, other)).toThrow(/coach room/u);
    }
  });

  test('[TOK2] a token joins for an hour or for ten minutes, and carries names and notes', async () => {
    const access = { url: 'ws://127.0.0.1:1', apiKey: 'key', apiSecret: 'a-secret-of-some-length-for-tests' };
    const verifier = new TokenVerifier(access.apiKey, access.apiSecret);
    for (const [role, seconds] of [
      ['caller', 3600],
      ['monitor', 600],
      ['live', 600],
    ] as const) {
      const minted = await mintRoomToken(access, {
        role,
        roomName: 'call-room',
        identity: 'someone',
        name: 'Some One',
        metadata: '{"a":1}',
      });
      const claims = await verifier.verify(minted.token);
      // The two are read from the clock one after the other, in whole seconds.
      const lastsSeconds = (claims.exp ?? 0) - (claims.nbf ?? claims.iat ?? 0);
      expect(Math.abs(lastsSeconds - seconds)).toBeLessThanOrEqual(1);
      expect(minted.expiresInMs).toBe(seconds * 1000);
      expect(claims).toMatchObject({ sub: 'someone', name: 'Some One', metadata: '{"a":1}' });
    }
  });
});
