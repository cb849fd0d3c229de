import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** How an emulator behaves from the next request on. */
export const FAULTS = [
  'healthy',
  /** Every piece comes late, but comes. */
  'slow',
  /** Ends in the middle of an answer, without a word. */
  'cut',
  /** Events of other answers in between, and late ones of old answers. */
  'reordered',
  /** Begins well and goes on with bytes that mean nothing, down to broken WebSocket frames. */
  'garbage',
  /** Nobody listens on the port. */
  'refused',
  /** Takes the connection and closes it at once. */
  'closed',
  /** Takes the request and never answers. */
  'hang',
  'status-401',
  'status-429',
  'status-500',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface EmulatedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Wait between pieces when slow. */
const SLOW_MS = 25;

export interface EmulatorRoutes {
  /** `pieces` are written one by one; faults are put between them. @returns null for a path there is not */
  readonly http?: (request: EmulatedRequest) => HttpAnswer | null;
  readonly socket?: (socket: EmulatedSocket, request: EmulatedRequest) => void;
}

export interface HttpAnswer {
  readonly type: string;
  readonly pieces: readonly (string | Buffer)[];
}

/** One WebSocket as a route sees it: faults are put between what it sends. */
export interface EmulatedSocket {
  readonly fault: Fault;
  /** JSON; in order, with the pauses and faults of the mode. */
  send(message: unknown): void;
  onJson(listener: (message: Record<string, unknown>) => void): void;
  onBytes(listener: (bytes: Buffer) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** A provider's server on 127.0.0.1, with a log of what it was asked and faults on demand. */
export class EmulatorServer {
  readonly requests: EmulatedRequest[] = [];
  /** JSON messages of clients on any WebSocket, in order. */
  readonly messages: Record<string, unknown>[] = [];
  readonly #routes: EmulatorRoutes;
  readonly #waiting = new Set<() => void>();
  #server: Server | null = null;
  #port = 0;
  #fault: Fault = 'healthy';

  private constructor(routes: EmulatorRoutes) {
    this.#routes = routes;
  }

  static async start(routes: EmulatorRoutes): Promise<EmulatorServer> {
    const emulator = new EmulatorServer(routes);
    await emulator.#listen();
    return emulator;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }
  get wsUrl(): string {
    return `ws://127.0.0.1:${String(this.#port)}`;
  }

  /** Connections of before end: what a client has kept open is no better than what it opens anew. */
  async setFault(fault: Fault): Promise<void> {
    this.#fault = fault;
    for (const client of this.#clients) client.terminate();
    if (fault === 'refused') await this.#stop();
    else if (!this.#server) await this.#listen();
  }

  /** Resolves when what was asked so far, or next, fits. */
  async until(fits: (emulator: this) => boolean): Promise<void> {
    while (!fits(this)) await new Promise<void>(resolve => this.#waiting.add(resolve));
  }

  async close(): Promise<void> {
    await this.#stop();
  }

  #noticed(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  async #listen(): Promise<void> {
    const server = createServer((request, response) => void this.#onRequest(request, response));
    const sockets = new WebSocketServer({ noServer: true });
    server.on('connection', socket => {
      socket.on('error', () => undefined);
      if (this.#fault === 'closed') socket.destroy();
    });
    server.on('upgrade', (request, socket, head) => {
      this.#log(request, null);
      const status = statusOf(this.#fault);
      if (status !== null) {
        socket.end(`HTTP/1.1 ${String(status)} Refused\r\nConnection: close\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, client => this.#onSocket(client, request));
    });
    this.#server = server;
    await new Promise<void>(resolve => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    for (const client of this.#clients) client.terminate();
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
  }

  readonly #clients = new Set<WebSocket>();

  #log(request: IncomingMessage, body: unknown): EmulatedRequest {
    const logged = { path: request.url ?? '', headers: request.headers, body };
    this.requests.push(logged);
    this.#noticed();
    return logged;
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const logged = this.#log(request, parse(text));
    const fault = this.#fault;
    if (fault === 'hang') return;
    const status = statusOf(fault);
    const answer = status === null ? (this.#routes.http?.(logged) ?? null) : null;
    if (answer === null) {
      response.writeHead(status ?? 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'refused', type: 'emulated', code: fault } }));
      return;
    }
    response.on('error', () => undefined);
    response.writeHead(200, { 'content-type': answer.type });
    const half = Math.ceil(answer.pieces.length / 2);
    for (const [index, piece] of answer.pieces.entries()) {
      if (fault === 'slow') await pause(SLOW_MS);
      if (index === half && fault === 'cut') {
        // What was written before is to arrive.
        await pause(SLOW_MS);
        response.destroy();
        return;
      }
      if (index === half && fault === 'garbage')
        response.write('data: {"choices": [}\n\n\u0000\u00ff data\n\n');
      response.write(piece);
    }
    response.end();
  }

  #onSocket(client: WebSocket, request: IncomingMessage): void {
    const fault = this.#fault;
    this.#clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => this.#clients.delete(client));
    client.on('message', (data, isBinary) => {
      if (isBinary) return;
      const message = parse((data as Buffer).toString());
      if (message !== null && typeof message === 'object')
        this.messages.push(message as Record<string, unknown>);
      this.#noticed();
    });
    if (fault === 'hang') return;
    let sent = 0;
    let last = Promise.resolve();
    const deliver = (message: unknown): void => {
      sent += 1;
      if (fault === 'cut' && sent > 3) client.terminate();
      else if (fault === 'garbage' && sent === 3) spoil(client);
      else client.send(JSON.stringify(message));
    };
    this.#routes.socket?.(
      {
        fault,
        send: message => {
          if (fault === 'slow') last = last.then(() => pause(SLOW_MS)).then(() => deliver(message));
          else deliver(message);
        },
        onJson: listener =>
          client.on('message', (data, isBinary) => {
            const message = isBinary ? null : parse((data as Buffer).toString());
            if (message !== null && typeof message === 'object') listener(message as Record<string, unknown>);
          }),
        onBytes: listener =>
          client.on('message', (data, isBinary) => {
            if (isBinary) listener(data as Buffer);
          }),
        onClose: listener => client.on('close', listener),
        close: () => client.close(),
      },
      { path: request.url ?? '', headers: request.headers, body: null },
    );
  }
}

/** Text that is no JSON, JSON of no shape, and then bytes that are no frame. */
function spoil(client: WebSocket): void {
  for (const nonsense of ['no json', 'null', '[]', '{}', '{"type":"Results"}', '{"audio":"?","isFinal":1}'])
    client.send(nonsense);
  const { _socket: socket } = client as unknown as { readonly _socket: { write(bytes: Buffer): void } };
  socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
}

function statusOf(fault: Fault): number | null {
  return fault.startsWith('status-') ? Number(fault.slice('status-'.length)) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function pause(waitMs: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, waitMs));
}
