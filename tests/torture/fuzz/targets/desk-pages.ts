import { EventEmitter } from 'node:events';
import { CAPABILITIES } from '#shared/domain/roles.ts';
import { memoryStore } from '#tests/fixtures/memory-store.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';
import { archiveHandlers } from '#electron/ipc/archive-handlers.ts';
import { knowledgeHandlers } from '#electron/ipc/knowledge-handlers.ts';
import { noteHandlers } from '#electron/ipc/note-handlers.ts';
import { accountHandlers } from '#electron/ipc/account-handlers.ts';
import { serveDesk } from '#electron/ipc/desk-socket.ts';
import { privacyHandlers } from '#electron/ipc/privacy-handlers.ts';
import { createRouter } from '#electron/ipc/router.ts';
import { connectPage } from '#electron/main/connect-page.ts';
import { PortSocket } from '#electron/main/port-socket.ts';
import { appError } from '#shared/errors/app-error.ts';
import { settingsSchema, type CommandHandlers } from '#shared/ipc/commands.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { bytesOf, textOf, valueOf } from '../inputs.ts';

const core = {
  user: { userId: 'u', name: 'Reyes', role: 'admin', capabilities: CAPABILITIES },
  onLink: () => () => undefined,
  onNotice: () => () => undefined,
  tell: () => undefined,
  ask: () => Promise.reject(appError('worker.unreachable', 'Not yet.')),
  follow: (listener: (message: unknown) => void) => {
    listener({ type: 'snapshot', position: -1, entries: [] });
    return () => undefined;
  },
  signIn: () => Promise.resolve(),
  signOut: () => Promise.resolve(),
  openAudio: () => ({ send: () => undefined, close: () => undefined }),
} as unknown as DeskCore;

const store = memoryStore();
const data = {
  store,
  files: { read: () => Promise.resolve([]), zip: () => Promise.resolve(new Uint8Array()) },
  sync: {
    wake: () => undefined,
    now: () => undefined,
    status: () => Promise.reject(appError('storage.failed', 'Not yet.')),
  },
  record: () => undefined,
} as unknown as DeskData;

const route = createRouter(
  {
    ...accountHandlers(core, data),
    ...privacyHandlers(core),
    'get-desk': () => Promise.reject(appError('worker.unreachable', 'Not yet.')),
    'supervise-call': () => Promise.resolve({ seq: 1, mic: 'monitor', tookMs: 1 }),
    'get-call-events': () => Promise.resolve({ events: [] }),
    'get-audio-way': () => Promise.resolve({ via: 'worker' as const }),
    'place-call': () => Promise.reject(appError('worker.unreachable', 'Not yet.')),
    'list-calls': () => Promise.resolve({ calls: [] }),
    'get-figures': () => Promise.reject(appError('worker.unreachable', 'Not yet.')),
    ...knowledgeHandlers(core, data),
    ...noteHandlers(core, data),
    ...archiveHandlers(core, data),
    'save-settings': () => Promise.resolve(settingsSchema.parse({})),
  } satisfies CommandHandlers,
  error => {
    throw error;
  },
);

class PageSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly readyState = 1;
  readonly bufferedAmount = 0;
  readonly sent: string[] = [];
  send(data: string | Uint8Array): void {
    this.sent.push(String(data));
  }
  close(): void {}
  terminate(): void {}
}

/** What a console sends over its socket: every message gets an answer, a stream, or a refusal with its code. */
const deskSocket: FuzzTarget = {
  name: 'desk-socket',
  seeds: [
    { kind: 'run', id: '1', name: 'get-desk', args: {} },
    {
      kind: 'run',
      id: '2',
      name: 'supervise-call',
      args: { callId: 'c', commandId: 'k', verb: 'listen', args: {} },
    },
    { kind: 'run', id: '3', name: 'get-call-events', args: { callId: 'c', afterSeq: -1 } },
    { kind: 'run', id: '4', name: 'list-calls', args: { limit: 5, beforeMs: 1, query: '', filter: 'all' } },
    { kind: 'run', id: '5', name: 'save-settings', args: { theme: 'dark', keymap: { a: 'b' } } },
    { kind: 'open', id: '6', name: 'floor', args: {} },
    { kind: 'run', id: '7', name: 'list-knowledge', args: { query: 'returns', filter: 'all', limit: 5 } },
    {
      kind: 'run',
      id: '8',
      name: 'save-knowledge',
      args: { docId: null, baseId: null, markdown: '# Returns', fields: { title: 'Returns' } },
    },
    { kind: 'run', id: '9', name: 'get-knowledge', args: { docId: 'returns' } },
    { kind: 'close', id: '6' },
  ],
  open() {
    const socket = new PageSocket();
    serveDesk(socket, core, route);
    const send = async (data: Buffer, isBinary: boolean): Promise<string> => {
      socket.sent.length = 0;
      socket.emit('message', data, isBinary);
      for (let turn = 0; turn < 50 && socket.sent.length === 0; turn += 1) await Promise.resolve();
      const [text] = socket.sent;
      if (text === undefined)
        return (JSON.parse(data.toString()) as { kind?: unknown }).kind === 'close' ? 'ok' : 'no answer';
      const answer = JSON.parse(text) as {
        kind: string;
        code?: string;
        answer?: { ok: boolean; error?: { code: string } };
      };
      if (answer.kind === 'refused') return answer.code ?? 'no code';
      if (answer.kind === 'answer')
        return answer.answer?.ok === true ? 'ok' : (answer.answer?.error?.code ?? 'no code');
      return answer.kind === 'stream' ? 'ok' : answer.kind;
    };
    return Promise.resolve({
      feed: input =>
        send(Buffer.from(input.kind === 'bytes' ? bytesOf(input) : textOf(input)), input.kind === 'bytes'),
      async good() {
        const answer = await send(
          Buffer.from('{"kind":"run","id":"g","name":"list-calls","args":{"limit":1}}'),
          false,
        );
        if (answer !== 'ok') throw new Error(`a good command was answered ${answer}`);
      },
      close: () => void socket.emit('close'),
    });
  },
};

class Port extends EventEmitter {
  isClosed = false;
  readonly sent: unknown[] = [];
  start(): void {}
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  close(): void {
    this.isClosed = true;
  }
}

/** What a page asks for when it wants to be connected: it is served, or its port is closed and the refusal noted. */
const connectRequest: FuzzTarget = {
  name: 'connect-request',
  seeds: [{ path: '/desk' }, { path: '/desk/audio?stream=listen&callId=call-1' }, { path: '/desk?x=%zz' }],
  open() {
    let refused = 0;
    const mainFrame = { url: 'app://bundle/index.html' };
    const ask = (message: unknown): string => {
      const port = new Port();
      const before = refused;
      connectPage({ ports: [port], senderFrame: mainFrame, sender: { mainFrame } }, message, {
        core,
        route,
        onRefused: () => (refused += 1),
      });
      if (refused > before) return port.isClosed ? 'ignored' : 'refused with an open port';
      return port.isClosed && port.sent.length === 0 ? 'closed without a word' : 'ok';
    };
    return Promise.resolve({
      feed: input => ask(valueOf(input)),
      good() {
        if (ask({ path: '/desk' }) !== 'ok') throw new Error('our own page was refused');
      },
      close: () => undefined,
    });
  },
};

/** What a page posts over its port beside text and frames. */
const pagePort: FuzzTarget = {
  name: 'page-port',
  seeds: [{ takenBytes: 20 }, { closed: true }, 'text'],
  open() {
    const open = () => {
      const port = new Port();
      const socket = new PortSocket(port);
      let got = 0;
      socket.on('message', () => (got += 1));
      return { port, socket, got: () => got };
    };
    return Promise.resolve({
      feed(input) {
        const { port, socket, got } = open();
        socket.send('twelve bytes');
        port.emit('message', { data: valueOf(input) });
        if (socket.bufferedAmount < 0 || socket.bufferedAmount > 12)
          return `buffered ${socket.bufferedAmount}`;
        return got() > 0 || socket.bufferedAmount < 12 || port.isClosed ? 'ok' : 'ignored';
      },
      good() {
        const { port, got } = open();
        port.emit('message', { data: 'text' });
        if (got() !== 1) throw new Error('text did not come through');
      },
      close: () => undefined,
    });
  },
};

export const deskPageTargets: readonly FuzzTarget[] = [deskSocket, connectRequest, pagePort];
