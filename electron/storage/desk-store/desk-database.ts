import { randomUUID } from 'node:crypto';
import { AppError, type ErrorBody } from '#shared/errors/app-error.ts';
import { toStorageError } from '#shared/sqlite/open-database.ts';
import { AuditLedger } from './audit-ledger.ts';
import { CallArchive } from './call-archive.ts';
import { CallCache } from './call-cache.ts';
import { CallNotes } from './call-notes.ts';
import { KnowledgeCache } from './knowledge-cache.ts';
import { KnowledgeDesk } from './knowledge-desk.ts';
import { KnowledgeIndex } from './knowledge-index.ts';
import { deskProblem, type StoreFiles } from './open-store-files.ts';
import { Outbox } from './outbox.ts';
import { People } from './people.ts';
import { Retention } from './retention.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { waitList, type WaitList } from './wait-list.ts';

export interface StoreFacts {
  readonly mode: 'normal' | 'read-only' | 'unavailable';
  readonly problem: ErrorBody | null;
  readonly search: 'hybrid' | 'keywords';
}

/** Parts of the store, each with methods of its own. Who adds a part adds it here, and nowhere else. */
export interface StoreParts {
  readonly knowledge: KnowledgeDesk;
  readonly knowledgeCache: KnowledgeCache;
  readonly outbox: Outbox;
  readonly audit: AuditLedger;
  readonly calls: CallCache;
  readonly notes: CallNotes;
  readonly archive: CallArchive;
  readonly snapshots: SnapshotStore;
  readonly people: People;
  readonly retention: Retention;
}

/**
 * Everything a desk keeps, over its two open files. Synchronous and for one thread (DST1); `openDeskStore` puts it on its own.
 */
export class DeskDatabase {
  readonly parts: StoreParts;
  readonly #files: StoreFiles;

  constructor(files: StoreFiles, newId: () => string = randomUUID) {
    const { outbox, cache, mode, hasVectors } = files;
    const isWritable = mode === 'normal';
    this.#files = files;
    const knowledgeCache = new KnowledgeCache(cache);
    const saved = new Outbox(outbox);
    const index = new KnowledgeIndex(cache, hasVectors, isWritable);
    const audit = new AuditLedger(outbox);
    if (isWritable) {
      audit.begin(newId);
      if (files.isRescued) audit.beginAnew();
      // A crash may have come between the two files: what the cache has is forgotten here now.
      saved.forgetTaken(knowledgeCache.cursor());
      const known = saved.all().map(({ revision }) => revision.id);
      saved.forget(known.filter(id => knowledgeCache.revision(id) !== null));
    }
    const knowledge = new KnowledgeDesk(knowledgeCache, saved, index, isWritable, {
      deviceId: () => audit.deviceId(),
      newId,
    });
    this.parts = {
      knowledge,
      notes: new CallNotes(cache, knowledgeCache, saved, knowledge, newId),
      knowledgeCache,
      outbox: saved,
      audit,
      calls: new CallCache(cache),
      archive: new CallArchive(cache, isWritable),
      snapshots: new SnapshotStore(cache, hasVectors),
      people: new People(outbox),
      retention: new Retention(cache),
    };
  }

  facts(): StoreFacts {
    const { mode, problem, hasVectors } = this.#files;
    return { mode, problem, search: hasVectors ? 'hybrid' : 'keywords' };
  }

  waits(): WaitList {
    return waitList(this.parts);
  }

  /** Runs one method of one part. Throws `storage.*` with the desk's own words, or what the part itself refuses. */
  run(part: string, method: string, args: readonly unknown[]): unknown {
    const target = (
      this.parts as unknown as Record<string, Record<string, (...given: readonly unknown[]) => unknown>>
    )[part];
    if (!target || typeof target[method] !== 'function')
      throw new Error(`the store has no ${part}.${method}`);
    try {
      return target[method](...args);
    } catch (error) {
      throw this.#named(error);
    }
  }

  close(): void {
    this.#files.close();
  }

  #named(error: unknown): unknown {
    if (AppError.is(error) || !isSqlite(error)) return error;
    const { code } = toStorageError(error).body;
    const { problem, mode } = this.#files;
    // A file that was opened to be read says why, not merely that it is.
    if (code === 'storage.read-only' && mode === 'read-only' && problem)
      return new AppError({
        ...problem,
        code: problem.code === 'storage.full' ? 'storage.full' : 'storage.read-only',
      });
    return new AppError(deskProblem(code), { cause: error });
  }
}

const isSqlite = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('SQLITE_');
