import { z } from 'zod';
import { callIdSchema, orgIdSchema, userIdSchema, type CallId, type UserId } from './ids.ts';

/** Kinds of consultation a caller's page may open. Source: requirement H14. */
export const consultationTypeSchema = z.enum(['quote', 'claims', 'support', 'training']);
export type ConsultationType = z.infer<typeof consultationTypeSchema>;

/** `consultation_{type}_{timestamp}_{randomId}`; `randomId` are letters and digits. */
export function consultationRoom(type: ConsultationType, atMs: number, randomId: string): string {
  return `consultation_${type}_${String(atMs)}_${randomId}`;
}

/** The room in which a supervisor speaks to the human on a call. The caller is never a member of it. */
export const coachRoom = (callId: CallId): string => `${COACH_PREFIX}${callId}`;
const COACH_PREFIX = 'coach-';
export const isCoachRoom = (roomName: string): boolean => roomName.startsWith(COACH_PREFIX);
/** @returns the call that a coach room belongs to, or `null` for any other room */
export function callOfCoachRoom(roomName: string): CallId | null {
  const parsed = callIdSchema.safeParse(isCoachRoom(roomName) ? roomName.slice(COACH_PREFIX.length) : '');
  return parsed.success ? parsed.data : null;
}

/** Where a colleague on the phone is told of a call before they get it. Its caller is never a member of it. */
export const briefingRoom = (roomName: string): string => `brief-${roomName}`;

/** What a room carries as its metadata and a dispatch as its own: which call it is. Absent for a call that SIP brings. */
export const roomNoteSchema = z.object({
  callId: callIdSchema,
  orgId: orgIdSchema,
  line: z.string().max(100),
  displayName: z.string().max(200),
  simulated: z.boolean().default(false),
  /** The scripted caller that will ring, where it is one. */
  scenario: z.string().max(100).optional(),
  /** The phone that the host calls into the room, for a call that we place: the outbound trunk's id and the number. */
  dial: z.object({ trunkId: z.string().max(100), number: z.string().max(30) }).optional(),
});
export type RoomNote = z.infer<typeof roomNoteSchema>;

/** @returns what the metadata says of the call, or `null` where it says nothing of the kind */
export function readRoomNote(metadata: string): RoomNote | null {
  try {
    return roomNoteSchema.safeParse(JSON.parse(metadata)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Who somebody in a room is. One identity for the AI: a host that takes a call over displaces the one that hangs.
 * `sip` is a leg that livekit-sip names itself (`sip_+4930...`), `colleague` a phone that we called to take a call over.
 */
export type RoomRole =
  | { readonly role: 'ai' }
  | { readonly role: 'caller' }
  | { readonly role: 'sip' }
  | { readonly role: 'colleague' }
  | { readonly role: 'monitor' | 'live' | 'coach'; readonly userId: UserId }
  | { readonly role: 'unknown' };

export const AI_IDENTITY = 'ai';
export const callerIdentity = (callId: CallId): string => `caller-${callId}`;
/** A leg of SIP, and never the caller. @param number as it is dialled */
export const colleagueIdentity = (number: string): string => `${COLLEAGUE_PREFIX}${number.replace('+', '')}`;
const COLLEAGUE_PREFIX = 'sip_to_';
/** Hidden and subscribe-only. */
export const monitorIdentity = (userId: UserId): string => `sup-${userId}-mon`;
/** Visible; connected in advance with its microphone published and muted. */
export const liveIdentity = (userId: UserId): string => `sup-${userId}-live`;
/** In the coach room only. */
export const coachIdentity = (userId: UserId): string => `sup-${userId}-coach`;

const OURS = /^sup-(?<userId>.+)-(?<suffix>mon|live|coach)$/u;
const ROLE_OF = { mon: 'monitor', live: 'live', coach: 'coach' } as const;

export function roleOf(identity: string): RoomRole {
  if (identity === AI_IDENTITY) return { role: 'ai' };
  if (identity.startsWith('caller-')) return { role: 'caller' };
  if (identity.startsWith(COLLEAGUE_PREFIX)) return { role: 'colleague' };
  if (identity.startsWith('sip_')) return { role: 'sip' };
  const { userId, suffix } = OURS.exec(identity)?.groups ?? {};
  const parsed = userIdSchema.safeParse(userId);
  return parsed.success && suffix
    ? { role: ROLE_OF[suffix as keyof typeof ROLE_OF], userId: parsed.data }
    : { role: 'unknown' };
}
