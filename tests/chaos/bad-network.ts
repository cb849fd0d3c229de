import { startLivekitServer, type LivekitServer } from '#infra/livekit/start-server.ts';
import { joinAsPerson, type RoomPerson } from '#tests/fixtures/livekit/room-person.ts';
import { roomToken } from '#tests/fixtures/livekit/room-server.ts';
import { startUdpRelay, type UdpRelay } from './udp-relay.ts';

/** Where clients believe the server is; all of 127/8 is this machine. */
const ANNOUNCED = '127.0.0.2';

export interface BadNetwork {
  readonly relay: UdpRelay;
  readonly server: () => LivekitServer;
  join(identity: string): Promise<RoomPerson>;
  /** As a crash does. */
  killServer(): Promise<void>;
  /** Another one at the same place with the same keys. */
  startServer(): Promise<void>;
  close(): Promise<void>;
}

/** A real server whose media all goes through a relay, and people who join it. */
export async function openBadNetwork(file: string, seed: number): Promise<BadNetwork> {
  let server = await startLivekitServer(file, { announcedAddress: ANNOUNCED });
  const { udpPort, apiKey, apiSecret } = server;
  const port = Number(new URL(server.url).port);
  const relay = await startUdpRelay(
    { address: ANNOUNCED, port: udpPort },
    { address: '127.0.0.1', port: udpPort },
    seed,
  );
  const people: RoomPerson[] = [];
  return {
    relay,
    server: () => server,
    join: async identity => {
      const person = await joinAsPerson(server.url, await roomToken(server, identity, 'room-1'));
      people.push(person);
      return person;
    },
    killServer: () => server.kill(),
    startServer: async () => {
      server = await startLivekitServer(file, {
        port,
        udpPort,
        apiKey,
        apiSecret,
        announcedAddress: ANNOUNCED,
      });
    },
    close: async () => {
      for (const person of people) await person.leave().catch(() => undefined);
      await relay.close();
      await server.stop();
    },
  };
}
