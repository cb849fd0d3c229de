import { AgentDispatchClient, RoomServiceClient, ServerError } from 'livekit-server-sdk';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { apiUrl, type LivekitAccess } from './livekit-access.ts';

/** The name under which our hosts register, and with which a room asks for one. */
export const AGENT_NAME = 'sidetone';

/** A room nobody has joined yet is kept this long, and one that everybody has left so long that a reload finds it. */
const EMPTY_TIMEOUT_S = 120;
const DEPARTURE_TIMEOUT_S = 20;

const OPTIONS = { requestTimeout: 5 };

/** Rooms as their server keeps them. Errors: `media.unreachable` (retryable), `media.refused`. */
export interface RoomServer {
  createRoom(roomName: string, metadata: string): Promise<void>;
  /** @returns its metadata, or `null` when there is no such room */
  metadataOf(roomName: string): Promise<string | null>;
  deleteRoom(roomName: string): Promise<void>;
  /**
   * Asks LiveKit to give the room to a host of ours. That one comes is not promised (`DispatchWatch`).
   * @param metadata JSON of a `RoomNote`, or empty
   */
  dispatch(roomName: string, metadata: string): Promise<void>;
}

export function livekitRoomServer(access: LivekitAccess): RoomServer {
  const { apiKey, apiSecret } = access;
  const rooms = new RoomServiceClient(apiUrl(access), apiKey, apiSecret, OPTIONS);
  const dispatches = new AgentDispatchClient(apiUrl(access), apiKey, apiSecret, OPTIONS);
  return {
    createRoom: async (name, metadata) => {
      await asking(
        rooms.createRoom({
          name,
          metadata,
          emptyTimeout: EMPTY_TIMEOUT_S,
          departureTimeout: DEPARTURE_TIMEOUT_S,
        }),
      );
    },
    metadataOf: async name => {
      const [room] = await asking(rooms.listRooms([name]));
      return room?.metadata ?? null;
    },
    deleteRoom: async name => asking(rooms.deleteRoom(name)),
    dispatch: async (roomName, metadata) => {
      await asking(dispatches.createDispatch(roomName, AGENT_NAME, { metadata }));
    },
  };
}

/** What the server's API answers, with our codes for its failures. */
export async function asking<Answer>(request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } catch (error) {
    throw toMediaError(error);
  }
}

function toMediaError(cause: unknown): AppError {
  const answered = cause instanceof ServerError && cause.status >= 400 && cause.status < 500;
  const { body } = answered
    ? appError('media.refused', 'The media server refused the request.')
    : appError('media.unreachable', 'The media server does not answer.', { retryable: true });
  return new AppError(body, { cause });
}
