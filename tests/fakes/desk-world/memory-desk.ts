import DatabaseFile from 'better-sqlite3';
import type { Database } from '#shared/sqlite/open-database.ts';
import { DeskDatabase } from '#electron/storage/desk-store/desk-database.ts';
import { storeOver, type DeskStore } from '#electron/storage/desk-store/desk-store.ts';
import { memoryFiles } from '#tests/fixtures/memory-store.ts';

/** The desk's process ended here. */
export class Crash extends Error {}

/** Called before and after every statement that writes. */
export type OnStatement = () => void;

/** A connection whose writing statements can be cut off: before they run, or right after. What was not committed is not there. */
export function crashing(database: Database, onStatement: OnStatement): Database {
  return new Proxy(database, {
    get(target, name) {
      if (name === 'prepare') return (sql: string) => crashingStatement(target.prepare(sql), onStatement);
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

function crashingStatement(statement: ReturnType<Database['prepare']>, onStatement: OnStatement): unknown {
  const proxy: unknown = new Proxy(statement, {
    get(target, name) {
      if (name === 'run')
        return (...args: unknown[]) => {
          onStatement();
          const result = (target.run as (...given: unknown[]) => unknown).apply(target, args);
          onStatement();
          return result;
        };
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = (value as (...given: unknown[]) => unknown).apply(target, args);
        return result === target ? proxy : result;
      };
    },
  });
  return proxy;
}

const template = (() => {
  const files = memoryFiles();
  return { outbox: files.outbox.serialize(), cache: files.cache.serialize() };
})();

/** The files of one desk, in memory: they outlive its process. */
export class MemoryDesk {
  #outbox = new DatabaseFile(template.outbox);
  #cache = new DatabaseFile(template.cache);
  #images: { readonly outbox: Buffer; readonly cache: Buffer } | null = null;

  open(
    onStatement: OnStatement,
    newId: () => string,
  ): { readonly database: DeskDatabase; readonly store: DeskStore } {
    const database = new DeskDatabase(
      {
        outbox: crashing(this.#outbox, onStatement),
        cache: crashing(this.#cache, onStatement),
        mode: 'normal',
        problem: null,
        hasVectors: false,
        close: () => undefined,
      },
      newId,
    );
    // Nobody looks at what is told of it here: reading that too would be most of the work.
    const told = { facts: database.facts(), waits: { waiting: 0, waits: [], refused: [], conflicts: 0 } };
    const store = storeOver(
      async (part, method, args) =>
        part === 'store' ? (told as Record<string, unknown>)[method] : database.run(part, method, args),
      async () => undefined,
    );
    return { database, store };
  }

  /** The copy is damaged: it is set aside and begins anew (DST3). */
  loseCache(): void {
    this.#cache.close();
    this.#cache = new DatabaseFile(template.cache);
  }

  /** The image of a whole disk, as a backup takes it. */
  backUp(): void {
    this.#images = { outbox: this.#outbox.serialize(), cache: this.#cache.serialize() };
  }

  get isBackedUp(): boolean {
    return this.#images !== null;
  }

  /** The disk goes back to the last image. */
  restore(): void {
    if (!this.#images) return;
    this.close();
    this.#outbox = new DatabaseFile(this.#images.outbox);
    this.#cache = new DatabaseFile(this.#images.cache);
  }

  close(): void {
    this.#outbox.close();
    this.#cache.close();
  }
}
