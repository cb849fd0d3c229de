import { createServer, connect, type Server, type Socket } from 'node:net';

/** Carries TCP connections to a port and cuts them on demand, in the middle of whatever they carry. */
export class LeakyProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();

  constructor(targetPort: number) {
    this.#server = createServer(client => {
      const upstream = connect(targetPort, '127.0.0.1');
      const pair = [client, upstream] as const;
      this.#pairs.add(pair);
      const end = (): void => {
        this.#pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      };
      for (const socket of pair) socket.on('error', end).on('close', end).setNoDelay(true);
      client.pipe(upstream).pipe(client);
    });
  }

  listen(): Promise<number> {
    return new Promise(resolve =>
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as { port: number }).port)),
    );
  }

  /** @returns how many connections it cut */
  cut(): number {
    const cut = this.#pairs.size;
    for (const [client, upstream] of [...this.#pairs]) {
      client.destroy();
      upstream.destroy();
    }
    return cut;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
