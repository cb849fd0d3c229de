import { ReadableStream } from 'node:stream/web';
import { initializeLogger, voice } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { seededRandom, type Random } from '#shared/base/random.ts';
import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { createTurnDetector } from '#worker/models/livekit-turn-detector.ts';
import { LivekitVad } from '#worker/models/livekit-vad.ts';
import type { CallSessionDeps } from '#worker/session/call-needs.ts';
import { DEMO_CALL_SETTINGS } from '#worker/session/call-settings.ts';
import { CallerAudioInput } from '#worker/session/livekit-io.ts';
import { ZeroDelayStt, type ArmCaller } from './bench-caller.ts';
import { ANSWER, ANSWER_TEXT, benchParts, openBenchCall, TONE_VOICE } from './bench-session.ts';
import { EnergyVad } from './energy-vad.ts';
import { NoModel, NoVoice } from './peer-parts.ts';

initializeLogger({ pretty: false, level: 'silent' });

export type Arm =
  | 'ours'
  | 'ours-dithered'
  | 'ours-dithered-and-delayed'
  | 'bare-agent-session-defaults'
  | 'bare-agent-session-tuned';

/** How the calls of a run are made, the same for every arm. */
export interface CallShape {
  /** The peer's voice arrives at this multiple of real time; null: all at once. */
  readonly voicePaceRatio: number | null;
  /** Recorded line that callers say, which brings the product's neural models in; null: procedural speech and an energy VAD. */
  readonly speech: string | null;
}

/** Silence after which a turn is over where it is ours to choose: policy, not platform. */
const POLICY_MS = 200;
/** What the package takes when nothing is chosen. Source: performance research 0.3. */
const DEFAULT_POLICY_MS = 550;
export const policyMsOf = (arm: Arm): number =>
  arm === 'bare-agent-session-defaults' ? DEFAULT_POLICY_MS : POLICY_MS;

/** Put into our pipeline where the bench has to find it again. */
export const INJECTED_MS = 25;

/** A delay drawn evenly over one frame: with it a difference shorter than a frame shows in the mean, without it never. */
function delayOf(arm: Arm, random: Random): number {
  if (arm !== 'ours-dithered' && arm !== 'ours-dithered-and-delayed') return 0;
  return random() * FRAME_MS + (arm === 'ours-dithered' ? 0 : INJECTED_MS);
}
const MIN_SPEECH_MS = 60;

/** One call of one arm: takes 20 ms of the caller, and tells whether the caller hears the AI in the same tick. */
export interface ArmCall {
  tick(): void;
  close(): Promise<void>;
}

/** Ours: lanes, gate with all policies, verdicts, belt, mixer and log. */
export async function ourCall(
  caller: ArmCaller,
  seed: number,
  {
    confirmMs = MIN_SPEECH_MS,
    ...more
  }: Partial<Pick<CallSessionDeps, 'sources' | 'journal'>> & { readonly confirmMs?: number } = {},
  arm: Arm = 'ours',
  { speech }: Pick<CallShape, 'speech'> = { speech: null },
): Promise<ArmCall> {
  const dither = seededRandom(seed + 7919);
  const parts = benchParts(seed);
  return openBenchCall(caller, {
    ...parts,
    voice: TONE_VOICE,
    model: {
      name: 'bench',
      async *reply() {
        const delayMs = delayOf(arm, dither);
        if (delayMs > 0) await new Promise<void>(resolve => parts.clock.after(delayMs, resolve));
        yield { text: ANSWER_TEXT, citations: [], noteIds: [] };
      },
    },
    settings: {
      ...parts.settings,
      reflex: false,
      confirmMs,
      ...(speech === null ? { minEndpointingMs: 0, maxEndpointingMs: 0 } : {}),
    },
    createVad: onWindow =>
      speech === null
        ? new EnergyVad({
            minSpeechMs: Math.min(confirmMs, MIN_SPEECH_MS),
            minSilenceMs: POLICY_MS,
            onWindow,
          })
        : new LivekitVad(onWindow),
    createStt: () => new ZeroDelayStt(caller),
    createTurnDetection: () => (speech === null ? 'vad' : createTurnDetector()),
    onLine: (_callId, _caller, _heard, ai) => caller.hears(ai, parts.clock.mono()),
    ...more,
  });
}

class BareOutput extends voice.AudioOutput {
  #frames: AudioFrame[] = [];
  #wake: (() => void) | null = null;
  #segmentOpen = false;
  #flushed = false;
  #played = 0;

  override async captureFrame(frame: AudioFrame): Promise<void> {
    await super.captureFrame(frame);
    this.#frames.push(frame);
    this.#segmentOpen = true;
    // The same 100 ms queue as ours.
    if (this.#frames.length >= 5) await new Promise<void>(resolve => (this.#wake = resolve));
  }

  override flush(): void {
    super.flush();
    this.#flushed = true;
  }

  override clearBuffer(): void {
    this.#frames = [];
    this.#finish(true);
  }

  pull(): boolean {
    const frame = this.#frames.shift();
    this.#wake?.();
    this.#wake = null;
    if (frame) this.#played += frame.samplesPerChannel;
    else if (this.#flushed) this.#finish(false);
    return frame !== undefined;
  }

  #finish(interrupted: boolean): void {
    this.#wake?.();
    this.#wake = null;
    this.#flushed = false;
    if (!this.#segmentOpen) return;
    this.#segmentOpen = false;
    this.onPlaybackFinished({ playbackPosition: this.#played / SAMPLE_RATE_HZ, interrupted });
    this.#played = 0;
  }
}

/** The peer answers as soon and with the same audio as ours; it judges nothing and writes nothing down. */
class BareAgent extends voice.Agent {
  readonly #paceRatio: number | null;

  constructor(paceRatio: number | null) {
    super({ instructions: '' });
    this.#paceRatio = paceRatio;
  }

  override llmNode(): Promise<ReadableStream<string>> {
    return Promise.resolve(ReadableStream.from([ANSWER_TEXT]));
  }

  override ttsNode(text: ReadableStream<string>): Promise<ReadableStream<AudioFrame>> {
    return Promise.resolve(ReadableStream.from(answerFrames(text, this.#paceRatio)));
  }
}

async function* answerFrames(
  text: ReadableStream<string>,
  paceRatio: number | null,
): AsyncGenerator<AudioFrame> {
  for await (const _piece of text) {
    const begunMono = systemClock.mono();
    for (let start = 0; start + FRAME_SAMPLES <= ANSWER.length; start += FRAME_SAMPLES) {
      // The first frame is there at once in every shape.
      const dueMono = begunMono + (paceRatio === null ? 0 : (start / SAMPLE_RATE_HZ / paceRatio) * 1000);
      const waitMs = dueMono - systemClock.mono();
      if (waitMs > 1) await new Promise<void>(resolve => systemClock.after(waitMs, resolve));
      yield new AudioFrame(ANSWER.slice(start, start + FRAME_SAMPLES), SAMPLE_RATE_HZ, 1, FRAME_SAMPLES);
    }
  }
}

interface BareOptions extends Partial<CallShape> {
  readonly arm?: Arm;
  readonly confirmMs?: number;
}

/** The peer: a bare `AgentSession`, with its defaults (arm B of the method) or tuned to the same policy as ours (arm C). */
export async function bareCall(
  caller: ArmCaller,
  {
    arm = 'bare-agent-session-tuned',
    confirmMs = MIN_SPEECH_MS,
    voicePaceRatio = null,
    speech = null,
  }: BareOptions = {},
): Promise<ArmCall> {
  const isTuned = arm === 'bare-agent-session-tuned';
  const input = new CallerAudioInput();
  const output = new BareOutput(SAMPLE_RATE_HZ, undefined, { pause: false });
  const session = new voice.AgentSession({
    vad:
      speech === null
        ? new EnergyVad({ minSpeechMs: Math.min(confirmMs, MIN_SPEECH_MS), minSilenceMs: policyMsOf(arm) })
        : new LivekitVad(() => undefined),
    stt: new ZeroDelayStt(caller),
    llm: new NoModel(),
    tts: new NoVoice(SAMPLE_RATE_HZ, 1, { streaming: false }),
    aecWarmupDuration: null,
    ttsTextTransforms: null,
    userAwayTimeout: null,
    turnHandling: isTuned
      ? {
          turnDetection: speech === null ? 'vad' : createTurnDetector(),
          endpointing:
            speech === null
              ? { mode: 'fixed', minDelay: 0, maxDelay: 0 }
              : {
                  mode: 'fixed',
                  minDelay: DEMO_CALL_SETTINGS.minEndpointingMs,
                  maxDelay: DEMO_CALL_SETTINGS.maxEndpointingMs,
                },
          interruption: {
            enabled: true,
            mode: 'vad',
            minDuration: confirmMs,
            resumeFalseInterruption: false,
          },
          preemptiveGeneration: { enabled: false },
        }
      : // Without these two it would ask a service for its opinion.
        { turnDetection: 'vad', interruption: { mode: 'vad' } },
  });
  session.input.audio = input;
  session.output.audio = output;
  await session.start({ agent: new BareAgent(voicePaceRatio), record: false });
  const callId = 'bare' as CallId;
  return {
    tick: () => {
      const nowMono = systemClock.mono();
      input.push({ callId, ...caller.frame(nowMono) });
      caller.hears(output.pull(), nowMono);
    },
    close: async () => {
      await input.close();
      await session.close();
    },
  };
}
