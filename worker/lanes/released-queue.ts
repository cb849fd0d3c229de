import type { ChunkRecord } from './chunk-ledger.ts';

/** Released chunks on their way to the voice: one reader, in order, ends when closed. */
export class ReleasedQueue implements AsyncIterableIterator<ChunkRecord, undefined> {
  readonly #items: ChunkRecord[] = [];
  #closed = false;
  #wake: (() => void) | null = null;

  push(record: ChunkRecord): void {
    if (this.#closed) return;
    this.#items.push(record);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<ChunkRecord, undefined>> {
    for (;;) {
      const value = this.#items.shift();
      if (value) return { done: false, value };
      if (this.#closed) return { done: true, value: undefined };
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
