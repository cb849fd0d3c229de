import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { colleagueSchema } from '#shared/ipc/knowledge-commands.ts';
import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import type { DeskStore } from '#electron/storage/desk-store/desk-store.ts';
import type { DeskFiles } from '#electron/storage/files/desk-files.ts';
import { SyncClient } from '#electron/sync/sync-client.ts';
import type { DeskCore } from './desk-core.ts';
import type { FloorMessage } from './worker-link.ts';
import { WorkerSyncApi } from './worker-sync-api.ts';

const peopleSchema = z.object({ people: z.array(colleagueSchema) });

/** Events wait this long to be written together: one commit each would be a disk access each. */
const GATHER_MS = 500;

export interface DeskDataDeps {
  readonly core: DeskCore;
  readonly clock: Clock;
  readonly store: DeskStore;
  readonly files: DeskFiles;
  readonly onBug: (error: unknown) => void;
}

/** What this desk keeps and how it is kept in step with the worker: the store, the sync and what feeds both. */
export class DeskData {
  readonly store: DeskStore;
  readonly files: DeskFiles;
  readonly sync: SyncClient;
  readonly #deps: DeskDataDeps;
  readonly #stops: (() => void)[] = [];
  #gathered: CallEvent[] = [];
  #isLive = false;
  #status: SyncStatus | null = null;

  constructor(deps: DeskDataDeps) {
    const { core, clock, store, files } = deps;
    const api = new WorkerSyncApi(question => core.ask(question));
    this.#deps = deps;
    this.store = store;
    this.files = files;
    this.sync = new SyncClient({
      clock,
      random: Math.random,
      store,
      api: () => (core.link.state.name === 'live' ? api : null),
      onStatus: status => {
        this.#status = status;
        core.tell('sync-changed', status);
      },
      onDocs: docIds => core.tell('knowledge-changed', { docIds: [...docIds] }),
      onBug: deps.onBug,
    });
  }

  /** How it stood when it was told last. */
  get status(): SyncStatus | null {
    return this.#status;
  }

  start(): void {
    const { core } = this.#deps;
    this.sync.start();
    this.#stops.push(
      core.onLink(({ name }) => this.#onLink(name === 'live')),
      core.follow(message => this.#onFloor(message)),
      core.onDeed((kind, what) => this.record(kind, what)),
      core.link.onKnowledge(() => this.sync.wake()),
    );
  }

  /** Puts what somebody did here on record (AUD40). Never rejects: a store that cannot be written says so by itself. */
  record(kind: string, payload: Readonly<Record<string, unknown>>): void {
    const { core, clock, onBug } = this.#deps;
    const userId = core.user?.userId ?? null;
    void this.store.audit
      .append(kind, { userId, ...payload }, clock.now(), randomUUID())
      .then(() => this.sync.wake(), onBug);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.sync.stop();
    await this.#write().catch(() => undefined);
    await this.store.close().catch(() => undefined);
  }

  #onLink(isLive: boolean): void {
    if (isLive === this.#isLive) return;
    this.#isLive = isLive;
    if (!isLive) {
      this.sync.unlinked();
      return;
    }
    const { user } = this.#deps.core;
    if (user) {
      void this.store.people.remember(user).catch(this.#deps.onBug);
      this.record('desk.signed-in', { role: user.role });
    }
    void this.#keepTeam().catch(() => undefined);
    this.sync.linked();
  }

  /** Names of colleagues, for a desk without its worker; those it had stay where they cannot be read. */
  async #keepTeam(): Promise<void> {
    const { people } = await this.#deps.core.ask(api => api.get('/api/people', peopleSchema));
    await this.store.people.keepTeam(people);
  }

  #onFloor(message: FloorMessage): void {
    if (message.type !== 'batch') return;
    if (message.entries.length > 0) {
      if (this.#gathered.length === 0) this.#deps.clock.after(GATHER_MS, () => void this.#write());
      this.#gathered.push(...message.entries.map(({ event }) => event));
    }
    if (message.entries.some(({ event }) => event.type === 'call.ended')) this.sync.callsChanged();
  }

  /** A copy that cannot be written is no reason to trouble anybody: the worker has the events. */
  async #write(): Promise<void> {
    const events = this.#gathered;
    this.#gathered = [];
    if (events.length > 0)
      await this.store.calls.addEvents(events, this.#deps.clock.now()).catch(() => undefined);
  }
}
