import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { WorkerLink } from '#electron/core/worker-link.ts';
import { systemClock } from '#electron/core/system-clock.ts';
import type { WorkerMessage } from '#shared/protocol/stream.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { jsonOf, textOf } from '../inputs.ts';

const LIMIT_MS = 5000;
const snapshot: WorkerMessage = {
  type: 'snapshot',
  workerId: 'w',
  position: -1,
  brain: 'b',
  voice: 'v',
  resumed: false,
  calls: [],
  entries: [],
};

/** What a worker, or something in its place, sends to the desk. A mark follows each message: it has to be taken. */
export const deskLinkTarget: FuzzTarget = {
  name: 'desk-link',
  seeds: [
    snapshot,
    {
      type: 'batch',
      entries: [{ position: 3, event: eventOf('c', 0, RINGING) }],
      notices: [{ type: 'heard', callId: 'c', chunkId: 'k', chars: 3 }],
    },
    {
      type: 'batch',
      entries: [{ position: 4, event: { ...eventOf('c', 1, RINGING), v: 2, type: 'call.teleported' } }],
      notices: [],
    },
    { type: 'answer', commandId: 'k', answer: { ok: true, value: { seq: 1, mic: 'monitor', tookMs: 1 } } },
    { type: 'refused', error: { code: 'input.invalid', message: 'x', retryable: false, origin: 'worker' } },
    { type: 'health', problem: { code: 'storage.full', message: 'x', retryable: true, origin: 'worker' } },
    { type: 'beat', workerMonoMs: 1 },
  ],
  async open() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    let socket = null as WebSocket | null;
    let onSocket: () => void = () => undefined;
    server.on('connection', opened => {
      socket = opened;
      opened.on('message', () => undefined).on('error', () => undefined);
      onSocket();
    });
    const link = new WorkerLink(systemClock);
    let onMark: (mark: number) => void = () => undefined;
    let marks = 0;
    link.follow(message => {
      if (message.type !== 'batch') return;
      for (const notice of message.notices)
        if (notice.type === 'heard' && notice.callId === 'mark') onMark(notice.chars);
    });
    const opened = new Promise<void>(resolve => (onSocket = resolve));
    link.connect({ url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, token: 't' });
    await opened;
    socket?.send(jsonOf(snapshot));
    const mark = async (): Promise<void> => {
      const expected = (marks += 1);
      const taken = new Promise<void>(resolve => (onMark = got => got === expected && resolve()));
      socket?.send(
        jsonOf({
          type: 'batch',
          entries: [],
          notices: [{ type: 'heard', callId: 'mark', chunkId: 'k', chars: expected }],
        }),
      );
      const late = new Promise<never>((_resolve, reject) =>
        setTimeout(() => reject(new Error('a good message is not taken any more')), LIMIT_MS).unref(),
      );
      await Promise.race([taken, late]);
    };
    return {
      async feed(input) {
        socket?.send(jsonOf(snapshot));
        socket?.send(input.kind === 'bytes' ? input.bytes : textOf(input));
        await mark();
        const { state } = link;
        return state.name === 'live' ? (state.problem?.code ?? 'ok') : `the link is ${state.name}`;
      },
      good: mark,
      close() {
        link.close();
        server.close();
        socket?.terminate();
      },
    };
  },
};
