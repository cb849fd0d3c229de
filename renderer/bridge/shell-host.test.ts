// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { PortSocket } from './shell-host.ts';

/** The page's end of a port; what the desk would say is given to `onmessage`. */
function bench() {
  const { port1, port2 } = new MessageChannel();
  const sent: unknown[] = [];
  port1.postMessage = (data: unknown) => void sent.push(data);
  const socket = new PortSocket();
  const told: unknown[] = [];
  socket.onopen = () => told.push('open');
  socket.onmessage = ({ data }) => told.push(data);
  socket.onclose = ({ code, reason }) => told.push([code, reason]);
  socket.send('too early');
  socket.adopt(port1);
  const fromDesk = (data: unknown): void => {
    port1.onmessage?.({ data } as never);
  };
  return { socket, told, sent, fromDesk, done: () => port2.close() };
}

test('[IPC52] the page’s end opens when its port comes, and takes text and frames', () => {
  const { told, sent, fromDesk, socket, done } = bench();
  fromDesk('{"kind":"answer"}');
  fromDesk(new Uint8Array([1, 2, 3]));
  socket.send('now');
  expect(told).toEqual(['open', '{"kind":"answer"}', new Uint8Array([1, 2, 3]).buffer]);
  expect(sent).toEqual(['now']);
  socket.close();
  expect(sent).toEqual(['now', { closed: true }]);
  done();
});

test('[IPC52] taken bytes are told now and then, and an end keeps its reason and comes once', () => {
  const { told, sent, fromDesk, socket, done } = bench();
  for (let turn = 0; turn < 5; turn += 1) fromDesk('x'.repeat(7000));
  expect(sent).toEqual([{ takenBytes: 21_000 }]);
  fromDesk({ surprise: true });
  fromDesk({ ended: { code: 1008, reason: 'grant.invalid' } });
  socket.close();
  expect(told.filter(Array.isArray)).toEqual([[1008, 'grant.invalid']]);
  socket.send('late');
  expect(sent).toHaveLength(1);
  done();
});
