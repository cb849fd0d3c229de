// Three desks and a worker over a network that loses, doubles and reorders, with clocks that are wrong and processes that die at
// any statement. Over 200 lines: one schedule is one story and is read as one.
import { randomUUID } from 'node:crypto';
import { seededRandom, type Random } from '#shared/base/random.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { type AppError, appError } from '#shared/errors/app-error.ts';
import { descends } from '#shared/domain/knowledge-revision.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import type { DeskDatabase } from '#electron/storage/desk-store/desk-database.ts';
import type { DeskStore } from '#electron/storage/desk-store/desk-store.ts';
import type { SyncApi } from '#electron/sync/sync-api.ts';
import { SyncClient } from '#electron/sync/sync-client.ts';
import type { SqliteDatabase } from '#worker/store/sqlite/sqlite-database.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { answeredBy } from './answered-by.ts';
import { Crash, MemoryDesk } from './memory-desk.ts';
import { WorldServer } from './world-server.ts';

/** Everything that runs is done when the microtasks are. */
export const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

const WORDS = ['You have 30 days.', 'You have 45 days.', 'Refunds take a week.', 'Gift cards are final.'];
const HOUR_MS = 3_600_000;

/** What a rule that is left out would be in code; the property has to notice each (A7). */
export interface Mutant {
  /** Wraps the store of a desk. */
  readonly store?: (store: DeskStore, database: DeskDatabase) => DeskStore;
  /** Wraps what a desk asks. */
  readonly api?: (api: SyncApi, store: () => DeskStore) => SyncApi;
}

/** One desk: its disk, which stays, and its process, which may die. */
class WorldDesk {
  readonly name: string;
  readonly disk = new MemoryDesk();
  readonly clock = createVirtualClock();
  /** How wrong its wall clock is. */
  skewMs = 0;
  isOnline = true;
  mayEdit = true;
  database!: DeskDatabase;
  store!: DeskStore;
  sync!: SyncClient;
  /** Statements until it dies; null for one that lives. */
  diesIn: number | null = null;
  isDead = false;
  readonly #world: DeskWorld;

  constructor(world: DeskWorld, name: string) {
    this.#world = world;
    this.name = name;
    this.boot();
  }

  boot(): void {
    this.isDead = false;
    this.diesIn = null;
    const opened = this.disk.open(() => this.#onStatement(), this.#world.newId);
    const { mutant } = this.#world;
    this.database = opened.database;
    this.store = mutant.store ? mutant.store(opened.store, opened.database) : opened.store;
    const clock: Clock = {
      now: () => (this.clock.now() + this.skewMs) as EpochMs,
      mono: this.clock.mono,
      after: this.clock.after,
    };
    const api = this.#world.network(this);
    const asked = mutant.api ? mutant.api(api, () => this.store) : api;
    const mine: SyncClient = new SyncClient({
      clock,
      random: this.#world.random,
      store: this.store,
      api: () => (this.isOnline && this.sync === mine ? asked : null),
      onStatus: () => undefined,
      onDocs: () => undefined,
      onBug: error => {
        if (!(error instanceof Crash)) this.#world.bugs.push(error);
      },
    });
    this.sync = mine;
    mine.start();
    if (this.isOnline) mine.linked();
  }

  #onStatement(): void {
    if (this.isDead) throw new Crash();
    if (this.diesIn === null) return;
    this.diesIn -= 1;
    if (this.diesIn > 0) return;
    this.isDead = true;
    throw new Crash();
  }

  /** The process is gone; what its requests bring back finds nobody. */
  async die(): Promise<void> {
    this.isDead = true;
    this.sync.stop();
    await settled();
    this.boot();
  }
}

export class DeskWorld {
  readonly random: Random;
  readonly server: WorldServer;
  readonly desks: readonly WorldDesk[];
  readonly mutant: Mutant;
  readonly bugs: unknown[] = [];
  /** Every revision whose save returned, or that was found saved after a crash. */
  readonly saved = new Map<string, SavedRevision>();
  /** Facts whose append returned. */
  readonly facts = new Set<string>();
  /** Facts that were on a disk which was put back: they are somewhere only if they had left it, or leave it late. */
  readonly goneWithDisk = new Set<string>();
  /** Requests that are still on their way and may arrive at any time. */
  readonly #stale: (() => void)[] = [];
  #hasFaults = true;
  #ids = 0;

  constructor(database: SqliteDatabase, seed: number, mutant: Mutant = {}) {
    this.random = seededRandom(seed);
    this.mutant = mutant;
    this.server = new WorldServer(database, `org-${String(seed)}-${randomUUID()}`, this.newId);
    this.desks = ['Ada', 'Ben', 'Cem'].map(name => new WorldDesk(this, name));
  }

  readonly newId = (): string => `n${String((this.#ids += 1))}-${this.#tag}`;
  readonly #tag = randomUUID().slice(0, 8);

  upTo(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  /** The worker as one desk reaches it. */
  network(desk: WorldDesk): SyncApi {
    const actor = () => this.server.actor(desk.name, desk.mayEdit ? 'supervisor' : 'agent');
    const over = async <Result>(handle: () => Promise<Result>): Promise<Result> => {
      if (!desk.isOnline) throw gone();
      const dice = this.#hasFaults ? this.random() : 1;
      // Lost on the way there, at once or without a word.
      if (dice < 0.08) throw gone();
      if (dice < 0.12) return new Promise(() => undefined);
      // Delivered some time later: nobody waits any more.
      if (dice < 0.18) {
        this.#stale.push(() => void handle().catch(() => undefined));
        return new Promise(() => undefined);
      }
      if (dice < 0.24) await handle().catch(() => undefined);
      const result = await handle();
      // Lost on the way back: the worker has done it.
      if (dice > 0.9 && dice < 0.95) throw gone();
      if (dice >= 0.95 && dice < 1) return new Promise(() => undefined);
      return result;
    };
    return {
      changes: (after, limit) => over(() => this.server.changes(actor(), after, Math.min(limit, 3))),
      push: revisions => over(() => this.server.push(actor(), revisions)),
      sendFrame: frame => over(async () => this.server.sendFrame(frame)),
      snapshot: () => Promise.reject(appError('knowledge.unknown', 'Nothing is published.')),
      snapshotPart: () => Promise.reject(appError('knowledge.unknown', 'Nothing is published.')),
      recentCalls: () => Promise.resolve([]),
      erasedCalls: () => Promise.resolve([]),
      callEvents: () => Promise.resolve([]),
    };
  }

  async play(steps: number): Promise<void> {
    for (let step = 0; step < steps; step += 1) {
      const desk = this.desks[this.upTo(3)];
      if (!desk) continue;
      await this.#act(desk);
      await settled();
      if (desk.isDead) await this.#reboot(desk);
    }
  }

  /** Everything is well again: runs until all is in step. @returns false when it never is */
  async quiesce(): Promise<boolean> {
    this.#hasFaults = false;
    for (const late of this.#stale.splice(0)) late();
    for (const desk of this.desks) {
      desk.mayEdit = true;
      desk.diesIn = null;
      if (desk.isDead) await this.#reboot(desk);
      desk.isOnline = true;
      desk.sync.linked();
    }
    for (let round = 0; round < 40; round += 1) {
      await settled();
      if ((await this.#inStep()) && this.desks.every(({ sync }) => sync.state.name === 'idle')) return true;
      for (const desk of this.desks) desk.clock.advance(61_000);
    }
    return false;
  }

  async #inStep(): Promise<boolean> {
    const { version } = this.server.database.knowledgeVersions(this.server.orgId);
    return this.desks.every(
      ({ database: { parts } }) =>
        parts.knowledgeCache.cursor() === version &&
        parts.outbox.count('waiting') === 0 &&
        parts.outbox.count('taken') === 0 &&
        parts.audit.waiting() === 0,
    );
  }

  async #act(desk: WorldDesk): Promise<void> {
    const dice = this.upTo(100);
    if (dice < 34) this.#edit(desk);
    else if (dice < 38) this.#publish();
    else if (dice < 42) await this.#rollBack(desk);
    else if (dice < 48) this.#append(desk);
    else if (dice < 62) desk.clock.advance(this.upTo(4) === 0 ? 61_000 : this.upTo(15_000));
    else if (dice < 70) this.#switch(desk);
    else if (dice < 76) desk.sync.wake();
    else if (dice < 80) desk.sync.now();
    else if (dice < 84) this.#stale.splice(this.upTo(this.#stale.length), 1)[0]?.();
    else if (dice < 90) desk.diesIn = 1 + this.upTo(12);
    else if (dice < 92) await desk.die();
    else if (dice < 94) desk.skewMs = (this.upTo(3) - 1) * HOUR_MS;
    else if (dice < 96) desk.mayEdit = !desk.mayEdit;
    else if (dice < 98) await this.#loseCache(desk);
    else desk.sync.unlinked();
  }

  #switch(desk: WorldDesk): void {
    desk.isOnline = !desk.isOnline;
    if (desk.isOnline) desk.sync.linked();
    else desk.sync.unlinked();
  }

  async #loseCache(desk: WorldDesk): Promise<void> {
    desk.isDead = true;
    desk.sync.stop();
    await settled();
    desk.disk.loseCache();
    desk.boot();
  }

  /** A disk goes back to its image, or an image of it is taken. What was only on it is gone; nothing else may be. */
  async #rollBack(desk: WorldDesk): Promise<void> {
    if (!desk.disk.isBackedUp || this.upTo(4) === 0) {
      desk.disk.backUp();
      return;
    }
    desk.isDead = true;
    desk.sync.stop();
    await settled();
    const { parts } = desk.database;
    const before = {
      revisions: new Set(parts.outbox.all().map(({ revision }) => revision.id)),
      facts: parts.audit.entries().map(({ eventId }) => eventId),
    };
    desk.disk.restore();
    desk.boot();
    const now = desk.database.parts;
    const kept = new Set(now.outbox.all().map(({ revision }) => revision.id));
    const known = this.server.database.knowledgeChanges(this.server.orgId, 0, 100_000).revisions;
    const there = new Set(known.map(({ id }) => id));
    // One that was refused and then answered by a later save had left the disk before; its answer goes now.
    const gone = [...this.saved.values()].filter(
      revision =>
        revision.author === desk.name &&
        !kept.has(revision.id) &&
        !there.has(revision.id) &&
        (before.revisions.has(revision.id) || answeredBy(revision, this.saved)),
    );
    for (const { id } of gone) this.saved.delete(id);
    for (const { revision } of now.outbox.all()) this.saved.set(revision.id, revision);
    const entries = new Set(now.audit.entries().map(({ eventId }) => eventId));
    const received = new Set([...this.server.audit.values()].flat().map(({ eventId }) => eventId));
    for (const eventId of before.facts)
      if (!entries.has(eventId) && !received.has(eventId)) {
        this.facts.delete(eventId);
        this.goneWithDisk.add(eventId);
      }
  }

  /** Somebody publishes what stands. Only forward along the history, and over no open conflict (A7's K4). */
  #publish(): void {
    const { database, orgId } = this.server;
    const { documents, conflicts, revisions } = database.knowledgeChanges(orgId, 0, 100_000);
    const doc = documents[this.upTo(documents.length)];
    if (!doc) return;
    const ofDoc = revisions.filter(({ docId }) => docId === doc.docId);
    const revision = this.upTo(3) === 0 ? ofDoc[this.upTo(ofDoc.length)] : undefined;
    const revisionId = revision?.id ?? doc.headId;
    const { outcome } = database.publishRevision(orgId, doc.docId, revisionId);
    const isOpen = conflicts.some(({ docId, resolvedBy }) => docId === doc.docId && resolvedBy === null);
    const parentsOf = (id: string) => ofDoc.find(one => one.id === id)?.parents ?? null;
    const isForward = doc.publishedId === null || descends(revisionId, doc.publishedId, parentsOf);
    if ((outcome === 'published') !== (!isOpen && isForward))
      this.bugs.push(new Error(`publishing ${revisionId} was ${outcome}`));
  }

  async #reboot(desk: WorldDesk): Promise<void> {
    await desk.die();
    // Whether the last save was done before it died, its disk says.
    for (const { revision } of desk.database.parts.outbox.all()) this.saved.set(revision.id, revision);
    for (const { eventId } of desk.database.parts.audit.entries()) this.facts.add(eventId);
  }

  #append(desk: WorldDesk): void {
    const eventId = this.newId();
    this.#orDie(() => {
      desk.database.parts.audit.append(
        'test.fact',
        { n: this.upTo(1000) },
        desk.clock.now() + desk.skewMs,
        eventId,
      );
      this.facts.add(eventId);
    });
  }

  #edit(desk: WorldDesk): void {
    const { knowledge, outbox } = desk.database.parts;
    const saving = { author: desk.name, nowMs: Math.max(0, desk.clock.now() + desk.skewMs) };
    this.#orDie(() => {
      const { items } = knowledge.list({
        query: '',
        filter: 'all',
        space: 'knowledge',
        limit: 10,
        nowMs: 0,
      });
      const item = items[this.upTo(items.length + (items.length < 3 ? 1 : 0))];
      const doc = item ? knowledge.get(item.docId) : null;
      let saved: string;
      if (doc && this.random() < 0.1) saved = knowledge.remove(doc.docId, doc.headId, saving).revisionId;
      else {
        const texts = doc?.markdown.split('\n\n').filter(text => text !== '') ?? [];
        const at = this.upTo(texts.length + 1);
        const dice = this.upTo(4);
        if (dice === 0 && texts.length > 1) texts.splice(Math.min(at, texts.length - 1), 1);
        else if (dice === 1 && texts.length > 0)
          texts[Math.min(at, texts.length - 1)] =
            `${WORDS[this.upTo(4)] ?? ''} ${desk.name}${String(this.upTo(99))}`;
        else texts.splice(at, 0, `${WORDS[this.upTo(4)] ?? ''} ${String(this.upTo(999))}`);
        saved = knowledge.save(
          {
            docId: doc?.docId ?? null,
            baseId: doc?.headId ?? null,
            markdown: texts.join('\n\n'),
            fields: this.random() < 0.2 ? { title: WORDS[this.upTo(4)] ?? '' } : (doc?.fields ?? {}),
            note: '',
            resolves: this.random() < 0.5 ? (doc?.conflicts.map(({ id }) => id) ?? []) : [],
          },
          saving,
        ).revisionId;
      }
      const entry = outbox.all().find(({ revision }) => revision.id === saved);
      if (entry) this.saved.set(saved, entry.revision);
      desk.sync.wake();
    });
  }

  #orDie(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }

  close(): void {
    for (const { sync, disk } of this.desks) {
      sync.stop();
      disk.close();
    }
  }
}

function gone(): AppError {
  return appError('worker.unreachable', 'The worker is away.', { retryable: true, origin: 'electron' });
}
