import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { expect, test } from 'vitest';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import { serveStream, type StreamSocketDeps } from './stream-socket.ts';
import { WorkerHealth } from './worker-health.ts';

/** A socket whose other end takes nothing. */
class DeafSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  /** Almost as much as is allowed. */
  bufferedAmount = 12 * 1024 * 1024 - 20_000;
  send(text: string): void {
    this.bufferedAmount += text.length;
  }
  terminate(): void {
    this.readyState = 3;
    this.emit('close');
  }
}

test('[DAY22] a client that sends and never reads costs at most 12 MiB and is cut off', () => {
  const socket = new DeafSocket();
  const clock = createVirtualClock();
  serveStream(socket as unknown as WebSocket, LOCAL_ADMIN, {
    clock,
    health: new WorkerHealth(),
    feed: {},
  } as unknown as StreamSocketDeps);
  let sent = 0;
  while (socket.readyState === 1 && sent < 200_000) {
    socket.emit('message', Buffer.from('?'), false);
    sent += 1;
  }
  expect(socket.readyState).toBe(3);
  expect(socket.bufferedAmount).toBeGreaterThan(12 * 1024 * 1024 - 1);
  expect(socket.bufferedAmount).toBeLessThan(12 * 1024 * 1024 + 1024);
  // Nothing is left that would go on for it.
  clock.advance(60_000);
  expect(socket.bufferedAmount).toBeLessThan(12 * 1024 * 1024 + 1024);
});
