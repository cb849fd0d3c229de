import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeskCore } from '#electron/core/desk-core.ts';
import { serveDesk } from './desk-socket.ts';

class ScriptedSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
  terminate(): void {
    this.readyState = 3;
  }
}

test('[IPC14] garbage does not bring a console’s socket down, and it still works afterwards (1,000 inputs)', async () => {
  const socket = new ScriptedSocket();
  let follows = 0;
  const core = {
    onLink: () => () => undefined,
    onNotice: () => () => undefined,
    follow: () => ((follows += 1), () => (follows -= 1)),
  } as unknown as DeskCore;
  serveDesk(socket, core, () => Promise.resolve({ ok: true, value: 1 }));
  const message = fc.oneof(
    fc.string(),
    fc.json(),
    fc.anything().map(value => JSON.stringify(value) ?? ''),
    fc.constant('{"kind":"open","id":"1","name":"secrets"}'),
  );
  fc.assert(
    fc.property(message, fc.boolean(), (text, binary) => {
      socket.emit('message', Buffer.from(text), binary);
    }),
    { numRuns: 1000 },
  );
  socket.sent.length = 0;
  socket.emit('message', Buffer.from('{"kind":"run","id":"7","name":"get-desk","args":{}}'), false);
  socket.emit('message', Buffer.from('{"kind":"open","id":"8","name":"floor","args":{}}'), false);
  await Promise.resolve();
  expect(socket.sent.map(text => JSON.parse(text) as unknown)).toEqual([
    { kind: 'answer', id: '7', answer: { ok: true, value: 1 } },
  ]);
  expect(follows).toBe(1);
  socket.emit('close');
  expect(follows).toBe(0);
});

test('[BEN11] a long answer that is still on its way does not end the connection; an endless queue does', () => {
  const socket = new ScriptedSocket();
  let tell = (_message: unknown): void => undefined;
  const core = {
    onLink: () => () => undefined,
    onNotice: () => () => undefined,
    follow: (listener: typeof tell) => {
      tell = listener;
      return () => undefined;
    },
  } as unknown as DeskCore;
  serveDesk(socket, core, () => Promise.resolve({ ok: true, value: 1 }));
  socket.emit('message', Buffer.from('{"kind":"open","id":"1","name":"floor","args":{}}'), false);
  tell('x'.repeat(9 * 1024 * 1024));
  socket.bufferedAmount = 9 * 1024 * 1024;
  tell('next');
  expect(socket.sent).toHaveLength(2);
  expect(socket.readyState).toBe(1);
  socket.bufferedAmount = 18 * 1024 * 1024;
  tell('one too many');
  expect(socket.readyState).toBe(3);
});
