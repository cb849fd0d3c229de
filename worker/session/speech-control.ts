import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { SpeechGate } from '#worker/lanes/speech-gate.ts';
import type { Belt } from '#worker/media/belt.ts';
import type { SlowSafe } from './slow-safe.ts';

interface Person {
  readonly userId: string;
  readonly userName: string;
}

export interface SpeechControlDeps {
  readonly gate: SpeechGate;
  readonly belt: Belt;
  readonly slowSafe: SlowSafe;
  readonly append: (draft: CallEventDraft) => void;
  /** Speech is free again: from now on the silence of the caller counts. */
  readonly onFree: () => void;
}

/** What people do to the AI's speech as a whole: hold it, let it go on, slow it down, replace it. */
export class SpeechControl {
  readonly #deps: SpeechControlDeps;

  constructor(deps: SpeechControlDeps) {
    this.#deps = deps;
  }

  /** A supervisor keeps the AI from saying more; the sentence that sounds is finished. */
  hold(who: Person): void {
    if (this.#deps.gate.holding) return;
    this.#deps.append({ type: 'speech.held', ...who });
    this.close();
  }

  /** As `hold`, without a word in the log: it is there already. */
  close(): void {
    this.#deps.belt.hold(true);
    this.#deps.gate.hold(() => this.resume('held-too-long', null));
  }

  /** Does nothing where speech is not held. */
  resume(
    cause: 'asked' | 'held-too-long' | 'taken-over' | 'parked' | 'call-ended',
    who: Person | null,
  ): void {
    const { belt, gate, append, onFree } = this.#deps;
    belt.hold(false);
    const heldMs = gate.resume();
    if (heldMs === null) return;
    const by = { userId: who?.userId ?? null, userName: who?.userName ?? null };
    append({ type: 'speech.resumed', heldMs, cause, ...by });
    onFree();
  }

  /** A supervisor makes this call slower and safer, or quicker again. */
  setHoldBack(holdBackMs: number | null, who: Person): void {
    this.#deps.slowSafe.set(holdBackMs);
    this.#deps.append({ type: 'hold-back.set', holdBackMs, ...who });
    this.#deps.gate.holdBackChanged();
  }

  /** What the AI was about to say gives way to something else; the sentence that sounds is finished. */
  supersede(): void {
    this.#deps.gate.stopAll('superseded');
  }
}
