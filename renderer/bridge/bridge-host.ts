/** A connection to the desk: a WebSocket with `binaryType` `arraybuffer`, or what stands in for one. */
export interface BridgeSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent<unknown>) => unknown) | null;
  onclose: ((event: CloseEvent) => unknown) | null;
  send(data: string | ArrayBuffer): void;
  close(): void;
}

/** What a bridge needs of its surroundings: connections, and time. */
export interface BridgeHost {
  /** Begins to connect. */
  connect(path: string): BridgeSocket;
  after(delayMs: number, task: () => void): () => void;
  now(): number;
}

/** Waits between tries to connect again: 250 ms, doubled each time, at most 5 s. */
export const RETRY = { firstMs: 250, maxMs: 5_000 };
