import type { Cancel, Clock } from '#shared/domain/clock.ts';

/** Tells when nobody has said anything for a while: once at each step, until somebody speaks. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #stepsMs: readonly number[];
  readonly #onSilence: (silenceMs: number) => void;
  #cancels: Cancel[] = [];

  constructor(clock: Clock, stepsMs: readonly number[], onSilence: (silenceMs: number) => void) {
    this.#clock = clock;
    this.#stepsMs = stepsMs;
    this.#onSilence = onSilence;
  }

  /** Everybody is silent from now on. */
  start(): void {
    this.stop();
    this.#cancels = this.#stepsMs.map(stepMs => this.#clock.after(stepMs, () => this.#onSilence(stepMs)));
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }
}
