/**
 * One connection of a console, as both hosts have it: a WebSocket in the browser host, a MessagePort in the desktop app.
 * The names are those of `ws`, whose sockets fit as they are.
 */
export interface ConsoleSocket {
  readonly OPEN: number;
  readonly readyState: number;
  /** Bytes the console has not taken yet. */
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** Ends the connection without waiting for what was sent. */
  terminate(): void;
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: 'close' | 'error', listener: () => void): unknown;
}
