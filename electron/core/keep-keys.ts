import { calculateJwkThumbprint, type JWK } from 'jose';
import { z } from 'zod';
import type { Clock } from '#shared/domain/clock.ts';
import type { KnownKeys } from '#electron/storage/known-keys.ts';
import type { DeskCore } from './desk-core.ts';

const keysSchema = z.object({ keys: z.array(z.object({ jwk: z.string() })) });

/** Asks the worker with each connection what it signs with, so that its capsules are told from others (ARC13). Ends with the desk. */
export function keepKeys(core: Pick<DeskCore, 'onLink' | 'ask'>, keys: KnownKeys, clock: Clock): void {
  let isLive = false;
  core.onLink(({ name }) => {
    const isNew = name === 'live' && !isLive;
    isLive = name === 'live';
    if (!isNew) return;
    void core
      .ask(api => api.get('/api/audit/keys', keysSchema))
      .then(told => Promise.all(told.keys.map(({ jwk }) => calculateJwkThumbprint(JSON.parse(jwk) as JWK))))
      // Without an answer what was known stays; it is asked again with the next connection.
      .then(
        fingerprints => keys.seen(fingerprints, clock.now()),
        () => undefined,
      );
  });
}
