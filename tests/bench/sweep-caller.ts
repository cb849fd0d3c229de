import { seededRandom, type Random } from '#shared/base/random.ts';
import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { ArmCaller } from './bench-caller.ts';

/** What a caller does while the AI speaks: takes the turn, says "mm-hm", or makes a noise. */
export type SoundKind = 'interruption' | 'backchannel' | 'noise';

export interface SoundOutcome {
  readonly kind: SoundKind;
  readonly lengthMs: number;
  /** True onset to the last AI frame; `null` where the AI went on. */
  readonly stopMs: number | null;
}

/** Shortest and longest, in milliseconds. Procedural: nothing is claimed about callers in the wild. */
const LENGTH_MS: Readonly<Record<SoundKind, readonly [number, number]>> = {
  interruption: [700, 1200],
  backchannel: [120, 420],
  noise: [20, 160],
};
const KINDS: readonly SoundKind[] = ['interruption', 'backchannel', 'interruption', 'noise'];
const TURN_FRAMES = 40;
const LISTEN_FRAMES = 20;
/** After this long a sound that has not stopped the AI will not. */
const WATCH_FRAMES = 40;
const SILENT_FRAMES = 8;
const PATIENCE_FRAMES = 150;

type Phase =
  | { readonly name: 'asks' | 'waits' | 'listens'; frames: number }
  | {
      readonly name: 'sounds';
      frames: number;
      readonly kind: SoundKind;
      readonly soundFrames: number;
      readonly onsetMono: number;
    }
  | { readonly name: 'rests'; frames: number };

/** Asks, listens to the answer for a while, makes one sound with exactly known ends, and watches what becomes of the answer. */
export class SweepCaller implements ArmCaller {
  readonly outcomes: SoundOutcome[] = [];
  readonly speechEnds: number[] = [];
  readonly #random: Random;
  /** Apart from the draws, so that every arm meets the same sounds however long it takes. */
  readonly #noise: Random;
  readonly #trials: number;
  #sample = 0;
  #phase: Phase = { name: 'asks', frames: TURN_FRAMES };
  #lastAiMono = 0;
  #silentFrames = 0;

  constructor(seed: number, trials: number) {
    this.#random = seededRandom(seed);
    this.#noise = seededRandom(seed + 1000);
    this.#trials = trials;
  }

  words(turn: number): string {
    return `question number ${String(turn)}`;
  }

  get done(): boolean {
    return this.outcomes.length >= this.#trials;
  }

  frame(nowMono: number): { readonly samples: Int16Array; readonly sampleOffset: number } {
    const phase = this.#phase;
    if (phase.name === 'listens' && phase.frames <= 0) this.#sound(nowMono);
    const now = this.#phase;
    const level =
      now.name === 'asks'
        ? 'voice'
        : now.name === 'sounds' && now.soundFrames - now.frames > 0
          ? now.kind
          : 'quiet';
    const samples = this.#samples(level);
    const sampleOffset = this.#sample;
    this.#sample += FRAME_SAMPLES;
    if (now.name === 'asks' && (now.frames -= 1) === 0) {
      this.speechEnds.push(this.#sample);
      this.#phase = { name: 'waits', frames: PATIENCE_FRAMES };
    }
    return { samples, sampleOffset };
  }

  hears(ai: boolean, nowMono: number): void {
    this.#silentFrames = ai ? 0 : this.#silentFrames + 1;
    if (ai) this.#lastAiMono = nowMono;
    const phase = this.#phase;
    switch (phase.name) {
      case 'asks':
        return;
      case 'waits':
        phase.frames -= 1;
        if (ai) this.#phase = { name: 'listens', frames: LISTEN_FRAMES };
        else if (phase.frames <= 0) this.#phase = { name: 'asks', frames: TURN_FRAMES };
        return;
      case 'listens':
        phase.frames -= 1;
        return;
      case 'sounds':
        phase.frames += 1;
        if (phase.frames === phase.soundFrames && phase.kind === 'interruption')
          this.speechEnds.push(this.#sample);
        if (phase.frames >= Math.max(WATCH_FRAMES, phase.soundFrames)) this.#judge(phase);
        return;
      case 'rests':
        phase.frames -= 1;
        if (this.#silentFrames >= SILENT_FRAMES && phase.frames <= 0)
          this.#phase = { name: 'asks', frames: TURN_FRAMES };
        return;
    }
  }

  #sound(nowMono: number): void {
    const kind = KINDS[Math.floor(this.#random() * KINDS.length)] ?? 'noise';
    const [least, most] = LENGTH_MS[kind];
    const soundFrames = Math.max(1, Math.round((least + this.#random() * (most - least)) / FRAME_MS));
    this.#phase = { name: 'sounds', frames: 0, kind, soundFrames, onsetMono: nowMono };
    this.#lastAiMono = nowMono;
    this.#silentFrames = 0;
  }

  #judge({ kind, soundFrames, onsetMono }: Extract<Phase, { name: 'sounds' }>): void {
    const stopped = this.#silentFrames >= SILENT_FRAMES;
    this.outcomes.push({
      kind,
      lengthMs: soundFrames * FRAME_MS,
      stopMs: stopped ? this.#lastAiMono - onsetMono : null,
    });
    // A caller who took the turn waits for its answer; any other asks again once it is quiet.
    this.#phase =
      kind === 'interruption' && stopped
        ? { name: 'waits', frames: PATIENCE_FRAMES }
        : { name: 'rests', frames: 10 };
  }

  #samples(level: 'voice' | 'quiet' | SoundKind): Int16Array {
    const samples = new Int16Array(FRAME_SAMPLES);
    for (let index = 0; index < FRAME_SAMPLES; index += 1) {
      const at = (this.#sample + index) / SAMPLE_RATE_HZ;
      const white = this.#noise() - 0.5;
      const sound =
        level === 'quiet' ? 0 : level === 'noise' ? 9000 * white : 5000 * Math.sin(2 * Math.PI * 140 * at);
      samples[index] = Math.round(sound + 40 * white);
    }
    return samples;
  }
}
