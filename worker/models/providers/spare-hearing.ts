import { stt } from '@livekit/agents';
import type { CallId } from '#shared/domain/ids.ts';
import type { FallbackOptions } from './fallback-reply-model.ts';
import { candidates, newSpareOrder, stepSpareOrder } from './spare-order.ts';
import { TirelessStt } from './tireless-stt.ts';

const ATTEMPT_MS = 5000;

/**
 * The recognisers of a profile, one set per call. LiveKit's `FallbackAdapter` moves a call on when its recogniser fails and
 * probes the failed one with live audio; what one call has found out spares the next one the same wait (PRO22, PRO23).
 */
export class SpareHearing {
  readonly #ears: readonly (() => stt.STT)[];
  readonly #last: ((callId: CallId) => stt.STT) | null;
  readonly #options: FallbackOptions;
  #order;

  constructor(
    ears: readonly (() => stt.STT)[],
    last: ((callId: CallId) => stt.STT) | null,
    options: FallbackOptions,
  ) {
    this.#ears = ears;
    this.#last = last;
    this.#options = options;
    // One place more than there are ears: the last never rests, and these all may.
    this.#order = newSpareOrder(ears.length + 1);
  }

  forCall(callId: CallId): stt.STT {
    if (this.#ears.length === 0 && this.#last) return this.#last(callId);
    const { clock, restMs, tell } = this.#options;
    const fresh = candidates(this.#order, clock.mono()).filter(index => index < this.#ears.length);
    const rested = this.#ears.map((_, index) => index).filter(index => !fresh.includes(index));
    // Those that rest come after those that work; the scripted one, which never fails, after all.
    const order = [...fresh, ...rested];
    const instances = order.flatMap(index => this.#ears[index]?.() ?? []);
    if (this.#last) instances.push(this.#last(callId));
    const adapter = new stt.FallbackAdapter({
      sttInstances: instances,
      maxRetryPerSTT: 0,
      attemptTimeoutMs: ATTEMPT_MS,
      retryIntervalMs: restMs,
    });
    const events = adapter as unknown as {
      on(name: 'stt_availability_changed', listener: (event: Availability) => void): void;
    };
    events.on('stt_availability_changed', ({ stt: changed, available }) => {
      const place = instances.indexOf(changed);
      const index = order[place];
      if (index === undefined) return;
      const nowMono = clock.mono();
      this.#order = stepSpareOrder(
        this.#order,
        available ? { type: 'worked', index } : { type: 'failed', index, nowMono, restMs },
      );
      if (available) tell({ type: 'recovered', role: 'hearing', to: changed.label });
      else {
        const to = instances[place + 1]?.label ?? 'nobody';
        tell({ type: 'switched', role: 'hearing', from: changed.label, to, code: 'provider.failed' });
      }
    });
    return new TirelessStt(adapter, {
      clock,
      restMs,
      onDeaf: () =>
        tell({
          type: 'switched',
          role: 'hearing',
          from: 'all',
          to: 'nobody',
          code: 'provider.unreachable',
        }),
    });
  }
}

interface Availability {
  readonly stt: stt.STT;
  readonly available: boolean;
}
