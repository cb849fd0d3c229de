import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import {
  clientMessageSchema,
  PROTOCOL_VERSION,
  workerMessageSchema,
  type WorkerMessage,
} from '#shared/protocol/stream.ts';
import { BENCH_CALL, startControlBench } from '../../control-bench.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { jsonOf, textOf, valueOf } from '../inputs.ts';

const ANSWER_LIMIT_MS = 5000;
const TOO_LARGE = 1009;

/** Messages of `/api/stream`. A command that is known to be answered follows each, so that silence is noticed. */
export const controlStreamTarget: FuzzTarget = {
  name: 'control-stream',
  seeds: [
    { type: 'subscribe', protocol: PROTOCOL_VERSION, after: -1 },
    { type: 'subscribe', protocol: 1, after: 3 },
    { type: 'beat' },
    { type: 'command', callId: BENCH_CALL, commandId: 'k', verb: 'say-now', args: { text: 'One moment.' } },
    { type: 'command', callId: BENCH_CALL, commandId: 'k2', verb: 'veto-chunk', args: { chunkId: null } },
  ],
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-fuzz-'));
    const bench = await startControlBench(folder);
    let client = await connectClient(bench.port, bench.token);
    let markers = 0;
    const roundTrip = async (message: string | Uint8Array | null): Promise<string> => {
      if (client.closedWith !== null) client = await connectClient(bench.port, bench.token);
      const { socket } = client;
      const marker = `marker-${String((markers += 1))}`;
      const got: WorkerMessage[] = [];
      const closed = new Promise<'closed'>(resolve => (client.onClosed = () => resolve('closed')));
      const marked = new Promise<'marked'>(resolve => {
        client.onMessage = received => {
          if (received.type === 'answer' && received.commandId === marker) resolve('marked');
          else got.push(received);
        };
      });
      const late = new Promise<'late'>(resolve => setTimeout(() => resolve('late'), ANSWER_LIMIT_MS).unref());
      if (message !== null) socket.send(message);
      // A command is answered after the store has been asked; its answer may come after the marker's.
      socket.send(
        jsonOf({ type: 'command', callId: BENCH_CALL, commandId: marker, verb: 'listen', args: {} }),
      );
      const how = await Promise.race([marked, closed, late]);
      if (how === 'closed')
        return client.closedWith === TOO_LARGE ? 'input.too-large' : `closed ${String(client.closedWith)}`;
      if (how === 'late') return 'no answer';
      const expected =
        message === null || typeof message !== 'string'
          ? null
          : clientMessageSchema.safeParse(valueOf({ kind: 'text', text: message }));
      const untilMono = performance.now() + ANSWER_LIMIT_MS;
      const needsAnswer = message !== null && !(expected?.success === true && expected.data.type === 'beat');
      while (needsAnswer && !got.some(isAnswer) && performance.now() < untilMono)
        await new Promise(resolve => setTimeout(resolve, 1));
      const answer = got.find(isAnswer);
      if (!answer) return needsAnswer ? 'no answer' : 'ok';
      if (answer.type === 'refused') return answer.error.code;
      if (answer.type === 'answer') return answer.answer.ok ? 'ok' : answer.answer.error.code;
      return 'ok';
    };
    return {
      feed: input => roundTrip(input.kind === 'bytes' ? input.bytes : textOf(input)),
      async good() {
        const answer = await roundTrip(null);
        if (answer !== 'ok') throw new Error(`a good command was answered ${answer}`);
      },
      async close() {
        client.socket.terminate();
        await bench.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

const isAnswer = (message: WorkerMessage): boolean =>
  message.type === 'refused' || message.type === 'answer' || message.type === 'snapshot';

interface Client {
  readonly socket: WebSocket;
  closedWith: number | null;
  onMessage: (message: WorkerMessage) => void;
  onClosed: () => void;
}

async function connectClient(port: number, token: string): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/api/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const client: Client = { socket, closedWith: null, onMessage: () => undefined, onClosed: () => undefined };
  socket.on('message', data =>
    client.onMessage(workerMessageSchema.parse(JSON.parse((data as Buffer).toString('utf8')))),
  );
  socket.on('close', code => {
    client.closedWith = code;
    client.onClosed();
  });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return client;
}
