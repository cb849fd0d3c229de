import type { HeldCall } from '#electron/core/desk-core.ts';

export type QuitChoice = 'stay' | 'hand-back-and-quit';

export interface QuitGuardParts {
  /** Calls this person has taken over and not given back. */
  readonly heldCalls: () => readonly HeldCall[];
  readonly ask: (held: readonly HeldCall[]) => Promise<QuitChoice>;
  readonly handBack: (held: readonly HeldCall[]) => Promise<void>;
  /** Ends the desk; called once. */
  readonly leave: () => Promise<void>;
}

/**
 * Nobody quits in the middle of a takeover without saying so (SHL4): asking to quit while a call is held asks back once, and
 * only "hand back and quit" goes on. Whatever hand-back or leaving meet, the app ends then.
 */
export class QuitGuard {
  readonly #parts: QuitGuardParts;
  #state: 'open' | 'asking' | 'leaving' | 'gone' = 'open';

  constructor(parts: QuitGuardParts) {
    this.#parts = parts;
  }

  /** True once the desk has ended: the app may go. */
  get gone(): boolean {
    return this.#state === 'gone';
  }

  /** Somebody wants to quit. @returns whether the desk has ended because of it; false means that the person stays */
  async request(): Promise<boolean> {
    if (this.#state !== 'open') return this.gone;
    const held = this.#parts.heldCalls();
    if (held.length > 0) {
      this.#state = 'asking';
      const choice = await this.#parts.ask(held);
      if (choice === 'stay') {
        this.#state = 'open';
        return false;
      }
      await this.#parts.handBack(held).catch(() => undefined);
    }
    this.#state = 'leaving';
    await this.#parts.leave().catch(() => undefined);
    this.#state = 'gone';
    return true;
  }
}
