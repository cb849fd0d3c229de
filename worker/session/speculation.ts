import type { ReplyRequest } from '#shared/adapters/reply-model.ts';
import { assertNever } from '#shared/base/assert-never.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { TurnId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { SpeculationCause } from '#shared/events/speculation-ended.ts';
import type { GuessedReply, ReplyLane } from '#worker/lanes/reasoned/reply-lane.ts';
import type { SpeechGate } from '#worker/lanes/speech-gate.ts';
import {
  NO_SPECULATION,
  stepSpeculation,
  type OverlapSettings,
  type SpeculationEffect,
  type SpeculationInput,
  type SpeculationMachine,
} from '#worker/lanes/reasoned/speculation-machine.ts';

export interface SpeculationDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly append: (draft: CallEventDraft) => void;
  readonly settings: OverlapSettings;
  readonly gate: SpeechGate;
  readonly lane: ReplyLane;
  /**
   * What an answer to these words would be built from; `null` when it needs a tool. Its events go to `append`, which keeps them
   * until the guess is adopted.
   */
  readonly brief: (
    turnId: TurnId,
    text: string,
    signal: AbortSignal,
    append: (draft: CallEventDraft) => void,
  ) => Promise<ReplyRequest | null>;
  /** Everything but the words that an answer depends on, in one string; a guess made of another is not adopted. */
  readonly context: () => string;
  readonly onDiscarded: () => void;
}

/** A guess that became the answer. */
export interface AdoptedGuess {
  readonly turnId: TurnId;
  /** The answer, drafted or still being drafted; `null` when it came to nothing and the turn is answered from the start. */
  readonly reply: Promise<GuessedReply | null>;
  /** What the guess noted about itself, such as what it found in the documents; later notes go straight to the log. */
  readonly tellEvents: () => void;
  readonly abort: (reason: unknown) => void;
}

/** Drafts whose times foretell the next one. */
const TIMED_DRAFTS = 5;

interface Guess {
  readonly epoch: number;
  readonly hypothesisId: string;
  readonly turnId: TurnId;
  readonly context: string;
  readonly startedMono: number;
  readonly abort: AbortController;
  readonly kept: CallEventDraft[];
  readonly reply: Promise<GuessedReply | null>;
  begun: GuessedReply | null;
  standing: 'open' | 'adopted' | 'discarded';
}

/** Drafts answers while the caller may still be speaking, and gives the one that fits to the turn (OVL1-OVL12). */
export class Speculation {
  readonly #deps: SpeculationDeps;
  #machine: SpeculationMachine = NO_SPECULATION;
  #timer: Cancel | null = null;
  #guess: Guess | null = null;
  #adopted: AdoptedGuess | null = null;
  /** From the start of a draft to its first chunk, newest last. */
  #draftMs: readonly number[] = [];

  constructor(deps: SpeculationDeps) {
    this.#deps = deps;
  }

  /**
   * When the first words of an answer to what was said so far were drafted, or will be if this draft takes as long as those
   * before it; `null` when there is no draft, when it was refused, or when no draft of this call has been timed yet.
   */
  get draftedAtMono(): number | null {
    const guess = this.#guess;
    if (!guess) return null;
    const first = guess.begun?.utterance.chunks[0]?.record;
    if (first) return first.state === 'vetoed' ? null : first.draftedAtMono;
    const usualMs = this.#draftMs.toSorted((a, b) => a - b)[Math.floor(this.#draftMs.length / 2)];
    return usualMs === undefined ? null : Math.max(this.#deps.clock.mono(), guess.startedMono + usualMs);
  }

  words(text: string, kind: 'interim' | 'final'): void {
    this.#step({ type: 'words', text, kind });
  }

  paused(): void {
    this.#step({ type: 'caller.paused' });
  }

  resumed(): void {
    this.#step({ type: 'caller.resumed' });
  }

  contextChanged(cause: SpeculationCause): void {
    this.#step({ type: 'context.changed', cause });
  }

  /** Nobody will answer this turn. */
  drop(cause: SpeculationCause): void {
    this.#step({ type: 'turn.dropped', cause });
    this.#timer?.();
    this.#timer = null;
  }

  /** The caller's turn is over. @returns the guess that answers it, if there is one */
  commit(text: string): AdoptedGuess | null {
    this.#adopted = null;
    const { state } = this.#machine;
    if (state.name === 'drafting' && this.#guess?.context !== this.#deps.context())
      this.#step({ type: 'draft.failed', epoch: state.epoch, cause: 'context-changed' });
    this.#step({ type: 'turn.committed', text });
    return this.#adopted;
  }

  #step(input: SpeculationInput): void {
    const [next, effects] = stepSpeculation(this.#machine, input, this.#deps.settings);
    this.#machine = next;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: SpeculationEffect): void {
    switch (effect.do) {
      case 'start-timer':
        this.#timer?.();
        this.#timer = this.#deps.clock.after(effect.afterMs, () => this.#step({ type: 'stable' }));
        return;
      case 'stop-timer':
        this.#timer?.();
        this.#timer = null;
        return;
      case 'draft':
        this.#begin(effect.epoch, effect.text);
        return;
      case 'discard':
        this.#discard(effect.cause);
        return;
      case 'adopt':
        this.#adopt();
        return;
      default:
        assertNever(effect, 'speculation effect');
    }
  }

  #begin(epoch: number, text: string): void {
    const { clock, newId, context } = this.#deps;
    const turnId = newId() as TurnId;
    const abort = new AbortController();
    const kept: CallEventDraft[] = [];
    const { promise: reply, resolve } = Promise.withResolvers<GuessedReply | null>();
    const guess: Guess = {
      epoch,
      hypothesisId: newId(),
      turnId,
      context: context(),
      startedMono: clock.mono(),
      abort,
      kept,
      reply,
      begun: null,
      standing: 'open',
    };
    this.#guess = guess;
    void this.#draft(guess, text).then(resolve, () => {
      this.#step({ type: 'draft.failed', epoch, cause: 'failed' });
      resolve(null);
    });
  }

  /** @returns the answer that is being drafted, or `null` when the guess was discarded meanwhile or needs a tool */
  async #draft(guess: Guess, text: string): Promise<GuessedReply | null> {
    const { brief, lane, gate, append } = this.#deps;
    const { turnId, hypothesisId, abort, epoch } = guess;
    const request = await brief(turnId, text, abort.signal, draft => {
      if (guess.standing === 'adopted') append(draft);
      else guess.kept.push(draft);
    });
    if (guess.standing === 'discarded') return null;
    if (request === null) {
      this.#step({ type: 'draft.failed', epoch, cause: 'needs-tool' });
      return null;
    }
    const begun = lane.guess({ turnId, request }, hypothesisId, abort.signal);
    guess.begun = begun;
    void begun.drafting.then(failed => {
      if (failed) this.#step({ type: 'draft.failed', epoch, cause: 'failed' });
    });
    // The turn was committed while its documents were still being looked up.
    if ((guess.standing as Guess['standing']) === 'adopted') gate.adopt(begun.utterance);
    return begun;
  }

  #adopt(): void {
    const guess = this.#guess;
    if (!guess) return;
    const { begun, kept, turnId, reply, abort } = guess;
    if (begun && !this.#deps.gate.adopt(begun.utterance)) {
      this.#discard('cut');
      return;
    }
    this.#guess = null;
    guess.standing = 'adopted';
    this.#adopted = {
      turnId,
      reply,
      tellEvents: () => {
        for (const draft of kept.splice(0)) this.#deps.append(draft);
      },
      abort: reason => abort.abort(reason),
    };
    this.#tell(guess, 'adopted', 'same-words');
  }

  #discard(cause: SpeculationCause): void {
    const guess = this.#guess;
    if (!guess) return;
    this.#guess = null;
    guess.standing = 'discarded';
    guess.abort.abort('stale');
    if (guess.begun) this.#deps.lane.discard(guess.begun);
    this.#deps.onDiscarded();
    this.#tell(guess, 'discarded', cause);
  }

  #tell(guess: Guess, outcome: 'adopted' | 'discarded', cause: SpeculationCause): void {
    const chunks = guess.begun?.utterance.chunks ?? [];
    const [first] = chunks;
    if (first)
      this.#draftMs = [...this.#draftMs, first.record.draftedAtMono - guess.startedMono].slice(-TIMED_DRAFTS);
    this.#deps.append({
      type: 'speculation.ended',
      ...(outcome === 'adopted' ? { turnId: guess.turnId } : {}),
      hypothesisId: guess.hypothesisId,
      outcome,
      cause,
      aheadMs: Math.max(0, this.#deps.clock.mono() - guess.startedMono),
      chunkCount: chunks.length,
      charCount: chunks.reduce((sum, { record }) => sum + record.draftText.length, 0),
    });
  }
}
