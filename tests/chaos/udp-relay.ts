import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkPlan, PERFECT, type Network, type NetworkPlan } from './network-plan.ts';

export interface UdpEnd {
  readonly address: string;
  readonly port: number;
}

export interface UdpRelay {
  readonly port: number;
  /** What the network does from now on, in both directions. */
  set(network: Network): void;
  /** Packets that arrived here, and those that were given on, of both directions. */
  readonly counts: () => { readonly arrived: number; readonly passed: number };
  close(): Promise<void>;
}

/**
 * Stands where a server says it is and gives packets on to where it really is, as badly as the network is told to be. Each client
 * has a socket of its own towards the server, as behind an address translator.
 */
export async function startUdpRelay(from: UdpEnd, to: UdpEnd, seed: number): Promise<UdpRelay> {
  let network = PERFECT;
  const counts = { arrived: 0, passed: 0 };
  const timers = new Set<NodeJS.Timeout>();
  const clients = new Map<string, Promise<Socket>>();
  const plans = { up: networkPlan(seed), down: networkPlan(seed + 1) };

  const pass = (plan: NetworkPlan, give: () => void): void => {
    counts.arrived += 1;
    const nowMs = performance.now();
    const atMs = plan(network, nowMs);
    if (atMs === null) return;
    const given = (): void => {
      counts.passed += 1;
      give();
    };
    // Without delay nothing waits for a timer, or a perfect network would not be one.
    if (atMs <= nowMs) return given();
    const timer = setTimeout(() => {
      timers.delete(timer);
      given();
    }, atMs - nowMs);
    timers.add(timer);
  };

  const front = await boundSocket(from);
  const openTowards = async (client: UdpEnd): Promise<Socket> => {
    const socket = await boundSocket({ address: to.address, port: 0 });
    socket.on('message', packet => pass(plans.down, () => front.send(packet, client.port, client.address)));
    return socket;
  };
  front.on('message', (packet, { address, port }) => {
    const key = `${address}:${String(port)}`;
    const towards = clients.get(key) ?? openTowards({ address, port });
    clients.set(key, towards);
    void towards.then(socket => pass(plans.up, () => socket.send(packet, to.port, to.address)));
  });
  return {
    port: front.address().port,
    set: next => (network = next),
    counts: () => ({ ...counts }),
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of [front, ...(await Promise.all(clients.values()))]) {
        socket.removeAllListeners('message');
        socket.close();
        await once(socket, 'close');
      }
    },
  };
}

async function boundSocket({ address, port }: UdpEnd): Promise<Socket> {
  // Where nobody listens the kernel says so on the socket; for a network that is a lost packet.
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20, sendBufferSize: 1 << 20 });
  socket.on('error', () => undefined);
  socket.bind(port, address);
  await Promise.race([
    once(socket, 'listening'),
    once(socket, 'error').then(([error]) => {
      throw error as Error;
    }),
  ]);
  return socket;
}
