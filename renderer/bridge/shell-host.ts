import type { ShellBridge } from '#shared/ipc/shell.ts';
import { portEndSchema } from '#shared/ipc/shell-port.ts';
import type { BridgeHost, BridgeSocket } from './bridge-host.ts';

/** Taken bytes are told in steps, not with every frame. */
const TELL_AFTER_BYTES = 16 * 1024;

/** A connection of the desktop shell, in the shape of a WebSocket (IPC52). */
export class PortSocket implements BridgeSocket {
  readyState = 0;
  bufferedAmount = 0;
  onopen: ((event: Event) => unknown) | null = null;
  onmessage: ((event: MessageEvent<unknown>) => unknown) | null = null;
  onclose: ((event: CloseEvent) => unknown) | null = null;
  #port: MessagePort | null = null;
  #takenBytes = 0;
  #toldBytes = 0;

  /** The port has come. */
  adopt(port: MessagePort): void {
    if (this.readyState !== 0) {
      port.close();
      return;
    }
    this.#port = port;
    this.readyState = 1;
    port.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data);
    port.addEventListener('close', () => this.#gone(1006, ''));
    this.onopen?.(new Event('open'));
  }

  send(data: string | ArrayBuffer): void {
    if (this.readyState === 1) this.#port?.postMessage(data);
  }

  close(): void {
    if (this.readyState === 1) this.#port?.postMessage({ closed: true });
    this.#port?.close();
    this.#gone(1000, '');
  }

  #receive(data: unknown): void {
    if (typeof data === 'string') {
      this.#taken(data.length);
      this.onmessage?.(new MessageEvent('message', { data }));
    } else if (data instanceof Uint8Array) {
      this.#taken(data.byteLength);
      this.onmessage?.(new MessageEvent('message', { data: data.slice().buffer }));
    } else {
      const end = portEndSchema.safeParse(data);
      if (end.success) this.#gone(end.data.ended.code, end.data.ended.reason);
    }
  }

  #taken(bytes: number): void {
    this.#takenBytes += bytes;
    if (this.#takenBytes - this.#toldBytes < TELL_AFTER_BYTES) return;
    this.#toldBytes = this.#takenBytes;
    this.#port?.postMessage({ takenBytes: this.#takenBytes });
  }

  #gone(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.(new CloseEvent('close', { code, reason }));
  }
}

/** Connections through the preload script. Ports come as messages of this window, told apart by a key nobody can guess. */
export function shellHost(shell: ShellBridge): BridgeHost {
  const waiting = new Map<string, PortSocket>();
  window.addEventListener('message', ({ source, data, ports }: MessageEvent<unknown>) => {
    const [port] = ports;
    if (source !== window || !port || typeof data !== 'object' || data === null) return;
    const { sidetonePort } = data as { readonly sidetonePort?: unknown };
    const socket = typeof sidetonePort === 'string' ? waiting.get(sidetonePort) : undefined;
    if (!socket) return;
    waiting.delete(String(sidetonePort));
    socket.adopt(port);
  });
  return {
    connect: path => {
      const key = crypto.randomUUID();
      const socket = new PortSocket();
      waiting.set(key, socket);
      shell.connect(path, key);
      return socket;
    },
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(),
  };
}
