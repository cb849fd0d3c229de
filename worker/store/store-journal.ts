import type { Journal, JournalEntry } from '#shared/adapters/journal.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { Store } from './store.ts';

/** A group is written after this long or this many entries, whichever comes first. Source: architecture 2.5. */
const GROUP_MS = 5;
const GROUP_ENTRIES = 64;
const RETRY_MS: readonly number[] = [10, 50, 250, 1000];

/** What a log is kept in: the worker's store, or the spool of a host. */
export type JournalStore = Pick<Store, 'append' | 'callEvents' | 'entries'>;

/**
 * The log in front of the store: order and positions at once, disk in groups (AUD1, AUD7-AUD9). What could not be written is
 * kept, in order, and tried again until it is. A record that the store refuses for what it holds is set aside, so that it does
 * not stop the log (AUD15).
 */
export class StoreJournal implements Journal {
  readonly #store: JournalStore;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown, waitingEntries: number) => void;
  readonly #onRecovered: () => void;
  readonly #setAside: (entry: JournalEntry, error: unknown) => void;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  /** Accepted and not yet on disk, in order. */
  readonly #unwritten: JournalEntry[] = [];
  readonly #waiters: { readonly position: number; readonly resolve: () => void }[] = [];
  #head: number;
  #written: number;
  #timer: Cancel | null = null;
  #writing = false;
  #failures = 0;
  /** A group was refused: its entries are written one by one. */
  #suspect = false;

  constructor(
    store: JournalStore,
    clock: Clock,
    head: number,
    onFailure: (error: unknown, waitingEntries: number) => void,
    /** Keeps a refused record durably elsewhere before it returns; throws when it cannot. */
    setAside: (entry: JournalEntry, error: unknown) => void = (_entry, error) => {
      throw error;
    },
    /** The first write that succeeded after failures. */
    onRecovered: () => void = () => undefined,
  ) {
    this.#onRecovered = onRecovered;
    this.#setAside = setAside;
    this.#store = store;
    this.#clock = clock;
    this.#head = head;
    this.#written = head;
    this.#onFailure = onFailure;
  }

  get head(): number {
    return this.#head;
  }

  append(event: CallEvent): JournalEntry {
    this.#head += 1;
    const entry = { position: this.#head, event };
    this.#unwritten.push(entry);
    for (const listener of this.#listeners) listener(entry);
    if (this.#unwritten.length >= GROUP_ENTRIES) void this.#write();
    else this.#timer ??= this.#clock.after(GROUP_MS, () => void this.#write());
    return entry;
  }

  durable(position: number): Promise<void> {
    if (position <= this.#written) return Promise.resolve();
    return new Promise(resolve => {
      this.#waiters.push({ position, resolve });
      void this.#write();
    });
  }

  onEntry(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async callEvents(callId: CallId, afterSeq: number): Promise<readonly CallEvent[]> {
    const stored = await this.#store.callEvents(callId, afterSeq);
    const last = stored.at(-1)?.seq ?? afterSeq;
    const rest = this.#unwritten
      .map(entry => entry.event)
      .filter(event => event.conversationId === callId && event.seq > last);
    return [...stored, ...rest];
  }

  async entries(after: number, limit: number): Promise<readonly JournalEntry[]> {
    const stored = await this.#store.entries(after, limit);
    const last = stored.at(-1)?.position ?? after;
    const rest = this.#unwritten.filter(entry => entry.position > last);
    return [...stored, ...rest].slice(0, limit);
  }

  /** Resolves when everything accepted so far is on disk. */
  async flush(): Promise<void> {
    await this.durable(this.#head);
  }

  async #write(): Promise<void> {
    this.#timer?.();
    this.#timer = null;
    if (this.#writing || this.#unwritten.length === 0) return;
    this.#writing = true;
    const group = this.#unwritten.slice(0, this.#suspect ? 1 : 512);
    try {
      await this.#append(group);
      this.#suspect &&= this.#unwritten.length > group.length;
      if (this.#failures > 0) this.#onRecovered();
      this.#failures = 0;
      this.#unwritten.splice(0, group.length);
      this.#written = group.at(-1)?.position ?? this.#written;
      this.#settle();
      this.#writing = false;
      if (this.#unwritten.length > 0) void this.#write();
    } catch (error) {
      this.#onFailure(error, this.#unwritten.length);
      const delayMs = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 1000;
      this.#failures += 1;
      this.#clock.after(delayMs, () => {
        this.#writing = false;
        void this.#write();
      });
    }
  }

  /** One entry of a refused group at a time, so that only the one that is at fault is set aside. */
  async #append(group: readonly JournalEntry[]): Promise<void> {
    try {
      await this.#store.append(group);
    } catch (error) {
      if (!AppError.is(error) || error.body.code !== 'storage.failed' || error.body.retryable) throw error;
      const [first] = group;
      if (group.length === 1 && first) this.#setAside(first, error);
      else {
        this.#suspect = true;
        throw error;
      }
    }
  }

  #settle(): void {
    for (let index = this.#waiters.length - 1; index >= 0; index -= 1) {
      const waiter = this.#waiters[index];
      if (!waiter || waiter.position > this.#written) continue;
      this.#waiters.splice(index, 1);
      waiter.resolve();
    }
  }
}
