import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { CUT, PERFECT } from './network-plan.ts';
import { startUdpRelay, type UdpRelay } from './udp-relay.ts';

const open: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function socketOn(address: string): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, address);
  await once(socket, 'listening');
  open.push(() => void socket.close());
  return socket;
}

/** A server that answers each packet with itself, behind a relay, and one client. */
async function bench() {
  const server = await socketOn('127.0.0.1');
  server.on('message', (packet, { address, port }) => server.send(packet, port, address));
  const relay = await startUdpRelay(
    { address: '127.0.0.1', port: 0 },
    { address: '127.0.0.1', port: server.address().port },
    1,
  );
  open.push(() => relay.close());
  const client = await socketOn('127.0.0.1');
  const heard: Buffer[] = [];
  client.on('message', packet => heard.push(packet));
  const send = (packet: Uint8Array): void => client.send(packet, relay.port, '127.0.0.1');
  return { relay, heard, send };
}

const passed = (relay: UdpRelay): number => relay.counts().passed;

test('[CHA2] over a perfect network every packet comes back, in order and unchanged', async () => {
  const { heard, send } = await bench();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 1200 }), { minLength: 1, maxLength: 20 }),
      async packets => {
        heard.splice(0);
        for (const packet of packets) send(packet);
        await vi.waitFor(() => expect(heard).toHaveLength(packets.length), { interval: 2, timeout: 5000 });
        heard.forEach((packet, at) => expect(Buffer.compare(packet, Buffer.from(packets[at] ?? []))).toBe(0));
      },
    ),
    { numRuns: 50 },
  );
});

test('[CHA4] while the network is cut nothing passes, and afterwards everything does', async () => {
  const { relay, heard, send } = await bench();
  relay.set(CUT);
  for (let packet = 0; packet < 10; packet += 1) send(Buffer.from([packet]));
  await vi.waitFor(() => expect(relay.counts().arrived).toBe(10));
  expect([passed(relay), heard]).toEqual([0, []]);
  relay.set(PERFECT);
  send(Buffer.from([99]));
  await vi.waitFor(() => expect(heard.map(packet => packet[0])).toEqual([99]));
});

test('[CHA3] a delayed packet is given on later, and closing forgets those under way', async () => {
  const { relay, heard, send } = await bench();
  relay.set({ ...PERFECT, delayMs: 20, jitterMs: 10 });
  for (let packet = 0; packet < 20; packet += 1) send(Buffer.from([packet]));
  await vi.waitFor(() =>
    expect(heard.map(packet => packet[0])).toEqual(Array.from({ length: 20 }, (_, at) => at)),
  );
  relay.set({ ...PERFECT, delayMs: 600_000 });
  send(Buffer.from([1]));
  await vi.waitFor(() => expect(relay.counts().arrived).toBe(41));
  expect(passed(relay)).toBe(40);
});
