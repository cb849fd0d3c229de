import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { build, type Rollup } from 'vite';
import type { RoomEntry } from '#shared/ipc/audio-way.ts';
import { roleOf } from '#shared/domain/rooms.ts';
import { livekitRoomPeople } from '#worker/livekit/room-people.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import type { RoomTokenRole } from '#worker/livekit/tokens/room-grants.ts';
import type { LivekitServer } from '#infra/livekit/start-server.ts';

/** A way into a room of the real server, as the worker would give it. */
export async function entryFor(
  server: LivekitServer,
  role: RoomTokenRole,
  roomName: string,
  identity: string,
): Promise<RoomEntry> {
  const { token } = await mintRoomToken(server, { role, roomName, identity, name: '' });
  return { via: 'livekit', url: server.url, token, roomName, identity };
}

/** How often the room is looked at. */
const LOOK_EVERY_MS = 100;

/**
 * Opens the ears of our listeners, as the worker does while a call's matrix lets them hear (SUP64); also those of one who comes
 * back. @returns stops it
 */
export function letListenersHear(server: LivekitServer, roomName: string): () => void {
  const people = livekitRoomPeople(server);
  const look = async (): Promise<void> => {
    for (const person of await people.people(roomName))
      if (roleOf(person.identity).role === 'monitor' && !person.mayHear)
        await people.letHear(roomName, person, true);
  };
  // A server that is gone in the middle of a test is looked at again.
  const looking = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  return () => clearInterval(looking);
}

export const newRoomName = (): string => `room-${randomUUID()}`;

export interface ServedPage {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the page of the room link on loopback under the policy that `cspOf` names when it is asked for. */
export async function serveRoomPage(cspOf: () => string): Promise<ServedPage> {
  const result = await build({
    configFile: false,
    root: join(import.meta.dirname, 'room-page'),
    base: './',
    logLevel: 'error',
    build: { write: false, target: 'chrome156', assetsInlineLimit: 0 },
  });
  const { output } = (Array.isArray(result) ? result[0] : result) as Rollup.RolldownOutput;
  const files = new Map(
    output.map(file => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]),
  );
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    const body = files.get(path);
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': path.endsWith('.html') ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8',
      'content-security-policy': cspOf(),
    });
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
