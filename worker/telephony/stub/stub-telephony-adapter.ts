import type { CallAudio, TelephonyAdapter, TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { ScriptedUtterance, SpeechScript } from '#shared/adapters/speech-script.ts';
import { seededRandom, type Random } from '#shared/base/random.ts';
import { FRAME_MS } from '#shared/domain/audio-format.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { isDialable } from '#shared/domain/transfer-target.ts';
import { appError } from '#shared/errors/app-error.ts';
import { clipKey, type Clip } from './clips.ts';
import { EventQueue } from '../event-queue.ts';
import type { Scenario } from './scenario.ts';
import { StubCall } from './stub-call.ts';
import { startStubTransfer, transferRefused, type StubTransfer } from './stub-transfer.ts';

export interface StubTelephonyOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly scenarios: readonly Scenario[];
  readonly clips: ReadonlyMap<string, Clip>;
  /** How many calls ring or run at a time. */
  readonly concurrency: { readonly min: number; readonly max: number };
  /** Stop calling after this many; `null`: never. */
  readonly maxCalls: number | null;
  readonly firstRingMs: number;
  readonly meanGapMs: number;
  /** Ids are new in every run, even of the same seed: they live on in the store. */
  readonly newCallId: () => CallId;
  /** An unanswered call gives up after this. */
  readonly ringTimeoutMs: number;
}

type Phase = 'ringing' | 'connected';

interface RunningCall {
  readonly call: StubCall;
  phase: Phase;
  readonly stopRinging: Cancel;
  transfer: StubTransfer | null;
}

/**
 * A phone line of scripted callers with recorded audio, the same life cycle as a real one, and the same callers, order and
 * script for the same seed. Runs on the injected clock, one tick for all calls. Source: docs/spec/telephony.md.
 */
export class StubTelephonyAdapter implements TelephonyAdapter, SpeechScript {
  readonly provider = 'stub';
  readonly #options: StubTelephonyOptions;
  readonly #queue = new EventQueue<TelephonyEvent>();
  readonly #calls = new Map<CallId, RunningCall>();
  /** Scripts outlive their calls, because a recogniser may still be finishing the last words. */
  readonly #scripts = new Map<CallId, StubCall>();
  readonly #random: Random;
  #deck: Scenario[] = [];
  #created = 0;
  #nextTickMono: number | null = null;
  #cancels = new Set<Cancel>();
  #arriving = false;

  constructor(options: StubTelephonyOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  /** Calls begin to come in. */
  start(): void {
    this.#arriving = true;
    this.#later(this.#options.firstRingMs, () => this.#arrive());
  }

  /** No new calls; running ones go on. */
  stopArrivals(): void {
    this.#arriving = false;
  }

  /** Whether every call there will ever be has ended. */
  get exhausted(): boolean {
    return this.#calls.size === 0 && this.#created >= (this.#options.maxCalls ?? Number.POSITIVE_INFINITY);
  }

  /** Lets one caller ring now. @returns its id */
  ring(scenario: Scenario = this.#draw()): CallId {
    const { clock, clips, ringTimeoutMs, newCallId } = this.#options;
    this.#created += 1;
    const callId = newCallId();
    const call = new StubCall(callId, scenario, Math.floor(this.#random() * 2 ** 31), clock, {
      clip: name => {
        const clip = clips.get(clipKey(scenario.id, name));
        if (!clip) throw new Error(`the clip ${clipKey(scenario.id, name)} has not been recorded`);
        return clip;
      },
      onDigit: digit => this.#queue.put({ type: 'call.dtmf-received', callId, digit }),
      onTransfer: target =>
        this.#queue.put({ type: 'call.transfer-requested', callId, target, outcome: null }),
      onHangUp: () => this.#end(callId, { type: 'call.ended', callId, by: 'caller' }),
      onFail: code => this.#end(callId, { type: 'call.failed', callId, code }),
    });
    const stopRinging = clock.after(scenario.abandonsMs ?? ringTimeoutMs, () =>
      this.#end(callId, { type: 'call.ended', callId, by: 'caller' }),
    );
    this.#calls.set(callId, { call, phase: 'ringing', stopRinging, transfer: null });
    this.#scripts.set(callId, call);
    const { name, number } = scenario.caller;
    this.#queue.put({
      type: 'call.ringing',
      callId,
      from: number,
      displayName: name ?? number ?? 'Withheld number',
      line: scenario.line,
      simulated: true,
      scenario: scenario.id,
    });
    if (scenario.earlyMedia) this.#queue.put({ type: 'call.early-media', callId });
    return callId;
  }

  /** Lets the caller of one scenario ring, or any. @throws `input.invalid` for a scenario there is not */
  ringScenario(id: string | null): CallId {
    if (id === null) return this.ring();
    const scenario = this.#options.scenarios.find(candidate => candidate.id === id);
    if (!scenario) throw appError('input.invalid', 'There is no scenario of this name.');
    return this.ring(scenario);
  }

  events(signal: AbortSignal): AsyncIterable<TelephonyEvent> {
    return this.#queue.read(signal);
  }

  answer(callId: CallId): Promise<CallAudio> {
    const running = this.#find(callId);
    if (running instanceof Error) return Promise.reject(running);
    if (running.phase !== 'ringing')
      return Promise.reject(appError('telephony.refused', 'The call has been answered already.'));
    running.phase = 'connected';
    running.stopRinging();
    const { call } = running;
    this.#queue.put({ type: 'call.connected', callId });
    call.connected();
    this.#tickFrom();
    return Promise.resolve({
      onFrame: listener => call.onFrame(listener),
      // A simulated caller has no ears: what they hear reaches them as words.
      play: () => undefined,
      heard: speech => call.heard(speech),
    });
  }

  hangUp(callId: CallId): Promise<void> {
    if (!this.#scripts.has(callId)) return Promise.reject(unknownCall());
    this.#end(callId, { type: 'call.ended', callId, by: 'us' });
    return Promise.resolve();
  }

  sendDtmf(callId: CallId, digits: string): Promise<void> {
    const running = this.#find(callId);
    if (running instanceof Error) return Promise.reject(running);
    if (running.phase !== 'connected' || !/^[0-9*#A-D]+$/.test(digits)) {
      return Promise.reject(
        appError('telephony.refused', 'Keys can be sent to a connected call only: 0-9, *, # and A-D.'),
      );
    }
    return Promise.resolve();
  }

  /** What becomes of it is written in the number (TEL28). */
  transfer(callId: CallId, target: string): Promise<'accepted' | 'uncertain'> {
    const running = this.#find(callId);
    if (running instanceof Error) return Promise.reject(running);
    if (running.phase !== 'connected' || running.transfer || !isDialable(target))
      return Promise.reject(transferRefused());
    const transfer = startStubTransfer(callId, target, {
      clock: this.#options.clock,
      tell: event => this.#queue.put(event),
      onTaken: () => this.#end(callId, { type: 'call.ended', callId, by: 'transfer' }),
      onOver: () => (running.transfer = null),
    });
    running.transfer = transfer;
    return transfer.answered;
  }

  utterances(callId: CallId): readonly ScriptedUtterance[] {
    return this.#scripts.get(callId)?.utterances ?? [];
  }

  /** Forgets everything and stops all timers; calls that run simply stop. */
  stop(): void {
    this.#arriving = false;
    for (const cancel of this.#cancels) cancel();
    for (const { call, stopRinging, transfer } of this.#calls.values()) {
      stopRinging();
      call.end();
      transfer?.stop();
    }
    this.#calls.clear();
  }

  #find(callId: CallId): RunningCall | Error {
    return this.#calls.get(callId) ?? unknownCall();
  }

  #end(callId: CallId, event: TelephonyEvent): void {
    const running = this.#calls.get(callId);
    if (!running) return;
    this.#calls.delete(callId);
    running.stopRinging();
    running.call.end();
    running.transfer?.stop();
    this.#queue.put(event);
    this.#later(60_000, () => this.#scripts.delete(callId));
  }

  #arrive(): void {
    const { concurrency, maxCalls, meanGapMs } = this.#options;
    if (!this.#arriving || (maxCalls !== null && this.#created >= maxCalls)) return;
    const running = this.#calls.size;
    const wanted = concurrency.min + Math.floor(this.#random() * (concurrency.max - concurrency.min + 1));
    if (running < wanted) this.ring();
    // Quickly up to the least, then at a calm pace.
    const gapMs = running + 1 < concurrency.min ? meanGapMs / 4 : meanGapMs * (0.5 + this.#random());
    this.#later(gapMs, () => this.#arrive());
  }

  /** Every scenario once in a shuffled order, then again: problems come early and nothing is left out. */
  #draw(): Scenario {
    if (this.#deck.length === 0) {
      this.#deck = [...this.#options.scenarios];
      for (let index = this.#deck.length - 1; index > 0; index -= 1) {
        const other = Math.floor(this.#random() * (index + 1));
        const [a, b] = [this.#deck[index], this.#deck[other]];
        if (a && b) [this.#deck[index], this.#deck[other]] = [b, a];
      }
    }
    const scenario = this.#deck.shift();
    if (!scenario) throw new Error('the stub needs at least one scenario');
    return scenario;
  }

  /** One tick for all calls on an absolute schedule: a late tick is followed by the ones it made late. */
  #tickFrom(): void {
    if (this.#nextTickMono !== null) return;
    this.#nextTickMono = this.#options.clock.mono() + FRAME_MS;
    this.#scheduleTick();
  }

  #scheduleTick(): void {
    const { clock } = this.#options;
    this.#later(Math.max(0, (this.#nextTickMono ?? 0) - clock.mono()), () => {
      while (this.#nextTickMono !== null && clock.mono() >= this.#nextTickMono) {
        this.#nextTickMono += FRAME_MS;
        for (const { call, phase } of [...this.#calls.values()]) if (phase === 'connected') call.tick();
      }
      if ([...this.#calls.values()].some(({ phase }) => phase === 'connected')) this.#scheduleTick();
      else this.#nextTickMono = null;
    });
  }

  #later(delayMs: number, task: () => void): void {
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      task();
    });
    this.#cancels.add(cancel);
  }
}

function unknownCall(): Error {
  return appError('telephony.unknown-call', 'The line knows no such call.');
}
