import type { AttentionReason } from '#shared/domain/call.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { OrgRules } from '#worker/rulebook/org-rules.ts';
import { NO_LIMITS, stepLimits, type LimitEffect, type LimitInput } from './call-limits.ts';
import {
  NO_STATEMENTS,
  stepStatements,
  type StatementEffect,
  type StatementInput,
} from './required-statements.ts';

/** A farewell that nobody hears to its end must not keep a call open. */
const FAREWELL_DEADLINE_MS = 15_000;

export interface CallGuardsDeps {
  readonly clock: Clock;
  /** Rules of this call's statements and limits: those it began with, so that no one is asked for the same twice. */
  readonly rules: Pick<OrgRules, 'statements' | 'limits'>;
  /** Says a sentence of ours, through the gate. */
  readonly say: (text: string) => void;
  readonly attention: (reason: AttentionReason) => void;
  readonly hangUp: () => void;
}

interface Timer {
  readonly atMs: number;
  readonly task: () => void;
}

/** Watches the log of one call for what the org requires and limits, and carries out what follows. */
export class CallGuards {
  readonly #deps: CallGuardsDeps;
  readonly #timers = new Set<Cancel>();
  #statements = NO_STATEMENTS;
  #limits = NO_LIMITS;
  #stopped = false;
  #isInBelt = false;
  /** While the log of another host is read. */
  #past: { readonly timers: Timer[]; readonly nowMs: number } | null = null;

  constructor(deps: CallGuardsDeps) {
    this.#deps = deps;
  }

  onEvent(event: CallEvent): void {
    if (this.#stopped) return;
    // Told from inside the belt: what we say then begins when the belt is done.
    this.#isInBelt = event.type.startsWith('chunk.');
    this.#stepStatements({ type: 'event', event });
    this.#isInBelt = event.type.startsWith('chunk.');
    this.#stepLimits({ type: 'event', event });
    this.#isInBelt = false;
  }

  /**
   * The log so far, as another host has written it: nothing of it is said or raised again, and what was to come at some time
   * comes then, or now where that has passed meanwhile.
   */
  replay(events: readonly CallEvent[], nowMs: number): void {
    const timers: Timer[] = [];
    const fire = (untilMs: number): void => {
      for (;;) {
        const due = timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (!due) return;
        timers.splice(timers.indexOf(due), 1);
        this.#past = { timers, nowMs: due.atMs };
        due.task();
      }
    };
    for (const event of events) {
      fire(event.atMs);
      this.#past = { timers, nowMs: event.atMs };
      this.onEvent(event);
    }
    this.#past = null;
    const lastMs = events.at(-1)?.atMs ?? nowMs;
    for (const { atMs, task } of timers) this.#after(Math.max(0, atMs - Math.max(nowMs, lastMs)), task);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #stepStatements(input: StatementInput): void {
    const [next, effects] = stepStatements(this.#statements, input, this.#deps.rules.statements);
    this.#statements = next;
    for (const effect of effects) this.#runStatement(effect);
  }

  #runStatement(effect: StatementEffect): void {
    if (this.#past && effect.do !== 'timer') return;
    if (effect.do === 'timer') {
      const { name, at, afterMs } = effect;
      this.#after(afterMs, () => this.#stepStatements({ type: 'time', name, at }));
    } else if (effect.do === 'say') this.#say(effect.text);
    else this.#deps.attention('statement-missing');
  }

  #stepLimits(input: LimitInput): void {
    const { limits } = this.#deps.rules;
    if (!limits) return;
    const [next, effects] = stepLimits(this.#limits, input, limits);
    this.#limits = next;
    for (const effect of effects) this.#runLimit(effect);
  }

  #runLimit(effect: LimitEffect): void {
    if (this.#past && effect.do !== 'timer' && effect.do !== 'end-after') return;
    switch (effect.do) {
      case 'timer':
        this.#after(effect.afterMs, () => this.#stepLimits({ type: 'time', step: effect.step }));
        return;
      case 'attention':
        this.#deps.attention(effect.reason);
        return;
      case 'say':
        this.#say(effect.text);
        return;
      case 'end-after':
        this.#after(FAREWELL_DEADLINE_MS, () => this.#deps.hangUp());
        return;
      case 'end':
        this.#deps.hangUp();
        return;
    }
  }

  #say(text: string): void {
    if (this.#isInBelt) this.#after(0, () => this.#deps.say(text));
    else this.#deps.say(text);
  }

  #after(delayMs: number, task: () => void): void {
    if (this.#past) {
      this.#past.timers.push({ atMs: this.#past.nowMs + delayMs, task });
      return;
    }
    const cancel = this.#deps.clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      if (!this.#stopped) task();
    });
    this.#timers.add(cancel);
  }
}
