import { EventEmitter } from 'node:events';
import type { MessagePortMain } from 'electron';
import { portClosedSchema, portTakenSchema } from '#shared/ipc/shell-port.ts';
import type { ConsoleSocket } from '#electron/ipc/console-socket.ts';

/** A port to the page that behaves as a WebSocket of the browser host does, back-pressure included (IPC52). */
export class PortSocket extends EventEmitter implements ConsoleSocket {
  readonly OPEN = 1;
  readonly #port: MessagePortMain;
  #open = true;
  #sentBytes = 0;
  #takenBytes = 0;

  constructor(port: MessagePortMain) {
    super();
    this.#port = port;
    port.on('message', ({ data }: { readonly data: unknown }) => this.#receive(data));
    port.on('close', () => this.#gone());
    port.start();
  }

  get readyState(): number {
    return this.#open ? this.OPEN : 3;
  }

  get bufferedAmount(): number {
    return this.#sentBytes - this.#takenBytes;
  }

  send(data: string | Uint8Array): void {
    if (!this.#open) return;
    this.#sentBytes += data.length;
    // A copy: a frame out of a pool would be cloned with the whole pool behind it.
    this.#port.postMessage(typeof data === 'string' ? data : new Uint8Array(data));
  }

  close(code = 1000, reason = ''): void {
    if (!this.#open) return;
    this.#port.postMessage({ ended: { code, reason } });
    this.terminate();
  }

  terminate(): void {
    if (!this.#open) return;
    this.#port.close();
    this.#gone();
  }

  #receive(data: unknown): void {
    if (!this.#open) return;
    if (typeof data === 'string') this.emit('message', Buffer.from(data), false);
    else if (data instanceof ArrayBuffer) this.emit('message', Buffer.from(data), true);
    else {
      const taken = portTakenSchema.safeParse(data);
      if (taken.success) this.#takenBytes = Math.min(this.#sentBytes, taken.data.takenBytes);
      else if (portClosedSchema.safeParse(data).success) this.terminate();
    }
  }

  #gone(): void {
    if (!this.#open) return;
    this.#open = false;
    this.emit('close');
  }
}
