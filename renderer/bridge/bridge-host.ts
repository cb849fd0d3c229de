/** What a bridge needs of its surroundings: sockets of the page's own origin, and time. */
export interface BridgeHost {
  /** A WebSocket with `binaryType` `arraybuffer`, connecting. */
  connect(path: string): WebSocket;
  after(delayMs: number, task: () => void): () => void;
  now(): number;
}

/** Waits between tries to connect again: 250 ms, doubled each time, at most 5 s. */
export const RETRY = { firstMs: 250, maxMs: 5_000 };
