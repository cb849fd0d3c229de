import { z } from 'zod';
import { answerLimitMs } from '#shared/ipc/answer-limits.ts';
import { commands, type Answer, type Args, type CommandName } from '#shared/ipc/commands.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import { deskNotices, type DeskNotice, type DeskNoticeName } from '#shared/ipc/notices.ts';
import {
  streams,
  type DeskStream,
  type StreamArgs,
  type StreamHandlers,
  type StreamName,
} from '#shared/ipc/streams.ts';
import { errorBodySchema, type ErrorBody } from '#shared/errors/app-error.ts';
import { openAudioStream } from './audio-stream.ts';
import { RETRY, type BridgeHost, type BridgeSocket } from './bridge-host.ts';

const downSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), id: z.string(), answer: z.unknown() }),
  z.object({ kind: z.literal('notice'), name: z.string(), notice: z.unknown() }),
  z.object({ kind: z.literal('stream'), id: z.string(), message: z.unknown() }),
  z.object({ kind: z.literal('closed'), id: z.string() }),
]);

interface OpenStream {
  readonly name: StreamName;
  readonly args: unknown;
  readonly onMessage: (message: unknown) => void;
  readonly onClose: () => void;
}

/**
 * The way to the desk, the same in both shells: one connection for JSON, one more per audio stream. Connects again by itself and
 * opens its streams again; a command that was under way is answered `link.closed`, because it may have been carried out.
 */
export class SocketBridge implements DeskBridge {
  readonly #host: BridgeHost;
  readonly #waiting = new Map<string, (answer: unknown) => void>();
  readonly #streams = new Map<string, OpenStream>();
  readonly #listeners = new Map<DeskNoticeName, Set<(notice: never) => void>>();
  #socket: BridgeSocket | null = null;
  #queue: string[] = [];
  #attempt = 0;
  #lastId = 0;

  constructor(host: BridgeHost) {
    this.#host = host;
    this.#connect();
  }

  run<C extends CommandName>(name: C, args: Args<C>): Promise<Answer<C>> {
    const id = this.#newId();
    return new Promise(resolve => {
      const timeout = this.#host.after(answerLimitMs(name), () => {
        if (this.#waiting.delete(id))
          resolve({ ok: false, error: linkError('link.timeout', 'No answer came.') });
      });
      this.#waiting.set(id, answer => {
        timeout();
        resolve(parseAnswer(name, answer));
      });
      this.#send({ kind: 'run', id, name, args });
    });
  }

  onNotice<N extends DeskNoticeName>(name: N, listener: (notice: DeskNotice<N>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  open<S extends StreamName>(name: S, args: StreamArgs<S>, handlers: StreamHandlers<S>): DeskStream {
    if (name !== 'floor') {
      const { callId } = args as StreamArgs<'listen'>;
      return openAudioStream(this.#host, name, callId, handlers as StreamHandlers<'listen'>);
    }
    const id = this.#newId();
    const schema = streams[name].down as z.ZodType;
    this.#streams.set(id, {
      name,
      args,
      onMessage: message => {
        const parsed = schema.safeParse(message);
        if (parsed.success) handlers.onMessage(parsed.data as never);
        else console.error('the desk sent a message that this console cannot read', parsed.error.issues[0]);
      },
      onClose: () => handlers.onClose(),
    });
    this.#send({ kind: 'open', id, name, args });
    return {
      sendAudio: () => undefined,
      close: () => {
        const stream = this.#streams.get(id);
        if (!stream) return;
        this.#streams.delete(id);
        this.#send({ kind: 'close', id });
        stream.onClose();
      },
    };
  }

  #connect(): void {
    const socket = this.#host.connect('/desk');
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempt = 0;
      for (const text of this.#queue.splice(0)) socket.send(text);
    };
    socket.onmessage = ({ data }) => this.#receive(String(data));
    socket.onclose = () => this.#lost();
  }

  /** Streams are put back in the queue, commands are not: whether they were carried out is unknown. */
  #lost(): void {
    this.#socket = null;
    const unanswered = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of unanswered)
      answer({
        ok: false,
        error: linkError('link.closed', 'The connection was lost. Look, then try again.'),
      });
    this.#queue = [...this.#streams].map(([id, { name, args }]) =>
      JSON.stringify({ kind: 'open', id, name, args }),
    );
    this.#attempt += 1;
    this.#tell('link-changed', {
      name: 'lost',
      sinceMs: this.#host.now(),
      attempt: this.#attempt,
      code: 'link.closed',
      message: 'The connection to this desk was lost.',
    });
    const delayMs = Math.min(RETRY.maxMs, RETRY.firstMs * 2 ** (this.#attempt - 1));
    this.#host.after(delayMs, () => this.#connect());
  }

  #receive(text: string): void {
    const parsed = downSchema.safeParse(parseJson(text));
    if (!parsed.success) return;
    const message = parsed.data;
    switch (message.kind) {
      case 'answer': {
        const answer = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        answer?.(message.answer);
        return;
      }
      case 'notice': {
        if (!Object.hasOwn(deskNotices, message.name)) return;
        const name = message.name as DeskNoticeName;
        const notice = deskNotices[name].safeParse(message.notice);
        if (notice.success) this.#tell(name, notice.data);
        return;
      }
      case 'stream':
        this.#streams.get(message.id)?.onMessage(message.message);
        return;
      case 'closed': {
        const stream = this.#streams.get(message.id);
        this.#streams.delete(message.id);
        stream?.onClose();
      }
    }
  }

  #tell<N extends DeskNoticeName>(name: N, notice: DeskNotice<N>): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(notice as never);
  }

  #send(message: object): void {
    const text = JSON.stringify(message);
    if (this.#socket?.readyState === 1) this.#socket.send(text);
    else this.#queue.push(text);
  }

  #newId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }
}

function parseAnswer<C extends CommandName>(name: C, answer: unknown): Answer<C> {
  const schema = z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value: commands[name].result }),
    z.object({ ok: z.literal(false), error: errorBodySchema }),
  ]);
  const parsed = schema.safeParse(answer);
  return parsed.success
    ? (parsed.data as Answer<C>)
    : {
        ok: false,
        error: linkError('bug.invariant', 'The desk answered in a way this console cannot read.'),
      };
}

function linkError(code: ErrorBody['code'], message: string): ErrorBody {
  return { code, message, retryable: code !== 'bug.invariant', origin: 'renderer' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
