import type { CallerFrame, HeardSpeech } from '#shared/adapters/telephony-adapter.ts';
import type { ScriptedUtterance } from '#shared/adapters/speech-script.ts';
import { seededRandom, type Random } from '#shared/base/random.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Scenario } from './scenario.ts';
import {
  startOf,
  stepScenario,
  type ScenarioEffect,
  type ScenarioInput,
  type ScenarioState,
} from './scenario-machine.ts';
import type { Clip } from './clips.ts';

/** A line is never digitally silent; about -60 dBFS, so that voice activity models behave as on a real one. */
const NOISE_PEAK = 24;

export interface StubCallPorts {
  readonly clip: (name: string) => Clip;
  readonly onDigit: (digit: string) => void;
  readonly onTransfer: (target: string) => void;
  readonly onHangUp: () => void;
  readonly onFail: (code: string) => void;
}

/** One scripted caller on the line: makes their audio and follows their script. */
export class StubCall {
  readonly callId: CallId;
  readonly scenario: Scenario;
  readonly #clock: Clock;
  readonly #ports: StubCallPorts;
  readonly #noise: Random;
  readonly #utterances: ScriptedUtterance[] = [];
  #state: ScenarioState;
  #speaking: { readonly clip: Clip; at: number } | null = null;
  #sample = 0;
  #wake: Cancel | null = null;
  #listener: ((frame: CallerFrame) => void) | null = null;
  #over = false;

  constructor(callId: CallId, scenario: Scenario, seed: number, clock: Clock, ports: StubCallPorts) {
    this.callId = callId;
    this.scenario = scenario;
    this.#clock = clock;
    this.#ports = ports;
    this.#noise = seededRandom(seed);
    this.#state = startOf(scenario, clock.mono());
  }

  get utterances(): readonly ScriptedUtterance[] {
    return this.#utterances;
  }

  connected(): void {
    this.#state = startOf(this.scenario, this.#clock.mono());
    this.#step({ type: 'connected' });
  }

  onFrame(listener: (frame: CallerFrame) => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = null;
    };
  }

  heard(speech: HeardSpeech): void {
    if (speech.speaker === 'human') this.#step({ type: 'human', started: speech.started });
    else if (!speech.backchannel) this.#step({ type: 'ai-heard', text: speech.text, ended: speech.ended });
  }

  /** The next 20 ms of this caller. */
  tick(): void {
    if (this.#over) return;
    const samples = new Int16Array(FRAME_SAMPLES);
    for (let index = 0; index < FRAME_SAMPLES; index += 1)
      samples[index] = Math.round((this.#noise() - 0.5) * 2 * NOISE_PEAK);
    const speaking = this.#speaking;
    if (speaking) {
      samples.set(speaking.clip.samples.subarray(speaking.at, speaking.at + FRAME_SAMPLES));
      speaking.at += FRAME_SAMPLES;
    }
    const sampleOffset = this.#sample;
    this.#sample += FRAME_SAMPLES;
    this.#listener?.({ callId: this.callId, sampleOffset, samples });
    if (speaking && speaking.at >= speaking.clip.samples.length) {
      this.#speaking = null;
      this.#step({ type: 'clip-finished' });
    }
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#wake?.();
    this.#listener = null;
    this.#cutUtterance();
  }

  /** Who hangs up in mid-sentence has said only the words that were over. */
  #cutUtterance(): void {
    const last = this.#utterances.at(-1);
    if (!last || last.endSample <= this.#sample) return;
    const words = last.words.filter(word => word.endSample <= this.#sample);
    this.#utterances[this.#utterances.length - 1] = {
      text: words.map(word => word.text).join(' '),
      startSample: last.startSample,
      endSample: this.#sample,
      words,
    };
  }

  #step(input: ScenarioInput): void {
    if (this.#over) return;
    const [next, effects] = stepScenario(this.scenario, this.#state, input, this.#clock.mono());
    this.#state = next;
    this.#wake?.();
    this.#wake = null;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: ScenarioEffect): void {
    switch (effect.do) {
      case 'say': {
        const clip = this.#ports.clip(effect.clip);
        const startSample = this.#sample;
        this.#speaking = { clip, at: 0 };
        this.#utterances.push({
          text: clip.text,
          startSample,
          endSample: startSample + clip.samples.length,
          words: clip.words.map(word => ({ text: word.text, endSample: startSample + word.endSample })),
        });
        return;
      }
      case 'wake-at':
        this.#wake = this.#clock.after(Math.max(0, effect.atMs - this.#clock.mono()), () =>
          this.#step({ type: 'wake' }),
        );
        return;
      case 'press':
        this.#ports.onDigit(effect.digit);
        return;
      case 'transfer':
        this.#ports.onTransfer(effect.target);
        return;
      case 'hang-up':
        this.#ports.onHangUp();
        return;
      case 'fail':
        this.#ports.onFail(effect.code);
        return;
    }
  }
}
