import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { AppError, appError, toErrorBody, type ErrorBody } from '#shared/errors/app-error.ts';
import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import type { StoreFacts } from '#electron/storage/desk-store/desk-database.ts';
import type { DeskStore } from '#electron/storage/desk-store/desk-store.ts';
import type { WaitList } from '#electron/storage/desk-store/wait-list.ts';
import { LIMITS, type Limits } from './keep-small.ts';
import type { SyncApi } from './sync-api.ts';
import {
  backoffMs,
  DEADLINE_MS,
  POLL_MS,
  stepSync,
  type SyncEffect,
  type SyncInput,
  type SyncState,
  type SyncStep,
} from './sync-machine.ts';
import { Outdated, SyncSteps } from './sync-steps.ts';
import { syncState } from './sync-words.ts';

export interface SyncClientDeps {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly store: DeskStore;
  /** The worker as it can be asked now; null without one. */
  readonly api: () => SyncApi | null;
  readonly onStatus: (status: SyncStatus) => void;
  readonly onDocs: (docIds: readonly string[]) => void;
  /** What is no refusal but a fault of ours. */
  readonly onBug?: (error: unknown) => void;
  readonly limits?: Limits;
}

/**
 * Keeps the desk's store and its worker in step (SYN20-SYN29): reads by cursor, sends what waits, and moves on by answers alone.
 * Runs by itself from `start` to `stop`; nothing it does rejects.
 */
export class SyncClient {
  readonly #deps: SyncClientDeps;
  readonly #steps: SyncSteps;
  #state: SyncState;
  #timer: Cancel = () => undefined;
  /** Rises with each request; an answer to an older one moves nothing. */
  #asked = 0;
  #lastError: (ErrorBody & { readonly atMs: number }) | null = null;
  #lastSyncedAtMs: number | null = null;
  #nextTryAtMs: number | null = null;
  #failingSinceMs: number | null = null;
  #told = '';
  #telling = false;
  #tellAgain = false;
  #stopped = false;

  constructor(deps: SyncClientDeps) {
    this.#deps = deps;
    this.#state = { name: 'offline', sinceMs: deps.clock.now() };
    this.#steps = new SyncSteps({
      store: deps.store,
      now: () => deps.clock.now(),
      limits: deps.limits ?? LIMITS,
      onDocs: deps.onDocs,
    });
  }

  get state(): SyncState {
    return this.#state;
  }

  start(): void {
    this.#arm({ ask: null, timer: { name: 'poll' } });
    this.#tell();
  }

  linked(): void {
    this.#steps.connected();
    this.#input({ type: 'linked' });
  }

  unlinked(): void {
    this.#input({ type: 'unlinked', nowMs: this.#deps.clock.now() });
  }

  /** Something was saved here, or the worker says that it has something new. */
  wake(): void {
    this.#input({ type: 'wake', now: false });
    this.#tell();
  }

  /** A call came or went: the list is read again. */
  callsChanged(): void {
    this.#steps.callsChanged();
    this.#input({ type: 'wake', now: false });
  }

  /** A person does not want to wait. */
  now(): void {
    if (this.#state.name === 'offline' && this.#deps.api()) this.linked();
    else this.#input({ type: 'wake', now: true });
  }

  stop(): void {
    this.#stopped = true;
    this.#asked += 1;
    this.#timer();
  }

  async status(): Promise<SyncStatus> {
    const { store } = this.#deps;
    try {
      const [facts, waits] = await Promise.all([store.facts(), store.waits()]);
      return this.#statusOf(facts, waits);
    } catch (error) {
      const problem = toErrorBody(error, 'electron');
      const nothing: WaitList = { waiting: 0, waits: [], refused: [], conflicts: 0 };
      return this.#statusOf({ mode: 'unavailable', problem, search: 'keywords' }, nothing);
    }
  }

  #statusOf(facts: StoreFacts, { conflicts, ...waits }: WaitList): SyncStatus {
    return {
      state: syncState(
        this.#state,
        this.#steps.progress,
        this.#failingSinceMs,
        conflicts,
        waits.refused.length,
      ),
      ...waits,
      lastSyncedAtMs: this.#lastSyncedAtMs,
      lastError: this.#lastError,
      nextTryAtMs: this.#nextTryAtMs,
      store: facts,
    };
  }

  #input(input: SyncInput): void {
    if (this.#stopped) return;
    const [state, effect] = stepSync(this.#state, input);
    const isNews = state.name !== this.#state.name;
    this.#state = state;
    if (!effect) return;
    this.#asked += 1;
    this.#arm(effect);
    if (effect.ask) void this.#ask(effect.ask, this.#asked);
    if (isNews) this.#tell();
  }

  #arm({ timer }: SyncEffect): void {
    const { clock, random } = this.#deps;
    this.#timer();
    const delayMs =
      timer.name === 'poll'
        ? POLL_MS
        : timer.name === 'deadline'
          ? DEADLINE_MS
          : backoffMs(timer.attempt, random());
    this.#nextTryAtMs = timer.name === 'deadline' ? null : clock.now() + delayMs;
    this.#timer = clock.after(delayMs, () => void this.#onTimer());
  }

  async #onTimer(): Promise<void> {
    const { clock, store, api } = this.#deps;
    if (this.#state.name === 'asking')
      this.#failed(
        appError('link.timeout', 'The worker did not answer in time. It is tried again.', {
          origin: 'electron',
          retryable: true,
        }).body,
      );
    else if (await store.recover().catch(() => false)) this.#tell();
    this.#input({ type: 'timer', nowMs: clock.now(), isLinked: api() !== null });
  }

  async #ask(step: SyncStep, mine: number): Promise<void> {
    const { clock, api, onBug } = this.#deps;
    const worker = api();
    if (!worker) {
      this.unlinked();
      return;
    }
    try {
      const next = await this.#steps.run(step, worker, () => mine === this.#asked);
      if (mine !== this.#asked) return;
      if (next === null) this.#roundIsOver();
      this.#input({ type: 'answered', next });
      if (step === 'push' || this.#steps.progress.total > 0) this.#tell();
    } catch (error) {
      if (error instanceof Outdated || mine !== this.#asked) return;
      if (!AppError.is(error)) onBug?.(error);
      this.#failed(toErrorBody(error, 'electron'));
      this.#input({ type: 'failed', nowMs: clock.now() });
      this.#tell();
    }
  }

  #roundIsOver(): void {
    const nowMs = this.#deps.clock.now();
    this.#lastSyncedAtMs = nowMs;
    this.#failingSinceMs = null;
    const { trouble } = this.#steps;
    this.#lastError = trouble ? { ...trouble, atMs: nowMs } : null;
    this.#steps.trouble = null;
  }

  #failed(error: ErrorBody): void {
    const nowMs = this.#deps.clock.now();
    this.#failingSinceMs ??= nowMs;
    this.#lastError = { ...error, atMs: nowMs };
  }

  /** Tells how it stands, if it is not what was told last; never two at a time. */
  #tell(): void {
    if (this.#telling) {
      this.#tellAgain = true;
      return;
    }
    this.#telling = true;
    void this.status()
      .then(status => {
        const text = JSON.stringify(status);
        if (this.#stopped || text === this.#told) return;
        this.#told = text;
        this.#deps.onStatus(status);
      })
      .finally(() => {
        this.#telling = false;
        if (!this.#tellAgain) return;
        this.#tellAgain = false;
        this.#tell();
      });
  }
}
