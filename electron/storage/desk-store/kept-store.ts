import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, toErrorBody, type ErrorBody } from '#shared/errors/app-error.ts';
import { DeskDatabase, type StoreFacts } from './desk-database.ts';
import { CACHE_FILE, deskProblem, openStoreFiles, setFileAside } from './open-store-files.ts';
import type { StoreThreadOptions } from './store-messages.ts';

/**
 * The desk's database through the days it may have: a file that turns out damaged while it is read is set aside and made anew,
 * a disk that is full is told and tried again, a folder that could not be written is looked at again (DST4-DST8).
 */
export class KeptStore {
  readonly #options: StoreThreadOptions;
  readonly #now: () => number;
  #database: DeskDatabase;
  /** A write was refused since; the next that succeeds clears it. */
  #failure: ErrorBody | null = null;
  /** What was set aside; told until the desk is closed. */
  #damage: ErrorBody | null = null;

  constructor(options: StoreThreadOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.#database = this.#open();
  }

  /** Runs `part.method(...args)`; the part `store` is this object itself. Throws an `AppError`. */
  run(part: string, method: string, args: readonly unknown[]): unknown {
    if (part === 'store') return this.#own(method);
    try {
      const value = this.#database.run(part, method, args);
      if (WRITES.test(method)) this.#failure = null;
      return value;
    } catch (error) {
      const body = toErrorBody(error, 'electron');
      if (body.code === 'storage.full') this.#failure = body;
      if (body.code !== 'storage.corrupt') throw error;
      this.#setAside();
      return this.#database.run(part, method, args);
    }
  }

  facts(): StoreFacts {
    const facts = this.#database.facts();
    if (this.#failure) return { ...facts, mode: 'read-only', problem: this.#failure };
    return { ...facts, problem: facts.problem ?? this.#damage };
  }

  #own(method: string): unknown {
    switch (method) {
      case 'facts':
        return this.facts();
      case 'waits':
        return this.#database.waits();
      case 'recover':
        return this.#recover();
      case 'close':
        this.#database.close();
        return undefined;
      default:
        throw new Error(`the store has no ${method}`);
    }
  }

  /** What could only be read is tried to be written again. @returns whether it can be now and could not before */
  #recover(): boolean {
    if (this.#database.facts().mode === 'normal') return false;
    this.#database.close();
    this.#database = this.#open();
    return this.#database.facts().mode === 'normal';
  }

  /** Only the copy is ever set aside while it is used: the outbox is small and was looked through when it was opened. */
  #setAside(): void {
    this.#database.close();
    const file = join(this.#options.folder, CACHE_FILE);
    const target = existsSync(file) ? setFileAside(file, this.#now()) : file;
    this.#damage = deskProblem(
      'storage.corrupt',
      `The desk’s copy of the data was damaged. It is read from the worker again; unsent changes are not touched. The damaged file is kept as ${target}.`,
    );
    this.#database = this.#open();
  }

  #open(): DeskDatabase {
    const files = openStoreFiles({ ...this.#options, nowMs: this.#now() });
    try {
      return new DeskDatabase(files);
    } catch (error) {
      files.close();
      throw AppError.is(error) ? error : new AppError(deskProblem('storage.failed'), { cause: error });
    }
  }
}

/** Methods that write: one that succeeds shows that there is space again. */
const WRITES = /^(?:add|append|apply|settle|keep|take|remember|save|remove)/u;
