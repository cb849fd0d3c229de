import type { ChunkOrigin } from '#shared/domain/lanes.ts';

/** Longer than this without a sound is silence to a caller; then an acknowledgement covers it. */
export const COVER_FROM_MS = 600;

/** How long answers of one call wait before they are released: as the org has it, or as a supervisor set it for this call (GATE80). */
export class SlowSafe {
  readonly #orgHoldBackMs: number;
  #ownHoldBackMs: number | null = null;

  constructor(orgHoldBackMs: number) {
    this.#orgHoldBackMs = orgHoldBackMs;
  }

  /** @param holdBackMs null: as the org has it again */
  set(holdBackMs: number | null): void {
    this.#ownHoldBackMs = holdBackMs;
  }

  /** Only answers wait: what is said on purpose, or to bridge a silence, does not. */
  holdBackMs(origin: ChunkOrigin): number {
    return origin === 'reply' || origin === 'rephrase' ? (this.#ownHoldBackMs ?? this.#orgHoldBackMs) : 0;
  }

  /** Whether an acknowledgement has a place before what comes next, which sounds in `leadMs`; null when nothing is there (GATE82). */
  covers(leadMs: number | null): boolean {
    return leadMs === null || leadMs >= COVER_FROM_MS;
  }
}
