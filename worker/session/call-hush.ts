import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { HUSHED_KEY, type HushScope } from '#shared/domain/hush.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { asksForNumber, NumberWatch } from '#worker/audit/number-watch.ts';
import { NO_HUSH, stepHush, type HushInput, type HushState } from '#worker/supervision/hush-machine.ts';

interface Person {
  readonly userId: string;
  readonly userName: string;
}

export interface CallHushDeps {
  readonly clock: Clock;
  /** Whom a hush keeps from hearing: a policy per org. */
  readonly scope: HushScope;
  readonly append: (draft: CallEventDraft) => void;
  readonly nextSample: () => number;
  /** Synchronous: when it returns nobody hears what they may not hear, or everybody hears again. */
  readonly onChange: () => void;
}

/** The hush of one call: what the caller and the AI say goes in, and whether anybody may listen comes out (HUSH1-HUSH12). */
export class CallHush {
  readonly #deps: CallHushDeps;
  readonly #numbers = new NumberWatch();
  #state: HushState = NO_HUSH;
  #timer: Cancel | null = null;
  /** A hush was on at some moment of the words that are not final yet. */
  #inSegment = false;

  constructor(deps: CallHushDeps) {
    this.#deps = deps;
  }

  get on(): boolean {
    return this.#state.name === 'on';
  }

  /** For the audibility matrix. */
  get scope(): HushScope | null {
    return this.on ? this.#deps.scope : null;
  }

  /** Words of the caller, before anything is written or shown. @returns whether they have to stay out of both */
  heard(text: string, isFinal: boolean): boolean {
    this.#step({ type: 'words', isFinal, ...this.#numbers.heard(text, isFinal) });
    const hushed = this.on || this.#inSegment;
    this.#inSegment = !isFinal && hushed;
    return hushed;
  }

  /** A hush was on when the host before died: whoever was asked for a number may still be saying it. */
  goOn(): void {
    this.#step({ type: 'asked' });
  }

  /** What the caller has heard of the AI. */
  aiSaid(text: string): void {
    if (asksForNumber(text)) this.#step({ type: 'asked' });
  }

  /** @returns the key as it may be written */
  key(digit: string): string {
    this.#step({ type: 'key' });
    return this.on ? HUSHED_KEY : digit;
  }

  byHand(on: boolean, who: Person): void {
    this.#step({ type: on ? 'start-by-hand' : 'stop-by-hand' }, who);
  }

  end(): void {
    this.#step({ type: 'call-ended' });
    this.#timer?.();
    this.#timer = null;
  }

  #step(input: HushInput, who: Person | null = null): void {
    const { clock, append, nextSample, onChange } = this.#deps;
    const [next, effects] = stepHush(this.#state, input, clock.mono());
    this.#state = next;
    const person = { userId: who?.userId ?? null, userName: who?.userName ?? null };
    for (const effect of effects) {
      // Silence comes before bookkeeping.
      onChange();
      const sample = nextSample();
      if (effect.do === 'start') append({ type: 'hush.started', cause: effect.cause, sample, ...person });
      else
        append({
          type: 'hush.ended',
          cause: effect.cause,
          durationMs: effect.durationMs,
          sample,
          ...person,
        });
    }
    this.#timer?.();
    this.#timer =
      next.name === 'on' && input.type !== 'call-ended'
        ? clock.after(Math.max(0, next.ends.atMono - clock.mono()), () => this.#step({ type: 'time' }))
        : null;
  }
}
