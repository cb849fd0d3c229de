import type { ConsultationBook } from '#shared/adapters/consultation-book.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { ConsultationQuery } from '#shared/domain/consultation.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import {
  callerIdentity,
  callOfCoachRoom,
  consultationRoom,
  readRoomNote,
  type ConsultationType,
  type RoomNote,
} from '#shared/domain/rooms.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { ConsultationAnswer, RoomTokenAnswer, RoomTokenRequest } from '#shared/protocol/room-token.ts';
import type { DialPermits } from '#worker/livekit/dial-permits.ts';
import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';
import type { RoomServer } from '#worker/livekit/room-server.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import type { OpenCalls } from './open-calls.ts';
import { signedIn } from './signed-in.ts';
import type { WebhookKey } from './read-webhook.ts';
import { RateLimit } from './rate-limit.ts';
import { seatFor } from './room-seat.ts';

/** Rooms that one address may open; a person who is cut off tries again a few times. */
export const CONSULTATION_LIMIT = { count: 6, windowMs: 60_000 };

export interface ControlRooms {
  readonly access: LivekitAccess;
  readonly server: RoomServer;
  /** Phones that we can call: our trunk, how many calls all hosts take, and what they may dial. Absent where there is no trunk. */
  readonly phones?: {
    readonly trunkId: string;
    readonly maxCalls: number;
    readonly permits: DialPermits;
  };
  /** What signs the server's events; the server's own key where none is set apart. */
  readonly webhookKey?: WebhookKey;
}

interface RoomHandlerDeps {
  /** `null` where calls do not run in rooms. */
  readonly rooms: ControlRooms | null;
  readonly openCalls: OpenCalls;
  readonly store: ConsultationBook;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Whose callers use the public page. */
  readonly publicOrgId: OrgId;
}

/** The routes of `room-routes.ts`. */
export function roomHandlers(deps: RoomHandlerDeps) {
  const limit = new RateLimit(CONSULTATION_LIMIT);
  const token = async (request: RoomTokenRequest, actor: Actor | null): Promise<RoomTokenAnswer> => {
    const rooms = configured(deps.rooms);
    const person = signedIn(actor);
    const callId = await callIn(request.roomName, person.orgId, rooms.server, deps.openCalls);
    const seat = seatFor(request, person, callId);
    const { roomName, metadata } = request;
    const name = request.name ?? (seat.role === 'caller' || seat.role === 'ai' ? '' : person.name);
    const minted = await mintRoomToken(rooms.access, {
      ...seat,
      roomName,
      name,
      ...(metadata === undefined ? {} : { metadata }),
    });
    return { ...minted, url: rooms.access.url };
  };
  return {
    ownRoomToken: ({
      query,
      actor,
    }: {
      readonly query: { readonly roomName: string };
      readonly actor: Actor | null;
    }) => token({ ...query, participantType: 'monitor' }, actor),
    roomToken: ({ body, actor }: { readonly body: RoomTokenRequest; readonly actor: Actor | null }) =>
      token(body, actor),
    openConsultation: async ({
      body,
      address,
    }: {
      readonly body: { readonly type: ConsultationType; readonly name: string };
      readonly address: string;
    }): Promise<ConsultationAnswer> => {
      const rooms = configured(deps.rooms);
      if (!limit.take(address, deps.clock.mono()))
        throw appError('access.too-often', 'Too many calls were started from here. Wait a minute.', {
          retryable: true,
        });
      return openConsultation(rooms, deps, body);
    },
    consultations: async ({
      query,
      actor,
    }: {
      readonly query: ConsultationQuery;
      readonly actor: Actor | null;
    }) => ({ consultations: [...(await deps.store.consultations(signedIn(actor).orgId, query))] }),
    archiveConsultation: async ({
      params,
      body,
      actor,
    }: {
      readonly params: { readonly id: string };
      readonly body: { readonly archived: boolean };
      readonly actor: Actor | null;
    }) => {
      const { orgId } = signedIn(actor);
      if (!(await deps.store.archiveConsultation(orgId, params.id as CallId, body.archived)))
        throw appError('call.unknown', 'There is no such consultation.');
      return { archived: body.archived };
    },
  };
}

async function openConsultation(
  { access, server }: ControlRooms,
  { clock, newId, publicOrgId, store }: RoomHandlerDeps,
  { type, name }: { readonly type: ConsultationType; readonly name: string },
): Promise<ConsultationAnswer> {
  const callId = newId() as CallId;
  const roomName = consultationRoom(type, clock.now(), randomIdOf(newId()));
  const note: RoomNote = {
    callId,
    orgId: publicOrgId,
    line: LINES[type],
    displayName: name,
    simulated: false,
  };
  const metadata = JSON.stringify(note);
  await server.createRoom(roomName, metadata);
  try {
    await server.dispatch(roomName, metadata);
    await store.addConsultation({ id: callId, orgId: publicOrgId, roomName, type, atMs: clock.now() });
  } catch (error) {
    // A caller must not wait in a room that nobody will enter; should this fail too, the server closes it when it stays empty.
    await server.deleteRoom(roomName).catch(() => undefined);
    throw error;
  }
  const minted = await mintRoomToken(access, {
    role: 'caller',
    roomName,
    identity: callerIdentity(callId),
    name,
  });
  return { ...minted, url: access.url, callId };
}

const LINES: Readonly<Record<ConsultationType, string>> = {
  quote: 'Quotes',
  claims: 'Claims',
  support: 'Support',
  training: 'Training',
};

/** Letters and digits of an id that has dashes. */
const randomIdOf = (id: string): string => id.replace(/[^0-9a-z]/giu, '').slice(-12);

function configured(rooms: ControlRooms | null): ControlRooms {
  if (!rooms)
    throw appError(
      'media.not-configured',
      'This worker has no LiveKit server. Start it with --livekit-url, LIVEKIT_API_KEY and LIVEKIT_API_SECRET.',
    );
  return rooms;
}

/** The call whose room this is. Rejects with `room.unknown`, also for the room of another org. */
async function callIn(
  roomName: string,
  orgId: OrgId,
  server: RoomServer,
  openCalls: OpenCalls,
): Promise<CallId> {
  const metadata = await server.metadataOf(roomName);
  if (metadata === null) throw unknownRoom();
  const coached = callOfCoachRoom(roomName);
  if (coached !== null) {
    if (openCalls.has(coached, orgId)) return coached;
    throw unknownRoom();
  }
  const call = readRoomNote(metadata) ?? openCalls.callInRoom(roomName);
  if (call?.orgId !== orgId) throw unknownRoom();
  return call.callId;
}

const unknownRoom = (): Error => appError('room.unknown', 'There is no such room.');
