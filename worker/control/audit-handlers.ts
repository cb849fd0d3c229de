import type { Clock } from '#shared/domain/clock.ts';
import type { AuditFrame } from '#shared/domain/audit-upload.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { AuditProof, SignedAnswer } from '#shared/protocol/audit.ts';
import type { AuditKey } from '#worker/audit/audit-key.ts';
import { isOwnDevice } from '#worker/audit/own-chains.ts';
import { proveGrowingChains } from '#worker/audit/prove-chains.ts';
import type { Store } from '#worker/store/store.ts';
import { signedIn } from './signed-in.ts';

export interface AuditParts {
  readonly key: AuditKey;
  /** Anchors that were kept outside of the database. */
  readonly keptAnchors: () => readonly {
    readonly orgId: string;
    readonly number: number;
    readonly jws: string;
  }[];
}

interface AuditDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly audit?: AuditParts;
}

/** The routes of `audit-routes.ts`. */
export function auditHandlers({ store, clock, audit }: AuditDeps) {
  let proving: Promise<unknown> = Promise.resolve();
  return {
    auditFrames: async ({
      body,
      actor,
    }: {
      body: AuditFrame;
      actor: Actor | null;
    }): Promise<SignedAnswer> => {
      const { orgId } = signedIn(actor);
      if (!audit) throw appError('input.invalid', 'This worker takes no audit chains.');
      if (isOwnDevice(body.deviceId))
        throw appError('access.denied', 'Chains of this name are written by workers only.');
      const atMs = clock.now();
      const answer = await store.receiveFrame(orgId, body, atMs);
      if (answer.outcome !== 'ok') return answer;
      const { epoch, head } = answer;
      // Only after the commit: what was signed is there.
      const receipt = await audit.key.sign({
        typ: 'receipt',
        orgId,
        deviceId: body.deviceId,
        epoch,
        ...head,
        serverTimeMs: atMs,
      });
      return { outcome: 'ok', epoch, head: { ...head }, serverTimeMs: atMs, receipt };
    },
    auditChanges: async ({
      query,
      actor,
    }: {
      query: { cursor?: string | undefined; limit: number };
      actor: Actor | null;
    }) => {
      const { changes, cursor } = await store.auditChanges(
        signedIn(actor).orgId,
        query.cursor ?? null,
        query.limit,
      );
      return { changes: [...changes], cursor };
    },
    auditProof: async ({ actor }: { actor: Actor | null }): Promise<AuditProof> => {
      const { orgId } = signedIn(actor);
      // One at a time: it reads everything.
      const proof = proving
        .catch(() => undefined)
        .then(() => proveGrowingChains(store, { orgId, anchors: audit?.keptAnchors() ?? [] }));
      proving = proof;
      return proof;
    },
    auditKeys: async () => ({ keys: [...(await store.auditKeys())] }),
  };
}
