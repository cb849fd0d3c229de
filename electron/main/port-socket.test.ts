import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PortSocket } from './port-socket.ts';

/** A port as the main process has it, with the page's end in the test. */
class ScriptedPort extends EventEmitter {
  readonly sent: unknown[] = [];
  closed = false;
  start(): void {}
  postMessage(data: unknown): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed = true;
  }
}

function bench() {
  const port = new ScriptedPort();
  const socket = new PortSocket(port);
  const heard: unknown[] = [];
  socket.on('message', (data: Buffer, isBinary: boolean) => heard.push(isBinary ? data : data.toString()));
  socket.on('close', () => heard.push('closed'));
  const fromPage = (data: unknown): void => void port.emit('message', { data });
  return { port, socket, heard, fromPage };
}

test('[IPC52] text and frames go both ways as they are', () => {
  const { port, socket, heard, fromPage } = bench();
  fromPage('{"kind":"run"}');
  fromPage(new Uint8Array([1, 2]).buffer);
  expect(heard).toEqual(['{"kind":"run"}', Buffer.from([1, 2])]);
  const pool = Buffer.alloc(8192, 7).subarray(10, 14);
  socket.send('text');
  socket.send(pool);
  expect(port.sent).toEqual(['text', new Uint8Array([7, 7, 7, 7])]);
  expect((port.sent[1] as Uint8Array).buffer.byteLength).toBe(4);
});

test('[IPC52] bytes the page has not taken are known, and a page that lies about it changes nothing', () => {
  const { socket, fromPage } = bench();
  socket.send('x'.repeat(100));
  expect(socket.bufferedAmount).toBe(100);
  fromPage({ takenBytes: 60 });
  expect(socket.bufferedAmount).toBe(40);
  fromPage({ takenBytes: 6000 });
  expect(socket.bufferedAmount).toBe(0);
  fromPage({ takenBytes: -1 });
  fromPage({ takenBytes: 'all' });
  expect(socket.bufferedAmount).toBe(0);
});

test('[IPC52] an end has a reason, comes once, and nothing is sent or heard after it', () => {
  const { port, socket, heard, fromPage } = bench();
  socket.close(1008, 'grant.invalid');
  socket.close();
  port.emit('close');
  socket.send('late');
  fromPage('late');
  expect(port.sent).toEqual([{ ended: { code: 1008, reason: 'grant.invalid' } }]);
  expect(port.closed).toBe(true);
  expect(heard).toEqual(['closed']);
  expect(socket.readyState).not.toBe(socket.OPEN);
});

test('[IPC52] the page ends it', () => {
  const { port, heard, fromPage } = bench();
  fromPage({ closed: true });
  expect(heard).toEqual(['closed']);
  expect(port.closed).toBe(true);
});

test('[IPC52] garbage from the page never throws', () => {
  const { socket, fromPage } = bench();
  fc.assert(
    fc.property(fc.anything(), data => {
      fromPage(data);
      expect(socket.readyState).toBe(socket.OPEN);
    }),
  );
});
