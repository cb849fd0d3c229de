import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { assertNever } from '#shared/base/assert-never.ts';
import { msOf } from '#shared/domain/audio-format.ts';
import type { TurnStateName } from '#shared/domain/turn-state.ts';
import {
  DEFAULT_DETECTOR,
  QUIET,
  stepSpeechDetector,
  type SpeechDetectorConfig,
  type SpeechDetectorState,
  type VadWindow,
} from './speech-detector.ts';
import {
  INITIAL_TURN,
  mayStartAudio,
  stepTurn,
  type SilenceCause,
  type TurnEffect,
  type TurnInput,
  type TurnMachine,
} from './turn-machine.ts';

/** Silence after which the turn is tentatively ours. Source: architecture 3.2. */
export const SILENCE_TIMER_MS = 200;

/** What the runner can do to the world. All synchronous: nothing may stand between a decision and silence. */
export interface TurnPorts {
  readonly duck: (on: boolean) => void;
  /** Closes the output at once; the belt is silent when this returns. */
  readonly silence: (cause: SilenceCause) => void;
  /** Ends generation of whatever was being answered; may take its time. */
  readonly cancel: () => void;
  readonly considerReflex: () => void;
  readonly onChanged: (from: TurnStateName, to: TurnStateName, cause: string) => void;
  readonly onSpeechStarted: (onsetSample: number) => void;
  readonly onSpeechEnded: (silenceSample: number, durationMs: number) => void;
  readonly onInterrupted: (measured: { readonly stopMs: number; readonly onsetToSilenceMs: number }) => void;
  readonly onDismissed: (duckedMs: number) => void;
  /** First sample of the call that has not been mixed yet. */
  readonly nextSample: () => number;
}

/** Steps the pure machines with what is heard and carries out their effects, in order. */
export class TurnRunner {
  readonly #clock: Clock;
  readonly #ports: TurnPorts;
  readonly #detectorConfig: SpeechDetectorConfig;
  #machine: TurnMachine = INITIAL_TURN;
  #detector: SpeechDetectorState = QUIET;
  #silenceTimer: Cancel | null = null;
  #duckedMono: number | null = null;
  #onsetSample = 0;
  #silenceSample = 0;

  constructor(clock: Clock, ports: TurnPorts, detectorConfig: SpeechDetectorConfig = DEFAULT_DETECTOR) {
    this.#clock = clock;
    this.#ports = ports;
    this.#detectorConfig = detectorConfig;
  }

  get machine(): TurnMachine {
    return this.#machine;
  }

  /** Sample at which the caller's last speech ended, for the time to first audio. */
  get silenceSample(): number {
    return this.#silenceSample;
  }

  mayStart(lane: 'A' | 'B' | 'own'): boolean {
    return mayStartAudio(this.#machine, lane);
  }

  onWindow(window: VadWindow): void {
    const [next, signal] = stepSpeechDetector(this.#detector, window, this.#detectorConfig);
    this.#detector = next;
    if (!signal) return;
    switch (signal.type) {
      case 'speech.onset':
        this.#onsetSample = signal.onsetSample;
        this.step({ type: 'speech.onset' });
        return;
      case 'speech.dropped':
        this.step({ type: 'speech.dropped' });
        return;
      case 'speech.confirmed':
        this.#onsetSample = signal.onsetSample;
        // The machine first: what the caller hears comes before what the log says.
        this.step({ type: 'speech.confirmed' });
        this.#ports.onSpeechStarted(signal.onsetSample);
        return;
      case 'speech.paused':
        this.#silenceSample = signal.silenceSample;
        this.#ports.onSpeechEnded(signal.silenceSample, msOf(signal.silenceSample - this.#onsetSample));
        this.step({ type: 'speech.paused' });
        return;
      default:
        assertNever(signal, 'speech signal');
    }
  }

  step(input: TurnInput): void {
    const startedMono = this.#clock.mono();
    const from = this.#machine.state.name;
    const [next, effects] = stepTurn(this.#machine, input);
    this.#machine = next;
    for (const effect of effects) this.#run(effect);
    if (next.state.name !== from) this.#ports.onChanged(from, next.state.name, input.type);
    if (next.state.name === 'INTERRUPTED') {
      this.#duckedMono = null;
      this.#ports.onInterrupted({
        stopMs: this.#clock.mono() - startedMono,
        onsetToSilenceMs: Math.max(0, msOf(this.#ports.nextSample() - this.#onsetSample)),
      });
      this.step({ type: 'audio.silenced' });
    }
  }

  stop(): void {
    this.#silenceTimer?.();
  }

  #run(effect: TurnEffect): void {
    switch (effect.do) {
      case 'duck':
        this.#duckedMono = this.#clock.mono();
        this.#ports.duck(true);
        return;
      case 'unduck':
        this.#ports.duck(false);
        if (this.#duckedMono !== null) this.#ports.onDismissed(this.#clock.mono() - this.#duckedMono);
        this.#duckedMono = null;
        return;
      case 'silence':
        this.#ports.silence(effect.cause);
        return;
      case 'cancel':
        this.#ports.cancel();
        return;
      case 'start-silence-timer':
        this.#startSilenceTimer();
        return;
      case 'stop-silence-timer':
        this.#silenceTimer?.();
        this.#silenceTimer = null;
        return;
      case 'consider-reflex':
        this.#ports.considerReflex();
        return;
      default:
        assertNever(effect, 'turn effect');
    }
  }

  /** Counts from the true end of speech, which the detector noticed some windows later. */
  #startSilenceTimer(): void {
    const elapsedMs = Math.max(0, msOf(this.#ports.nextSample() - this.#silenceSample));
    this.#silenceTimer?.();
    this.#silenceTimer = this.#clock.after(Math.max(0, SILENCE_TIMER_MS - elapsedMs), () => {
      this.#silenceTimer = null;
      this.step({ type: 'silence-timer' });
    });
  }
}
