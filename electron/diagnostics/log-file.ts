import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const MAX_LOG_BYTES = 5 * 1024 * 1024;

/** A log of lines in a file of its own; one older file is kept. Logging never stops the desk. */
export class LogFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  write(line: string): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      if (this.#size() > MAX_LOG_BYTES) renameSync(this.#file, `${this.#file}.1`);
      appendFileSync(this.#file, `${line}\n`);
    } catch {
      // A full disk must not take the desk down with it; the worker itself reports what it cannot write.
    }
  }

  /** An error as one JSON line. */
  problem(what: string, error: unknown): void {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.write(JSON.stringify({ atMs: Date.now(), level: 'error', what, detail }));
  }

  #size(): number {
    try {
      return statSync(this.#file).size;
    } catch {
      return 0;
    }
  }
}
