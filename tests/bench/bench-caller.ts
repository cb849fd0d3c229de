import { join } from 'node:path';
import { stt } from '@livekit/agents';
import { seededRandom, type Random } from '#shared/base/random.ts';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import { loadClips, type Clip } from '#worker/telephony/stub/clips.ts';

const SPEECH_FRAMES = 50;
/** The caller cuts in this long after the first word of an answer. */
const CUT_IN_FRAMES = 30;

export interface TurnSample {
  /** True end of speech to the first AI frame at the caller's sink. */
  readonly answerMs: number;
}

/** What an arm needs of a caller. */
export interface ArmCaller {
  /** Samples of the stream at which a piece of speech ends, for the recogniser. */
  readonly speechEnds: readonly number[];
  /** What is said in a turn, counted from 1. */
  words(turn: number): string;
  frame(nowMono: number): { readonly samples: Int16Array; readonly sampleOffset: number };
  /** What the caller hears in this tick. */
  hears(ai: boolean, nowMono: number): void;
}

/**
 * A caller of procedural speech with exactly known ends: speaks for a second, waits for the answer, cuts into it after 600 ms,
 * and so on. Everything is counted at the caller's own sink, on the monotonic clock.
 */
export class BenchCaller implements ArmCaller {
  readonly answersMs: number[] = [];
  readonly stopsMs: number[] = [];
  readonly #noise: Random;
  readonly #turns: number;
  #sample = 0;
  #speechLeft: number;
  readonly #speechFrames: number;
  readonly #line: Int16Array | null;
  #waitFrames = 0;
  #phase: 'speaks' | 'waits-for-answer' | 'listens' = 'speaks';
  #endMono = 0;
  #onsetMono: number | null = null;
  #lastAiMono = 0;
  #silentFrames = 0;

  /** What is said in a turn, by its number. */
  readonly words: (turn: number) => string;

  /** @param words what is said in a turn, by its number @param speech key of a recorded line; null: a second of procedural voice */
  constructor(
    seed: number,
    turns: number,
    words: (turn: number) => string = turn => `question number ${String(turn)}`,
    speech: string | null = null,
  ) {
    this.#line = speech === null ? null : recordedLine(speech);
    this.#speechFrames = this.#line ? Math.floor(this.#line.length / FRAME_SAMPLES) : SPEECH_FRAMES;
    this.#speechLeft = this.#speechFrames;
    this.#noise = seededRandom(seed);
    this.#turns = turns;
    this.words = words;
  }

  get done(): boolean {
    return this.answersMs.length >= this.#turns;
  }

  /** Samples of the stream at which a piece of speech ends, for the recogniser. */
  readonly speechEnds: number[] = [];

  /** The next 20 ms of the caller. */
  frame(nowMono: number): { readonly samples: Int16Array; readonly sampleOffset: number } {
    const speaking = this.#phase === 'speaks';
    const samples = new Int16Array(FRAME_SAMPLES);
    for (let index = 0; index < FRAME_SAMPLES; index += 1) {
      const at = (this.#sample + index) / SAMPLE_RATE_HZ;
      const voiced = !speaking
        ? 0
        : this.#line
          ? (this.#line[(this.#speechFrames - this.#speechLeft) * FRAME_SAMPLES + index] ?? 0)
          : 5000 * Math.sin(2 * Math.PI * 140 * at) + 2500 * Math.sin(2 * Math.PI * 420 * at);
      samples[index] = Math.round(voiced + (this.#noise() - 0.5) * 40);
    }
    const sampleOffset = this.#sample;
    this.#sample += FRAME_SAMPLES;
    if (speaking) {
      this.#speechLeft -= 1;
      if (this.#speechLeft === 0) {
        this.#endMono = nowMono;
        this.speechEnds.push(this.#sample);
        this.#phase = 'waits-for-answer';
      }
    }
    return { samples, sampleOffset };
  }

  /** What the caller hears in this tick. */
  hears(ai: boolean, nowMono: number): void {
    this.#measureStop(ai, nowMono);
    if (this.#phase === 'waits-for-answer' && ai && this.#onsetMono === null) {
      this.answersMs.push(nowMono - this.#endMono);
      this.#phase = 'listens';
      this.#waitFrames = CUT_IN_FRAMES;
    } else if (this.#phase === 'listens') {
      this.#waitFrames -= 1;
      if (this.#waitFrames > 0 || this.done) return;
      this.#phase = 'speaks';
      this.#speechLeft = this.#speechFrames;
      this.#onsetMono = nowMono;
      this.#lastAiMono = nowMono;
      this.#silentFrames = 0;
    }
  }

  #measureStop(ai: boolean, nowMono: number): void {
    if (this.#onsetMono === null) return;
    if (ai) {
      this.#lastAiMono = nowMono;
      this.#silentFrames = 0;
      return;
    }
    this.#silentFrames += 1;
    // Silence for 200 ms is the end of the cut answer, not a gap in it.
    if (this.#silentFrames < 10) return;
    this.stopsMs.push(this.#lastAiMono - this.#onsetMono);
    this.#onsetMono = null;
  }
}

/** Knows what was said the moment the last sample of it has been consumed: no recogniser's delay in any arm. */
export class ZeroDelayStt extends stt.STT {
  override readonly label = 'zero-delay';
  readonly #caller: ArmCaller;

  constructor(caller: ArmCaller) {
    super({ streaming: true, interimResults: true });
    this.#caller = caller;
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('streams only'));
  }

  override stream(): stt.SpeechStream {
    return new ZeroDelayStream(this, this.#caller);
  }
}

class ZeroDelayStream extends stt.SpeechStream {
  override readonly label = 'zero-delay';
  readonly #caller: ArmCaller;
  #said = 0;
  #consumed = 0;

  constructor(recogniser: ZeroDelayStt, caller: ArmCaller) {
    super(recogniser, SAMPLE_RATE_HZ);
    this.#caller = caller;
  }

  protected override async run(): Promise<void> {
    for await (const frame of this.input) {
      if (typeof frame === 'symbol') continue;
      this.#consumed += frame.samplesPerChannel;
      const end = this.#caller.speechEnds[this.#said];
      if (end === undefined || this.#consumed < end) continue;
      this.#said += 1;
      const text = this.#caller.words(this.#said);
      this.queue.put({
        type: stt.SpeechEventType.FINAL_TRANSCRIPT,
        alternatives: [
          { language: 'en' as stt.SpeechData['language'], text, startTime: 0, endTime: 0, confidence: 1 },
        ],
      });
    }
  }
}

/** Louder than this is speech; the recordings have no noise of their own. */
const SPEECH_LEVEL = 300;
const lines = new Map<string, Int16Array>();

/** The line from its first to its last loud sample, so that its true end is known; whole frames. */
function recordedLine(key: string): Int16Array {
  const known = lines.get(key);
  if (known) return known;
  const { samples } = clips().get(key) ?? {};
  if (!samples) throw new Error(`there is no recorded line ${key}`);
  const isLoud = (sample: number): boolean => Math.abs(sample) > SPEECH_LEVEL;
  const line = samples.slice(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + 1);
  const whole = line.slice(line.length % FRAME_SAMPLES);
  lines.set(key, whole);
  return whole;
}

const clips = (): ReadonlyMap<string, Clip> =>
  loadClips(join(import.meta.dirname, '../../resources/demo/audio'));
