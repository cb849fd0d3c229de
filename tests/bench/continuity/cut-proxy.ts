import { connect, createServer, type Server, type Socket } from 'node:net';

/** A wire between a desk and its worker that can be cut and mended. */
export class CutProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isWhole = true;

  private constructor(targetPort: number) {
    this.#server = createServer(socket => {
      if (!this.#isWhole) {
        socket.destroy();
        return;
      }
      const target = connect(targetPort, '127.0.0.1');
      for (const [one, other] of [
        [socket, target],
        [target, socket],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => undefined);
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  }

  static async before(targetPort: number): Promise<CutProxy> {
    const proxy = new CutProxy(targetPort);
    await new Promise<void>(resolve => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as { port: number }).port)}`;
  }

  cut(): void {
    this.#isWhole = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isWhole = true;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
