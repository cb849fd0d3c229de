import { expect, test } from 'vitest';
import { RICH_CALL_ID } from '#tests/fixtures/rich-call.ts';
import { SteppedClock } from '#tests/fixtures/stepped-clock.ts';
import { SocketBridge } from './socket-bridge.ts';

/** The end of a WebSocket that a test holds. */
class FakeSocket {
  readonly sent: unknown[] = [];
  readyState = 0;
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  send(data: unknown): void {
    this.sent.push(typeof data === 'string' ? JSON.parse(data) : data);
  }

  close(): void {
    this.drop();
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  drop(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

function start() {
  const sockets: FakeSocket[] = [];
  const clock = new SteppedClock();
  const bridge = new SocketBridge({
    connect: path => {
      const socket = new FakeSocket(path);
      sockets.push(socket);
      return socket;
    },
    after: clock.after,
    now: clock.now,
  });
  const socket = (at: number): FakeSocket => sockets[at] as FakeSocket;
  return { bridge, sockets, socket, clock };
}

const floor = (bridge: SocketBridge) => {
  const messages: unknown[] = [];
  const stream = bridge.open(
    'floor',
    {},
    { onMessage: message => messages.push(message), onClose: () => undefined },
  );
  return { messages, stream };
};

test('[UI43] what is asked before the connection stands is sent when it does, and answered by id', async () => {
  const { bridge, socket } = start();
  const answer = bridge.run('save-settings', { theme: 'light' });
  socket(0).accept();
  expect(socket(0).sent).toEqual([{ kind: 'run', id: '1', name: 'save-settings', args: { theme: 'light' } }]);
  socket(0).say({ kind: 'answer', id: '1', answer: { ok: true, value: { theme: 'light' } } });
  expect(await answer).toMatchObject({ ok: true, value: { theme: 'light', singleKeys: true } });
});

test('[UI43] a lost connection answers what was under way, waits longer each time, and opens streams again', async () => {
  const { bridge, sockets, socket, clock } = start();
  const lost: unknown[] = [];
  bridge.onNotice('link-changed', link => lost.push(link.name));
  socket(0).accept();
  const { messages } = floor(bridge);
  const answer = bridge.run('get-desk', {});
  socket(0).drop();
  expect(await answer).toMatchObject({ ok: false, error: { code: 'link.closed' } });
  expect(lost).toEqual(['lost']);
  clock.step(250);
  socket(1).drop();
  clock.step(250);
  expect(sockets).toHaveLength(2);
  clock.step(250);
  socket(2).accept();
  expect(socket(2).sent).toEqual([{ kind: 'open', id: '1', name: 'floor', args: {} }]);
  socket(2).say({ kind: 'stream', id: '1', message: { type: 'snapshot', position: -1, calls: [] } });
  expect(messages).toEqual([{ type: 'snapshot', position: -1, calls: [] }]);
});

test('[UI43] garbage and answers of the wrong shape harm nobody', async () => {
  const { bridge, socket } = start();
  socket(0).accept();
  const answer = bridge.run('get-desk', {});
  socket(0).onmessage?.({ data: '{' });
  socket(0).say({ kind: 'answer', id: '99', answer: {} });
  socket(0).say({ kind: 'answer', id: '1', answer: { ok: true, value: 7 } });
  expect(await answer).toMatchObject({ ok: false, error: { code: 'bug.invariant' } });
});

test('[UI43] a command that nobody answers ends with link.timeout', async () => {
  const { bridge, clock } = start();
  const answer = bridge.run('get-desk', {});
  clock.step(15_000);
  expect(await answer).toMatchObject({ ok: false, error: { code: 'link.timeout' } });
});

test('[UI43] a command that takes long is waited for as long as the desk works on it, and then answered', async () => {
  const { bridge, socket, clock } = start();
  socket(0).accept();
  const answer = bridge.run('import-knowledge', { name: 'long.pdf', contentBase64: '' });
  // As long as the desk reads one file.
  clock.step(60_000);
  socket(0).say({ kind: 'answer', id: '1', answer: { ok: true, value: { docs: [] } } });
  expect(await answer).toEqual({ ok: true, value: { docs: [] } });
  const never = bridge.run('import-knowledge', { name: 'long.pdf', contentBase64: '' });
  clock.step(120_000);
  expect(await never).toMatchObject({ ok: false, error: { code: 'link.timeout' } });
});

test('[UI44] audio has a socket of its own, comes back after a loss, and stays closed once closed', () => {
  const { bridge, sockets, socket, clock } = start();
  const heard: ArrayBuffer[] = [];
  let closed = 0;
  const stream = bridge.open(
    'listen',
    { callId: RICH_CALL_ID },
    { onMessage: () => undefined, onAudio: frame => heard.push(frame), onClose: () => (closed += 1) },
  );
  expect(socket(1).path).toBe(`/desk/audio?stream=listen&callId=${RICH_CALL_ID}`);
  socket(1).accept();
  socket(1).onmessage?.({ data: new ArrayBuffer(652) });
  expect(heard).toHaveLength(1);
  socket(1).drop();
  clock.step(250);
  expect(sockets).toHaveLength(3);
  stream.close();
  clock.step(10_000);
  expect(sockets).toHaveLength(3);
  expect(closed).toBe(1);
});

test('[UI44] a stream that the desk ends is not opened again', () => {
  const { bridge, sockets, socket, clock } = start();
  let closed = 0;
  bridge.open(
    'microphone',
    { callId: RICH_CALL_ID },
    { onMessage: () => undefined, onClose: () => (closed += 1) },
  );
  socket(1).accept();
  socket(1).say({
    type: 'closed',
    error: { code: 'grant.invalid', message: 'no grant', retryable: false, origin: 'worker' },
  });
  clock.step(10_000);
  expect(closed).toBe(1);
  expect(sockets).toHaveLength(2);
});
