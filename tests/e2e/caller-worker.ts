import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidV7 } from '#shared/base/uuid-v7.ts';
import { startControl } from '#worker/control/start-control.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import type { LivekitServer } from '#infra/livekit/start-server.ts';
import { joinRoom, type RoomGuest } from '#tests/fixtures/room-guest.ts';
import { quietControl } from '#tests/fixtures/quiet-control.ts';

export const TEXT_URL = 'https://shop.example/contact';

/** The worker's own API with the caller's page, over a real LiveKit server; who would take the calls is the test. */
export interface CallerWorker {
  readonly url: string;
  /** Rooms that the page has opened, newest last. */
  readonly rooms: readonly string[];
  /** Joins the newest room as the AI and sounds like this. */
  answer(hz: number): Promise<RoomGuest>;
  deleteRoom(): Promise<void>;
  stop(): Promise<void>;
}

/** @param livekit a server in whose place nobody may answer, or null for a worker without rooms */
export async function startCallerWorker(
  livekit: Pick<LivekitServer, 'url' | 'apiKey' | 'apiSecret'> | null,
): Promise<CallerWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-caller-'));
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const rooms: string[] = [];
  const server = livekit && livekitRoomServer(livekit);
  const control = await startControl({
    ...quietControl(store, folder),
    publicNames: ['calls.example'],
    newId: () => uuidV7(systemClock.now(), Math.random),
    callerPage: { folder: join(import.meta.dirname, '../../out/caller'), textUrl: TEXT_URL },
    ...(livekit && server
      ? {
          rooms: {
            access: livekit,
            server: {
              ...server,
              createRoom: (name: string, metadata: string) => {
                rooms.push(name);
                return server.createRoom(name, metadata);
              },
            },
          },
        }
      : {}),
  });
  return {
    url: `http://127.0.0.1:${String(control.port)}`,
    rooms,
    answer: async hz => {
      if (!livekit) throw new Error('there are no rooms');
      const roomName = rooms.at(-1) ?? '';
      const { token } = await mintRoomToken(livekit, { role: 'ai', roomName, identity: 'ai', name: '' });
      const ai = await joinRoom(livekit.url, token);
      await ai.speak(hz);
      return ai;
    },
    deleteRoom: async () => server?.deleteRoom(rooms.at(-1) ?? ''),
    stop: async () => {
      await control.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
