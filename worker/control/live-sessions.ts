import type { AccountBook } from '#shared/adapters/account-book.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { ACCESS_TTL_S } from './tokens.ts';

/** So long another worker of the team may not know yet that a session has ended (ACC9). */
const LOOK_EVERY_MS = 60_000;

/**
 * Sessions that have ended while their tokens were still good, and the streams that are open in sessions. Of what other workers
 * end it learns by asking the store once a minute for each open stream.
 */
export class LiveSessions {
  readonly #book: Pick<AccountBook, 'isSessionLive'>;
  readonly #clock: Clock;
  readonly #endedMono = new Map<string, number>();
  readonly #streams = new Map<string, Set<() => void>>();

  constructor(book: Pick<AccountBook, 'isSessionLive'>, clock: Clock) {
    this.#book = book;
    this.#clock = clock;
  }

  /** Closes the streams of these sessions and refuses their tokens. */
  end(sessionIds: readonly string[]): void {
    const mono = this.#clock.mono();
    for (const [sessionId, endedMono] of this.#endedMono)
      if (mono - endedMono > ACCESS_TTL_S * 1000) this.#endedMono.delete(sessionId);
    for (const sessionId of sessionIds) {
      this.#endedMono.set(sessionId, mono);
      for (const close of [...(this.#streams.get(sessionId) ?? [])]) close();
    }
  }

  hasEnded(sessionId: string): boolean {
    return this.#endedMono.has(sessionId);
  }

  /** A stream is open in a session. @param close is called when that ends @returns forgets the stream */
  follow(sessionId: string, close: () => void): Cancel {
    const streams = this.#streams.get(sessionId) ?? new Set();
    this.#streams.set(sessionId, streams);
    streams.add(close);
    let cancel: Cancel = () => undefined;
    const look = async (): Promise<void> => {
      // While the store is away nobody is put out.
      const isLive = await this.#book.isSessionLive(sessionId, this.#clock.now()).catch(() => true);
      if (!streams.has(close)) return;
      if (isLive) cancel = this.#clock.after(LOOK_EVERY_MS, () => void look());
      else this.end([sessionId]);
    };
    cancel = this.#clock.after(LOOK_EVERY_MS, () => void look());
    return () => {
      cancel();
      streams.delete(close);
      if (streams.size === 0) this.#streams.delete(sessionId);
    };
  }
}
