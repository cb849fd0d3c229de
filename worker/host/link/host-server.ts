import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface HostServer {
  /** Where hosts connect; loopback only. */
  readonly url: string;
  /** Takes the host that shows this secret, once. */
  expect(secret: string, onHost: (socket: WebSocket) => void): void;
  forget(secret: string): void;
  close(): Promise<void>;
}

/** The door for hosts of this worker. Without a secret that is expected nothing is answered but a refusal. */
export async function openHostServer(): Promise<HostServer> {
  const expected = new Map<string, (socket: WebSocket) => void>();
  const http = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    const secret = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const onHost = expected.get(secret);
    if (!onHost) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    expected.delete(secret);
    sockets.handleUpgrade(request, socket, head, onHost);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${String(port)}/`,
    expect: (secret, onHost) => void expected.set(secret, onHost),
    forget: secret => void expected.delete(secret),
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
}
