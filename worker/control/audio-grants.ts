import { randomBytes } from 'node:crypto';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { AudioDirection } from '#shared/protocol/audio-grant.ts';

/** A grant that is not used by then is worth nothing. Source: architecture 5. */
export const GRANT_TTL_MS = 30_000;

export interface AudioGrant {
  readonly actor: Actor;
  readonly callId: CallId;
  readonly direction: AudioDirection;
  readonly expiresAtMono: number;
}

/** Rights to one audio stream of one call, for one person, once, for 30 s (SEC5). */
export class AudioGrants {
  readonly #clock: Clock;
  readonly #grants = new Map<string, AudioGrant>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  give(actor: Actor, callId: CallId, direction: AudioDirection): string {
    const nowMono = this.#clock.mono();
    for (const [token, grant] of this.#grants) if (grant.expiresAtMono <= nowMono) this.#grants.delete(token);
    const token = randomBytes(24).toString('base64url');
    this.#grants.set(token, { actor, callId, direction, expiresAtMono: nowMono + GRANT_TTL_MS });
    return token;
  }

  /** Uses the grant up. @returns `null` for one that is unknown, used, expired or for another direction */
  take(token: string, direction: AudioDirection): AudioGrant | null {
    const grant = this.#grants.get(token);
    this.#grants.delete(token);
    if (!grant || grant.direction !== direction || grant.expiresAtMono <= this.#clock.mono()) return null;
    return grant;
  }
}
