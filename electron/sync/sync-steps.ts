import { AppError, appError, type ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskStore } from '#electron/storage/desk-store/desk-store.ts';
import { keepSmall, type Limits } from './keep-small.ts';
import type { SyncApi } from './sync-api.ts';
import type { SyncStep } from './sync-machine.ts';

const PAGE_DOCUMENTS = 200;
const MOST_PUSHED = 50;
/** A push stays well below what a worker takes as one request. */
const MOST_PUSHED_CHARS = 400_000;
const FRAME_ENTRIES = 500;
/** Calls whose events are kept without anybody having opened them. */
const CALLS_LISTED = 100;
const CALLS_FILLED = 30;

/** How far a long catch-up is; both are 0 where nothing is under way. */
export interface Progress {
  done: number;
  total: number;
}

export interface StepsDeps {
  readonly store: DeskStore;
  readonly now: () => number;
  readonly limits: Limits;
  /** Documents that are not what they were. */
  readonly onDocs: (docIds: readonly string[]) => void;
}

/** An answer came for a request that was given up meanwhile: nothing may follow from it. */
export class Outdated extends Error {}

/**
 * What each step of a round does. A step is one request and what follows from its answer; it returns the step that comes next.
 * `isCurrent` is asked after every answer: a step that was given up must not move anything (SYN22).
 */
export class SyncSteps {
  readonly progress: Progress = { done: 0, total: 0 };
  /** What was refused for good by a step that others do not wait for; null when all went well. */
  trouble: ErrorBody | null = null;
  readonly #deps: StepsDeps;
  #pushLimit = MOST_PUSHED;
  #askedAuditHead = false;
  #callsDue = true;
  #snapshotCheckedAt = -1;
  #refusedSnapshot: string | null = null;

  constructor(deps: StepsDeps) {
    this.#deps = deps;
  }

  /** A new connection: where the worker is, is asked anew. */
  connected(): void {
    this.#askedAuditHead = false;
    this.#callsDue = true;
    this.#snapshotCheckedAt = -1;
    this.#pushLimit = MOST_PUSHED;
  }

  callsChanged(): void {
    this.#callsDue = true;
  }

  async run(step: SyncStep, api: SyncApi, isCurrent: () => boolean): Promise<SyncStep | null> {
    const asked = async <Result>(request: Promise<Result>): Promise<Result> => {
      const result = await request.catch((error: unknown) => {
        throw isCurrent() ? error : new Outdated();
      });
      if (!isCurrent()) throw new Outdated();
      return result;
    };
    try {
      switch (step) {
        case 'changes':
          return await this.#changes(api, asked);
        case 'push':
          return await this.#push(api, asked);
        case 'audit':
          return await this.#audit(api, asked);
        case 'snapshot':
          return await this.#snapshot(api, asked);
        case 'calls':
          return await this.#calls(api, asked);
      }
    } catch (error) {
      if (!AppError.is(error) || error.body.retryable || error.body.code === 'access.unauthenticated')
        throw error;
      // Refused for good: told, and no reason for what comes after it to wait.
      this.trouble = error.body;
      return AFTER[step];
    }
  }

  async #changes(api: SyncApi, asked: Asked): Promise<SyncStep> {
    const { store, onDocs } = this.#deps;
    const after = await store.knowledgeCache.cursor();
    const page = await asked(api.changes(after, PAGE_DOCUMENTS));
    if (page.version < after) {
      // Another worker, or one that was restored: what it does not know is sent again, everything else read again.
      await store.knowledgeCache.reset();
      await store.outbox.sendTakenAgain();
      onDocs([]);
      return 'changes';
    }
    await store.notes.forgetErased(page.revisions);
    const docs = await store.knowledgeCache.apply(after, page);
    if (docs) await store.outbox.forget(page.revisions.map(({ id }) => id));
    await store.outbox.forgetTaken(await store.knowledgeCache.cursor());
    if (docs && docs.length > 0) onDocs(docs);
    this.#count(docs?.length ?? 0, page.hasMore);
    return page.hasMore ? 'changes' : 'push';
  }

  async #push(api: SyncApi, asked: Asked): Promise<SyncStep> {
    const { store, now, onDocs } = this.#deps;
    const waiting = fitting(await store.outbox.waiting(this.#pushLimit));
    if (waiting.length === 0) return 'audit';
    const docIds = [...new Set(waiting.map(({ revision }) => revision.docId))];
    const ids = waiting.map(({ revision }) => revision.id);
    try {
      const answer = await asked(api.push(waiting.map(({ revision }) => revision)));
      const known = answer.answers.filter(({ revisionId }) => ids.includes(revisionId));
      if (known.length === 0)
        throw appError('worker.unreachable', 'The worker did not say what became of what was sent.', {
          origin: 'electron',
          retryable: true,
        });
      await store.outbox.settle({ ...answer, answers: known }, now());
      this.#pushLimit = Math.min(MOST_PUSHED, this.#pushLimit * 2);
    } catch (error) {
      if (!AppError.is(error)) throw error;
      const { code, message } = error.body;
      if (code === 'access.denied') await store.outbox.refuse(ids, 'not-allowed', message, now());
      else if (code === 'input.invalid' || code === 'input.too-large') {
        // One of them is not understood: the others must not wait for it, and it must not vanish.
        if (ids.length > 1) {
          this.#pushLimit = Math.max(1, Math.floor(ids.length / 2));
          return 'push';
        }
        await store.outbox.refuse(ids, 'invalid', message, now());
      } else throw error;
    }
    onDocs(docIds);
    return 'changes';
  }

  async #audit(api: SyncApi, asked: Asked): Promise<SyncStep> {
    const { store } = this.#deps;
    const frame = await store.audit.nextFrame(this.#askedAuditHead ? FRAME_ENTRIES : 0);
    if (!frame || (this.#askedAuditHead && frame.entries.length === 0)) return 'snapshot';
    const before = await store.audit.waiting();
    const answer = await asked(api.sendFrame(frame));
    await store.audit.take(answer);
    const moved =
      (await store.audit.waiting()) !== before || answer.outcome === 'fork' || !this.#askedAuditHead;
    this.#askedAuditHead = true;
    if (!moved)
      throw appError(
        'storage.refused',
        'The worker’s audit record does not go on from what it has confirmed to this desk. Nothing is lost here; ask whoever runs the worker.',
        { origin: 'electron' },
      );
    return 'audit';
  }

  async #snapshot(api: SyncApi, asked: Asked): Promise<SyncStep> {
    const { store, now } = this.#deps;
    const cursor = await store.knowledgeCache.cursor();
    if (this.#snapshotCheckedAt === cursor) return 'calls';
    const manifest = await asked(api.snapshot());
    const active = await store.snapshots.active();
    if (active?.manifest.sha256 === manifest.sha256 || manifest.sha256 === this.#refusedSnapshot) {
      this.#snapshotCheckedAt = cursor;
      return 'calls';
    }
    const [missing] = await store.snapshots.missing(manifest);
    if (missing !== undefined) {
      const bytes = await asked(api.snapshotPart(missing));
      if (!(await store.snapshots.addPart(missing, bytes)))
        throw appError(
          'knowledge.refused',
          'A part of the published knowledge arrived damaged. It is fetched again.',
          {
            origin: 'electron',
            retryable: true,
          },
        );
      return 'snapshot';
    }
    const refusal = await store.snapshots.apply(manifest, now());
    if (refusal === 'part-damaged' || refusal === 'part-missing') return 'snapshot';
    if (refusal !== null) {
      this.#refusedSnapshot = manifest.sha256;
      throw appError(
        'knowledge.refused',
        `The published knowledge did not pass its check on this desk (${refusal}). Search goes on with what was there before.`,
        { origin: 'electron' },
      );
    }
    await store.snapshots.forgetParts();
    this.#snapshotCheckedAt = cursor;
    return 'calls';
  }

  async #calls(api: SyncApi, asked: Asked): Promise<SyncStep | null> {
    const { store, now, limits, onDocs } = this.#deps;
    if (this.#callsDue) {
      const erased = await asked(api.erasedCalls());
      await store.calls.forgetErased(erased);
      if ((await store.notes.forgetCalls(erased)) > 0) onDocs([]);
      await store.calls.addListed(await asked(api.recentCalls(CALLS_LISTED)), now());
      this.#callsDue = false;
      return 'calls';
    }
    const [next, ...rest] = await store.calls.incomplete(CALLS_FILLED, [...this.#passedOver]);
    if (next === undefined) {
      await keepSmall(store, limits, now());
      this.#settled();
      return null;
    }
    const events = await asked(api.callEvents(next));
    await store.calls.addEvents(events, now());
    // Whatever came is all there is: a log that ends otherwise is not asked for over and over.
    this.#passedOver.add(next);
    this.#count(1, false, rest.length);
    return 'calls';
  }

  readonly #passedOver = new Set<string>();

  #count(done: number, hasMore: boolean, left = hasMore ? PAGE_DOCUMENTS : 0): void {
    this.progress.done += done;
    this.progress.total = this.progress.done + left;
    if (left === 0) this.#settled();
  }

  #settled(): void {
    this.progress.done = 0;
    this.progress.total = 0;
  }
}

type Asked = <Result>(request: Promise<Result>) => Promise<Result>;

const AFTER: Readonly<Record<SyncStep, SyncStep | null>> = {
  changes: 'audit',
  push: 'audit',
  audit: 'snapshot',
  snapshot: 'calls',
  calls: null,
};

/** As many from the beginning as make one request; never none. */
function fitting<Entry extends { readonly revision: unknown }>(entries: readonly Entry[]): readonly Entry[] {
  let chars = 0;
  const end = entries.findIndex(({ revision }, at) => {
    chars += JSON.stringify(revision).length;
    return at > 0 && chars > MOST_PUSHED_CHARS;
  });
  return end < 0 ? entries : entries.slice(0, end);
}
