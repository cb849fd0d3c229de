import { stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { SpeechScript } from '#shared/adapters/speech-script.ts';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { CallId } from '#shared/domain/ids.ts';

/** Recognisers need a moment after the last word; a scripted one takes this long, in samples. Source: perf research 1.3. */
const FINAL_LAG_SAMPLES = (120 * SAMPLE_RATE_HZ) / 1000;

/** The label the console shows. */
export const SCRIPTED_STT_NAME = 'scripted';

/**
 * Recognises scripted callers: a word is emitted when the pipeline has consumed the sample that ends it, so words come as
 * early and as late as from a real recogniser that hears the same audio. Needs frames tagged with `sampleOffset`.
 */
export class ScriptedStt extends stt.STT {
  override readonly label = SCRIPTED_STT_NAME;
  readonly #callId: CallId;
  readonly #script: SpeechScript;

  constructor(callId: CallId, script: SpeechScript) {
    super({ streaming: true, interimResults: true });
    this.#callId = callId;
    this.#script = script;
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('the scripted recogniser only streams'));
  }

  override stream(): stt.SpeechStream {
    return new ScriptedSpeechStream(this, this.#callId, this.#script);
  }
}

class ScriptedSpeechStream extends stt.SpeechStream {
  override readonly label = SCRIPTED_STT_NAME;
  readonly #callId: CallId;
  readonly #script: SpeechScript;
  #utterance = 0;
  #words = 0;
  /** Where this stream begins to hear. The session opens a new one when a turn is forgotten. */
  #fromSample: number | null = null;

  constructor(recogniser: ScriptedStt, callId: CallId, script: SpeechScript) {
    super(recogniser, SAMPLE_RATE_HZ);
    this.#callId = callId;
    this.#script = script;
  }

  protected override async run(): Promise<void> {
    for await (const frame of this.input) {
      if (typeof frame === 'symbol') continue;
      this.#consume(frame);
    }
  }

  #consume(frame: AudioFrame): void {
    const offset = frame.userdata['sampleOffset'];
    if (typeof offset !== 'number') return;
    const heardSample = offset + frame.samplesPerChannel;
    const fromSample = (this.#fromSample ??= offset);
    for (;;) {
      const utterance = this.#script.utterances(this.#callId)[this.#utterance];
      if (!utterance) return;
      // What was said before this stream began was heard by nobody here (TEL26).
      const audible = utterance.words.filter(word => word.endSample > fromSample);
      const said = audible.filter(word => word.endSample <= heardSample);
      const over = heardSample >= utterance.endSample + FINAL_LAG_SAMPLES;
      if (!over && said.length > this.#words) {
        this.#emit(stt.SpeechEventType.INTERIM_TRANSCRIPT, said, utterance.startSample);
      }
      this.#words = said.length;
      if (!over) return;
      if (audible.length > 0)
        this.#emit(stt.SpeechEventType.FINAL_TRANSCRIPT, audible, utterance.startSample);
      this.#utterance += 1;
      this.#words = 0;
    }
  }

  #emit(
    type: stt.SpeechEventType,
    words: readonly { readonly text: string; readonly endSample: number }[],
    startSample: number,
  ): void {
    const endSample = words.at(-1)?.endSample ?? startSample;
    this.queue.put({
      type,
      alternatives: [
        {
          language: 'en' as stt.SpeechData['language'],
          text: words.map(word => word.text).join(' '),
          startTime: startSample / SAMPLE_RATE_HZ,
          endTime: endSample / SAMPLE_RATE_HZ,
          confidence: 1,
        },
      ],
    });
  }
}
