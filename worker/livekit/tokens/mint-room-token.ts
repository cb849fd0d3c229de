import { AccessToken } from 'livekit-server-sdk';
import type { LivekitAccess } from '../livekit-access.ts';
import { grantsFor, TOKEN_TTL_S, type RoomTokenRole } from './room-grants.ts';

export interface RoomTokenRequest {
  readonly role: RoomTokenRole;
  readonly roomName: string;
  readonly identity: string;
  readonly name: string;
  /** Shown to the others in the room. */
  readonly metadata?: string;
}

export interface RoomToken {
  readonly token: string;
  readonly roomName: string;
  readonly identity: string;
  readonly expiresInMs: number;
}

/** The right to join one room as one identity. */
export async function mintRoomToken(access: LivekitAccess, request: RoomTokenRequest): Promise<RoomToken> {
  const { role, roomName, identity, name, metadata } = request;
  const ttl = TOKEN_TTL_S[role];
  const token = new AccessToken(access.apiKey, access.apiSecret, {
    identity,
    name,
    ttl,
    ...(metadata === undefined ? {} : { metadata }),
  });
  token.addGrant(grantsFor(role, roomName));
  if (role === 'ai') token.kind = 'agent';
  return { token: await token.toJwt(), roomName, identity, expiresInMs: ttl * 1000 };
}
