import type { Clock } from '#shared/domain/clock.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import type { Store } from '#worker/store/store.ts';

/** Which profile is in force: the org's own choice, or that of the worker. Calls read it as they begin, so it is at hand. */
export class OrgRetention {
  readonly #store: Pick<Store, 'retentionProfile' | 'setRetentionProfile' | 'addOrg'>;
  readonly #fallback: RetentionProfile;
  readonly #chosen = new Map<OrgId, RetentionProfile>();

  constructor(
    store: Pick<Store, 'retentionProfile' | 'setRetentionProfile' | 'addOrg'>,
    fallback: RetentionProfile,
  ) {
    this.#store = store;
    this.#fallback = fallback;
  }

  /** As it was known last. */
  of(orgId: OrgId): { readonly profile: RetentionProfile; readonly isChosen: boolean } {
    const chosen = this.#chosen.get(orgId);
    return { profile: chosen ?? this.#fallback, isChosen: chosen !== undefined };
  }

  /** Asks the store: another worker of the team may have been told of a new choice. Rejects with `storage.*`. */
  async read(orgId: OrgId): Promise<RetentionProfile> {
    const chosen = await this.#store.retentionProfile(orgId);
    if (chosen === null) this.#chosen.delete(orgId);
    else this.#chosen.set(orgId, chosen);
    return this.of(orgId).profile;
  }

  /**
   * Asks the store too, but not for longer than `limitMs`: a caller is waiting. What it says later counts for the next. Never rejects.
   */
  async soon(orgId: OrgId, clock: Clock, limitMs: number): Promise<RetentionProfile> {
    const limit = Promise.withResolvers<undefined>();
    const cancel = clock.after(limitMs, () => limit.resolve(undefined));
    await Promise.race([this.read(orgId).catch(() => undefined), limit.promise]);
    cancel();
    return this.of(orgId).profile;
  }

  async choose(orgId: OrgId, profile: RetentionProfile, nowMs: number): Promise<void> {
    await this.#store.addOrg({ id: orgId, name: orgId, createdAtMs: nowMs });
    await this.#store.setRetentionProfile(orgId, profile);
    this.#chosen.set(orgId, profile);
  }
}
