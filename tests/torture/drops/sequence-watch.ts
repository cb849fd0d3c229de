import type { FloorMessage } from '#electron/core/worker-link.ts';

/** What a console would notice: a position that is missing, comes twice or comes late; and the same per call. */
export class SequenceWatch {
  readonly failures: string[] = [];
  position = -1;
  taken = 0;
  snapshots = -1; // the empty one of `follow` is none
  readonly #seqs = new Map<string, number>();

  take(message: FloorMessage): void {
    if (message.type === 'snapshot') {
      // A snapshot holds open calls only, each up to its last event; the others are forgotten.
      this.snapshots += 1;
      this.#seqs.clear();
      for (const { callId, lastSeq } of message.calls) this.#seqs.set(callId, lastSeq);
      this.position = message.position;
      return;
    }
    for (const { position, event } of message.entries) {
      if (position !== this.position + 1) this.#say(`position ${position} came after ${this.position}`);
      this.position = position;
      this.taken += 1;
      this.#step(event.conversationId, event.seq);
    }
  }

  #step(callId: string, seq: number): void {
    const before = this.#seqs.get(callId) ?? -1;
    if (seq !== before + 1) this.#say(`call ${callId}: ${seq} came after ${before}`);
    this.#seqs.set(callId, seq);
  }

  #say(failure: string): void {
    if (this.failures.length < 20) this.failures.push(failure);
  }
}
