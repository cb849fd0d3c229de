import { stt } from '@livekit/agents';
import { seededRandom, type Random } from '#shared/base/random.ts';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import { wordsOf } from '#worker/lanes/reasoned/same-words.ts';

/** Where the time of one turn goes outside our code, in milliseconds; the same draws in every arm. */
export interface TurnDraw {
  /** True end of speech to the interim transcript that holds every word. */
  readonly interimMs: number;
  readonly finalMs: number;
  readonly modelMs: number;
  readonly voiceMs: number;
}

/** Medians and 95th percentiles of the parts. Source: perf research 1.3 and 8, G2. */
export interface ComponentModel {
  readonly name: string;
  readonly endpointMs: number;
  readonly interim: Spread;
  readonly final: Spread;
  readonly model: Spread;
  readonly voice: Spread;
}
type Spread = readonly [p50: number, p95: number];

/** z of the 95th percentile of a normal distribution. */
const Z95 = 1.645;
export const WORD_FRAMES = 12;
/** Shorter than any end-of-turn wait, longer than the gaps that a detector of pauses overlooks. */
export const CORRECTION_PAUSE_FRAMES = 14;
const CORRECTED_SHARE = 0.3;
const REST_FRAMES = 20;
const VOCABULARY =
  'where when how why shoes lamp table chair blue green large small kitchen garden colour paper window corner shelf carpet'.split(
    ' ',
  );

export interface Script {
  /** Words of each piece of speech; two where the caller goes on after a pause. */
  readonly pieces: readonly (readonly string[])[];
  readonly draw: TurnDraw;
}

interface SttEvent {
  readonly atSample: number;
  readonly type: 'interim' | 'final';
  readonly text: string;
}

/**
 * A caller of procedural speech with exactly known words and ends. In three turns of ten they pause in the middle and go on, so
 * that a guess at the first half is a guess at the wrong question. Each answer is heard as a code that tells its question.
 */
export class OverlapCaller {
  readonly firstAudioMs: number[] = [];
  readonly floorMs: number[] = [];
  /** Frames heard that answer another question than the last one asked. */
  staleFrames = 0;
  readonly #turns: readonly Script[];
  readonly #noise: Random;
  readonly #endpointMs: number;
  readonly #answers: string[] = [];
  readonly sttEvents: SttEvent[] = [];
  #turn = 0;
  #sample = 0;
  #plan: ('speech' | 'pause')[] = [];
  #phase: 'rests' | 'speaks' | 'waits' | 'hears' = 'rests';
  #restFrames = REST_FRAMES;
  #endMono = 0;

  constructor(seed: number, turns: number, model: ComponentModel) {
    const random = seededRandom(seed);
    this.#noise = seededRandom(seed + 1000);
    this.#endpointMs = model.endpointMs;
    this.#turns = Array.from({ length: turns }, () => scriptOf(random, model));
  }

  get done(): boolean {
    return this.firstAudioMs.length >= this.#turns.length;
  }

  /** The parts of the turn that is going on; also of a guess at it. */
  get draw(): TurnDraw {
    const script = this.#turns[Math.min(this.#turn, this.#turns.length - 1)];
    if (!script) throw new Error('a caller without turns');
    return script.draw;
  }

  /** A level that stands for this answer, for the voice to speak. */
  codeOf(answer: string): number {
    const known = this.#answers.indexOf(answer);
    return 1000 + 10 * (known >= 0 ? known : this.#answers.push(answer) - 1);
  }

  /** The next 20 ms of the caller. */
  frame(nowMono: number): { readonly samples: Int16Array; readonly sampleOffset: number } {
    if (this.#phase === 'rests' && (this.#restFrames -= 1) <= 0 && !this.done) this.#begin();
    const kind = this.#phase === 'speaks' ? this.#plan.shift() : undefined;
    const samples = new Int16Array(FRAME_SAMPLES);
    for (let index = 0; index < FRAME_SAMPLES; index += 1) {
      const at = (this.#sample + index) / SAMPLE_RATE_HZ;
      const voiced = kind === 'speech' ? 5000 * Math.sin(2 * Math.PI * 140 * at) : 0;
      samples[index] = Math.round(voiced + (this.#noise() - 0.5) * 40);
    }
    const sampleOffset = this.#sample;
    this.#sample += FRAME_SAMPLES;
    if (this.#phase === 'speaks' && this.#plan.length === 0) {
      this.#phase = 'waits';
      this.#endMono = nowMono;
    }
    return { samples, sampleOffset };
  }

  /** What the caller hears in this tick: `null` for silence. */
  hears(code: number | null, nowMono: number): void {
    if (code === null) {
      if (this.#phase !== 'hears') return;
      this.#phase = 'rests';
      this.#restFrames = REST_FRAMES;
      return;
    }
    const asked = this.#turns[this.#phase === 'waits' ? this.#turn : this.#turn - 1];
    const answer = this.#answers[Math.round((code - 1000) / 10)] ?? '';
    if (!asked || !wordsOf(answer).endsWith(questionOf(asked))) this.staleFrames += 1;
    if (this.#phase !== 'waits') return;
    this.firstAudioMs.push(nowMono - this.#endMono);
    const { interimMs, modelMs, voiceMs } = this.draw;
    this.floorMs.push(Math.max(this.#endpointMs, interimMs + modelMs + voiceMs));
    this.#turn += 1;
    this.#phase = 'hears';
  }

  #begin(): void {
    const script = this.#turns[this.#turn];
    if (!script) return;
    this.#phase = 'speaks';
    this.#plan = [];
    let atSample = this.#sample;
    for (const [index, piece] of script.pieces.entries()) {
      if (index > 0) {
        this.#plan.push(...Array<'pause'>(CORRECTION_PAUSE_FRAMES).fill('pause'));
        atSample += CORRECTION_PAUSE_FRAMES * FRAME_SAMPLES;
      }
      for (const [count] of piece.entries()) {
        this.#plan.push(...Array<'speech'>(WORD_FRAMES).fill('speech'));
        atSample += WORD_FRAMES * FRAME_SAMPLES;
        this.#tell(atSample, script.draw.interimMs, 'interim', piece.slice(0, count + 1));
      }
      this.#tell(atSample, script.draw.finalMs, 'final', piece);
    }
    this.sttEvents.sort((a, b) => a.atSample - b.atSample);
  }

  #tell(sample: number, lagMs: number, type: SttEvent['type'], words: readonly string[]): void {
    this.sttEvents.push({ atSample: sample + (lagMs * SAMPLE_RATE_HZ) / 1000, type, text: words.join(' ') });
  }
}

export function questionOf(script: Script): string {
  return script.pieces.flat().join(' ');
}

/** What one turn says and how long its parts take, from a seed. */
export function scriptOf(random: Random, model: ComponentModel): Script {
  const words = (count: number): string[] =>
    Array.from({ length: count }, () => VOCABULARY[Math.floor(random() * VOCABULARY.length)] ?? 'lamp');
  const first = words(2 + Math.floor(random() * 4));
  const corrected = random() < CORRECTED_SHARE;
  const second = words(1 + Math.floor(random() * 3));
  const interimMs = draw(random, model.interim);
  return {
    pieces: corrected ? [first, second] : [first],
    draw: {
      interimMs,
      finalMs: Math.max(interimMs, draw(random, model.final)),
      modelMs: draw(random, model.model),
      voiceMs: draw(random, model.voice),
    },
  };
}

/** Log-normal by its median and 95th percentile. */
function draw(random: Random, [p50, p95]: Spread): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return p50 * Math.exp((Math.log(p95 / p50) / Z95) * normal);
}

/** Tells the caller's words when the model of its delays says so, on the caller's own sample axis. */
export class OverlapStt extends stt.STT {
  override readonly label = 'modelled';
  readonly #caller: OverlapCaller;

  constructor(caller: OverlapCaller) {
    super({ streaming: true, interimResults: true });
    this.#caller = caller;
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('streams only'));
  }

  override stream(): stt.SpeechStream {
    return new OverlapSttStream(this, this.#caller);
  }
}

class OverlapSttStream extends stt.SpeechStream {
  override readonly label = 'modelled';
  readonly #caller: OverlapCaller;
  #consumed = 0;

  constructor(recogniser: OverlapStt, caller: OverlapCaller) {
    super(recogniser, SAMPLE_RATE_HZ);
    this.#caller = caller;
  }

  protected override async run(): Promise<void> {
    const { sttEvents } = this.#caller;
    for await (const frame of this.input) {
      if (typeof frame === 'symbol') continue;
      this.#consumed += frame.samplesPerChannel;
      for (let next = sttEvents[0]; next && next.atSample <= this.#consumed; next = sttEvents[0]) {
        sttEvents.shift();
        this.queue.put({
          type:
            next.type === 'final'
              ? stt.SpeechEventType.FINAL_TRANSCRIPT
              : stt.SpeechEventType.INTERIM_TRANSCRIPT,
          alternatives: [
            {
              language: 'en' as stt.SpeechData['language'],
              text: next.text,
              startTime: 0,
              endTime: 0,
              confidence: 1,
            },
          ],
        });
      }
    }
  }
}
