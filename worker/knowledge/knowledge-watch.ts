import type { ControlChannel } from '#shared/adapters/control-channel.ts';
import type { KnowledgeBook } from '#shared/adapters/knowledge-book.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { OrgId } from '#shared/domain/ids.ts';

/** A wake-up that got lost costs at most this. */
const LOOK_EVERY_MS = 15_000;

export interface KnowledgeWatchDeps {
  readonly book: Pick<KnowledgeBook, 'knowledgeVersions'>;
  readonly channel: ControlChannel;
  readonly clock: Clock;
  /** Reads what is published of an org again. */
  readonly rotate: (orgId: OrgId) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

interface Seen {
  readonly version: number;
  readonly publishedVersion: number;
}

/** Notices that knowledge has changed, on whichever worker, and what has to follow here (KN25, KN32). */
export class KnowledgeWatch {
  readonly #deps: KnowledgeWatchDeps;
  readonly #seen = new Map<OrgId, Seen>();
  readonly #listeners = new Set<(orgId: OrgId, version: number) => void>();
  /** Orgs that are looked at now; true: again when that is done. */
  readonly #looking = new Map<OrgId, boolean>();
  readonly #stopHearing: () => void;
  #timer: Cancel;

  /** @param orgs those that are watched from the beginning; others are from when they are asked for */
  constructor(deps: KnowledgeWatchDeps, orgs: readonly OrgId[]) {
    this.#deps = deps;
    for (const orgId of orgs) this.#seen.set(orgId, { version: 0, publishedVersion: -1 });
    this.#stopHearing = deps.channel.onWord(word => {
      if (word.type === 'knowledge-changed') this.look(word.orgId);
      else if (word.type === 'rotate-knowledge') void deps.rotate(word.orgId).catch(deps.onError);
      else if (word.type === 'maybe-missed') this.#lookAtAll();
    });
    this.#timer = deps.clock.after(LOOK_EVERY_MS, () => this.#onTimer());
  }

  /** The counter of an org as it was seen last; 0 before that. */
  version(orgId: OrgId): number {
    if (!this.#seen.has(orgId)) {
      this.#seen.set(orgId, { version: 0, publishedVersion: -1 });
      this.look(orgId);
    }
    return this.#seen.get(orgId)?.version ?? 0;
  }

  onVersion(listener: (orgId: OrgId, version: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at the counter; many wishes at a time are one. */
  look(orgId: OrgId): void {
    if (this.#looking.has(orgId)) {
      this.#looking.set(orgId, true);
      return;
    }
    this.#looking.set(orgId, false);
    this.#look(orgId)
      .catch(this.#deps.onError)
      .finally(() => {
        const again = this.#looking.get(orgId) === true;
        this.#looking.delete(orgId);
        if (again) this.look(orgId);
      });
  }

  stop(): void {
    this.#stopHearing();
    this.#timer();
    this.#listeners.clear();
  }

  async #look(orgId: OrgId): Promise<void> {
    const before = this.#seen.get(orgId);
    const now = await this.#deps.book.knowledgeVersions(orgId);
    this.#seen.set(orgId, now);
    if (now.version !== before?.version) for (const listener of this.#listeners) listener(orgId, now.version);
    if (now.publishedVersion === before?.publishedVersion) return;
    await this.#deps.rotate(orgId).catch((error: unknown) => {
      // To be tried again at the next look.
      this.#seen.set(orgId, { ...now, publishedVersion: -1 });
      throw error;
    });
  }

  #onTimer(): void {
    this.#lookAtAll();
    this.#timer = this.#deps.clock.after(LOOK_EVERY_MS, () => this.#onTimer());
  }

  #lookAtAll(): void {
    for (const orgId of this.#seen.keys()) this.look(orgId);
  }
}
