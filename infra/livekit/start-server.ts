import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { serverConfig, type ServerSettings } from './server-config.ts';

const READY_LIMIT_MS = 15_000;
const LOOK_EVERY_MS = 50;
const STOP_LIMIT_MS = 5_000;

export interface LivekitServer {
  /** `ws://127.0.0.1:PORT`, for clients; the same with `http` for the API. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly pid: number;
  /** Where its media arrives on 127.0.0.1. */
  readonly udpPort: number;
  /** Asks it to end and waits; calls of its rooms are over. */
  stop(): Promise<void>;
  /** As a crash does. */
  kill(): Promise<void>;
}

export type StartOptions = Partial<ServerSettings>;

/** Starts a real LiveKit server on loopback with keys of its own. Rejects with what it wrote when it does not come up (LK3). */
export async function startLivekitServer(file: string, options: StartOptions = {}): Promise<LivekitServer> {
  const apiKey = options.apiKey ?? `key${randomBytes(6).toString('hex')}`;
  const apiSecret = options.apiSecret ?? randomBytes(32).toString('base64url');
  const port = options.port ?? (await freeTcpPort());
  const udpPort = options.udpPort ?? (await freeUdpPort());
  const settings = { autoCreate: true, ...options, port, udpPort, apiKey, apiSecret };
  // Not as an argument: other users of the machine could read the keys.
  const env = { ...process.env, LIVEKIT_CONFIG: serverConfig(settings) };
  const child = spawn(file, [], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4000)));
  const gone = once(child, 'exit');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const stuck = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(stuck);
  };
  const http = `http://127.0.0.1:${String(port)}`;
  for (const giveUpAt = Date.now() + READY_LIMIT_MS; !(await answers(http, apiKey, apiSecret));) {
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      await end('SIGKILL');
      throw new Error(`LiveKit’s server did not come up: ${said.trim()}`);
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return {
    url: http.replace('http', 'ws'),
    apiKey,
    apiSecret,
    pid: child.pid ?? 0,
    udpPort,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Whether a server is there and takes our key: on a taken port another one would answer too. */
async function answers(url: string, apiKey: string, apiSecret: string): Promise<boolean> {
  const token = await new SignJWT({ video: { roomList: true } })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(apiKey)
    .setExpirationTime('1m')
    .sign(new TextEncoder().encode(apiSecret));
  const list = fetch(`${url}/twirp/livekit.RoomService/ListRooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{}',
  });
  return list.then(
    answer => answer.ok,
    () => false,
  );
}

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
