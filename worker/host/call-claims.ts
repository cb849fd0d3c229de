import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** A host that was given a room and has no call there after this long will have none. */
const CLAIM_LIMIT_MS = 5000;
/** A call that no host has taken over by then is over. */
export const RESUME_LIMIT_MS = 10_000;

/** What a host is told before it joins a room; `profile` is the org's, for what begins there. */
export type ClaimAnswer =
  | { readonly grant: 'new'; readonly profile: RetentionProfile }
  /** The call is under way; its host is dead. */
  | {
      readonly grant: 'resume';
      readonly callId: CallId;
      readonly events: readonly CallEvent[];
      /** People whose desks are alive: a takeover by one of them stays in force. */
      readonly present: readonly UserId[];
      readonly profile: RetentionProfile;
    }
  /** Another host has it, or the call has ended. */
  | { readonly grant: 'refused' };

interface Claim {
  /** null: its host is dead */
  readonly hostId: string | null;
  readonly callId: CallId | null;
  readonly sinceMono: number;
}

/** Which host has which room and call. Pure; one call is on one host at a time. */
export type CallClaims = ReadonlyMap<string, Claim>;

export const NO_CLAIMS: CallClaims = new Map();

/** @returns the call to go on with, null for a new one, or `refused` */
export function claimRoom(
  claims: CallClaims,
  roomName: string,
  hostId: string,
  atMono: number,
): { readonly claims: CallClaims; readonly callId: CallId | null | 'refused' } {
  const held = claims.get(roomName);
  const isFree =
    !held || held.hostId === null || (held.callId === null && atMono - held.sinceMono > CLAIM_LIMIT_MS);
  if (!isFree) return { claims, callId: 'refused' };
  const callId = held?.callId ?? null;
  return { claims: new Map(claims).set(roomName, { hostId, callId, sinceMono: atMono }), callId };
}

/** A call has begun in a room, or goes on there. */
export function callBegan(claims: CallClaims, roomName: string, callId: CallId, hostId: string): CallClaims {
  return new Map(claims).set(roomName, { hostId, callId, sinceMono: 0 });
}

export function callEnded(claims: CallClaims, callId: CallId): CallClaims {
  return new Map([...claims].filter(([, claim]) => claim.callId !== callId));
}

/** The host has given the room up. A call that has not ended there waits for another. */
export function roomLeft(claims: CallClaims, roomName: string, hostId: string, atMono: number): CallClaims {
  const claim = claims.get(roomName);
  if (claim?.hostId !== hostId) return claims;
  const next = new Map(claims);
  if (claim.callId === null) next.delete(roomName);
  else next.set(roomName, { hostId: null, callId: claim.callId, sinceMono: atMono });
  return next;
}

/** @returns the rooms that have to be dispatched again */
export function hostLost(
  claims: CallClaims,
  hostId: string,
  atMono: number,
): { readonly claims: CallClaims; readonly roomNames: readonly string[] } {
  const lost = [...claims].filter(([, claim]) => claim.hostId === hostId);
  const next = new Map(claims);
  for (const [roomName, { callId }] of lost) next.set(roomName, { hostId: null, callId, sinceMono: atMono });
  return { claims: next, roomNames: lost.map(([roomName]) => roomName) };
}

/** @returns rooms that nobody has taken over in time, and their calls */
export function overdue(
  claims: CallClaims,
  atMono: number,
): {
  readonly claims: CallClaims;
  readonly late: readonly { readonly roomName: string; readonly callId: CallId }[];
} {
  const next = new Map(claims);
  const late: { readonly roomName: string; readonly callId: CallId }[] = [];
  for (const [roomName, { hostId, callId, sinceMono }] of claims) {
    if (hostId !== null || atMono - sinceMono < RESUME_LIMIT_MS) continue;
    next.delete(roomName);
    if (callId !== null) late.push({ roomName, callId });
  }
  return { claims: next, late };
}
