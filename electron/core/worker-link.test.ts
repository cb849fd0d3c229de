import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { appendAllToBoard, emptyBoard } from '#shared/projections/fold-board.ts';
import type { ClientMessage, WorkerMessage } from '#shared/protocol/stream.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { systemClock } from './system-clock.ts';
import { WorkerLink } from './worker-link.ts';

/** A worker as the link sees it: a log, a socket that can be cut, and a record of commands. */
class ScriptedWorker {
  readonly commands: string[] = [];
  readonly log: JournalEntry[] = [];
  answers = true;
  beats = true;
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  readonly #sockets = new Set<WebSocket>();
  readonly #timer = setInterval(() => {
    if (this.beats) for (const socket of this.#sockets) this.#send(socket, { type: 'beat', workerMonoMs: 0 });
  }, 200);

  constructor() {
    this.#server.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('message', data =>
        this.#onMessage(socket, JSON.parse((data as Buffer).toString('utf8')) as ClientMessage),
      );
    });
  }

  readonly listening = new Promise<void>(resolve => this.#server.once('listening', resolve));

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as { port: number }).port)}`;
  }

  tell(): void {
    const seq = this.log.length;
    const entry = {
      position: seq,
      event: eventOf('c1', seq, seq === 0 ? RINGING : { type: 'call.early-media' }),
    };
    this.log.push(entry);
    for (const socket of this.#sockets) this.#send(socket, { type: 'batch', entries: [entry], notices: [] });
  }

  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** Neither data nor pongs any more, as a frozen process. */
  freeze(): void {
    this.beats = false;
    for (const socket of this.#sockets) socket.pause();
  }

  close(): void {
    clearInterval(this.#timer);
    this.cut();
    this.#server.close();
  }

  #onMessage(socket: WebSocket, message: ClientMessage): void {
    if (message.type === 'subscribe') {
      this.#send(socket, {
        type: 'snapshot',
        workerId: 'w',
        position: this.log.length - 1,
        brain: 'b',
        voice: 'v',
        resumed: message.after >= 0,
        calls: message.after >= 0 ? [] : Object.values(appendAllToBoard(emptyBoard, this.log).calls),
        entries: message.after >= 0 ? this.log.filter(entry => entry.position > message.after) : [],
      });
    }
    if (message.type === 'command') {
      this.commands.push(message.commandId);
      if (this.answers)
        this.#send(socket, {
          type: 'answer',
          commandId: message.commandId,
          answer: { ok: true, value: { seq: 1, mic: 'monitor', tookMs: 1 } },
        });
    }
  }

  #send(socket: WebSocket, message: WorkerMessage): void {
    socket.send(JSON.stringify(message));
  }
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function bench() {
  const worker = new ScriptedWorker();
  await worker.listening;
  const link = new WorkerLink(systemClock);
  const got: number[] = [];
  link.follow(message => {
    // A snapshot stands for everything up to its position.
    if (message.type === 'snapshot')
      got.splice(0, got.length, ...Array.from({ length: message.position + 1 }, (_, index) => index));
    else got.push(...message.entries.map(entry => entry.position));
  });
  cleanups.push(
    () => worker.close(),
    () => link.close(),
  );
  const state = (name: string): Promise<void> =>
    new Promise(resolve => {
      if (link.state.name === name) resolve();
      const stop = link.onState(next => {
        if (next.name !== name) return;
        stop();
        resolve();
      });
    });
  const until = async (fits: () => boolean): Promise<void> => {
    while (!fits()) await new Promise(resolve => setTimeout(resolve, 5));
  };
  link.connect({ url: worker.url, token: 't' });
  return { worker, link, got, state, until };
}

const command = { callId: 'c1' as CallId, commandId: 'k1', verb: 'listen', args: {} };

describe('worker link', () => {
  test('[IPC30] drops at any moment leave no gap and no double (40 drops)', async () => {
    const { worker, got, state, until } = await bench();
    await state('live');
    for (let round = 0; round < 40; round += 1) {
      worker.tell();
      if (round % 2 === 0) worker.cut();
      worker.tell();
      await new Promise(resolve => setTimeout(resolve, (round * 7) % 30));
    }
    await until(() => got.length >= 80);
    expect(got).toEqual(Array.from({ length: 80 }, (_, index) => index));
  }, 20_000);

  test('[IPC31] an unanswered command is sent again after a drop, under the same id', async () => {
    const { worker, link, state, until } = await bench();
    await state('live');
    worker.answers = false;
    const answer = link.supervise(command);
    await until(() => worker.commands.length === 1);
    worker.answers = true;
    worker.cut();
    expect(await answer).toMatchObject({ ok: true });
    expect(worker.commands).toEqual(['k1', 'k1']);
  });

  test('[IPC31] a command that is never answered is reported as such', async () => {
    const { worker, link, state } = await bench();
    await state('live');
    worker.answers = false;
    await expect(link.supervise(command)).rejects.toMatchObject({ body: { code: 'link.timeout' } });
  }, 10_000);

  test('[IPC32] a worker that is silent counts as lost, and is found again', async () => {
    const { worker, link, state } = await bench();
    await state('live');
    worker.freeze();
    await state('lost');
    expect(link.state).toMatchObject({ name: 'lost', code: 'link.closed' });
    worker.beats = true;
    await state('live');
  }, 10_000);
});
