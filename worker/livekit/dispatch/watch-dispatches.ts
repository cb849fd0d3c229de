import { RoomServiceClient, TwirpError } from 'livekit-server-sdk';
import type { Clock } from '#shared/domain/clock.ts';
import { AI_IDENTITY, roleOf } from '#shared/domain/rooms.ts';
import { apiUrl, type LivekitAccess } from '../livekit-access.ts';
import { NO_WATCH, stepDispatchWatch, type RoomLook, type WatchInput } from './dispatch-watch.ts';

const LOOK_EVERY_MS = 1000;

export interface WatchDispatchesOptions {
  readonly access: LivekitAccess;
  readonly clock: Clock;
  /** Usually that of `RoomServer`. */
  readonly dispatch: (roomName: string, metadata: string) => Promise<void>;
  /** A room was dispatched again. */
  readonly onAgain: (roomName: string) => void;
  readonly onError: (error: unknown) => void;
}

export interface DispatchWatcher {
  /** The host of these rooms is dead: they are dispatched at once, without waiting for LiveKit to notice. */
  hostLost(roomNames: readonly string[]): void;
  stop(): void;
}

/** Looks at every room once a second, widget and SIP alike, and dispatches again where a caller has no AI (HOST8). */
export function watchDispatches(options: WatchDispatchesOptions): DispatchWatcher {
  const { access, clock, onError } = options;
  const client = new RoomServiceClient(apiUrl(access), access.apiKey, access.apiSecret);
  const metadata = new Map<string, string>();
  let watch = NO_WATCH;
  let isStopped = false;

  const step = (input: WatchInput): void => {
    const stepped = stepDispatchWatch(watch, input);
    watch = stepped.watch;
    for (const roomName of stepped.dispatch) {
      options.onAgain(roomName);
      options.dispatch(roomName, metadata.get(roomName) ?? '').catch(onError);
    }
  };
  const look = async (): Promise<void> => {
    const rooms = await lookAtRooms(client);
    metadata.clear();
    for (const room of rooms) metadata.set(room.roomName, room.metadata);
    step({ type: 'looked', rooms, atMono: clock.mono() });
  };
  const lookAgain = (): void => {
    if (isStopped) return;
    look()
      .catch(onError)
      .finally(() => clock.after(LOOK_EVERY_MS, lookAgain));
  };
  lookAgain();
  return {
    hostLost: roomNames => step({ type: 'host.lost', roomNames, atMono: clock.mono() }),
    stop: () => (isStopped = true),
  };
}

/** A room that ends between the two questions has nobody in it. */
async function lookAtRooms(client: RoomServiceClient): Promise<readonly RoomLook[]> {
  const rooms = await client.listRooms();
  return Promise.all(
    rooms.map(async ({ name, metadata }) => {
      const members = await client.listParticipants(name).catch(noneWhereGone);
      return {
        roomName: name,
        metadata,
        hasCaller: members.some(({ identity }) => ['caller', 'sip'].includes(roleOf(identity).role)),
        aiSid: members.find(({ identity }) => identity === AI_IDENTITY)?.sid ?? null,
      };
    }),
  );
}

function noneWhereGone(error: unknown): [] {
  if (error instanceof TwirpError && error.code === 'not_found') return [];
  throw error;
}
