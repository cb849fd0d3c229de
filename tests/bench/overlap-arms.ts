import { ReadableStream } from 'node:stream/web';
import { initializeLogger, voice, type llm } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { DEFAULT_OVERLAP } from '#worker/lanes/reasoned/speculation-machine.ts';
import { CallerAudioInput } from '#worker/session/livekit-io.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { benchParts, openBenchCall } from './bench-session.ts';
import { EnergyVad } from './energy-vad.ts';
import { OverlapStt, type OverlapCaller } from './overlap-caller.ts';
import { NoModel, NoVoice } from './peer-parts.ts';

initializeLogger({ pretty: false, level: 'silent' });

export type OverlapArm = 'ours' | 'ours-serial' | 'agent-session-default' | 'agent-session-preemptive-tts';

/** Silence after which voice activity ends; the end-of-turn wait counts from the true end in every arm. */
const VAD_SILENCE_MS = 200;
const ANSWER_FRAMES = 20;

export interface OverlapCall {
  tick(): void;
  /** Drafts that no turn was answered with. */
  wastedDrafts(): number;
  close(): Promise<void>;
}

const pass = (waitMs: number): Promise<void> => new Promise(resolve => systemClock.after(waitMs, resolve));
const answerTo = (question: string): string => `Answer to ${question}`;

export function openOverlapCall(
  arm: OverlapArm,
  caller: OverlapCaller,
  endpointMs: number,
): Promise<OverlapCall> {
  switch (arm) {
    case 'ours':
    case 'ours-serial':
      return ourCall(caller, endpointMs, arm === 'ours');
    case 'agent-session-default':
    case 'agent-session-preemptive-tts':
      return peerCall(caller, endpointMs, arm === 'agent-session-preemptive-tts');
  }
}

async function ourCall(caller: OverlapCaller, endpointMs: number, overlap: boolean): Promise<OverlapCall> {
  const parts = benchParts(1);
  const journal = new MemoryJournal();
  const call = await openBenchCall(caller, {
    ...parts,
    journal,
    voice: {
      name: 'bench',
      synthesise: async text => {
        await pass(caller.draw.voiceMs);
        const samples = new Int16Array(FRAME_SAMPLES * ANSWER_FRAMES).fill(caller.codeOf(text));
        return { samples, marks: [{ chars: text.length, sample: samples.length }] };
      },
    },
    model: {
      name: 'bench',
      async *reply({ callerText }) {
        await pass(caller.draw.modelMs);
        yield { text: `${answerTo(callerText)}. `, citations: [], noteIds: [] };
      },
    },
    settings: {
      ...parts.settings,
      reflex: false,
      overlap: overlap ? DEFAULT_OVERLAP : null,
      minEndpointingMs: endpointMs,
      maxEndpointingMs: endpointMs,
    },
    createVad: onWindow => new EnergyVad({ minSpeechMs: 60, minSilenceMs: VAD_SILENCE_MS, onWindow }),
    createStt: () => new OverlapStt(caller),
    createTurnDetection: () => 'vad',
    onLine: (_callId, _caller, heard, ai) => caller.hears(ai ? (heard[0] ?? 0) : null, parts.clock.mono()),
  });
  return {
    ...call,
    wastedDrafts: () =>
      journal
        .of('speculation.ended')
        .filter(event => event.outcome === 'discarded' && event.cause !== 'call-ended').length,
  };
}

/** The peer's agent on the same parts: it judges nothing and writes nothing down. */
class PeerAgent extends voice.Agent {
  readonly #caller: OverlapCaller;
  drafts = 0;

  constructor(caller: OverlapCaller) {
    super({ instructions: '' });
    this.#caller = caller;
  }

  override llmNode(context: llm.ChatContext): Promise<ReadableStream<string>> {
    this.drafts += 1;
    const asked = context.items.findLast(item => item.type === 'message' && item.role === 'user');
    const question = asked?.type === 'message' ? (asked.textContent ?? '') : '';
    return Promise.resolve(ReadableStream.from(this.#answer(question)));
  }

  override ttsNode(text: ReadableStream<string>): Promise<ReadableStream<AudioFrame>> {
    return Promise.resolve(ReadableStream.from(this.#frames(text)));
  }

  async *#answer(question: string): AsyncGenerator<string> {
    await pass(this.#caller.draw.modelMs);
    yield answerTo(question);
  }

  async *#frames(text: ReadableStream<string>): AsyncGenerator<AudioFrame> {
    let answer = '';
    for await (const piece of text) answer += piece;
    if (answer === '') return;
    await pass(this.#caller.draw.voiceMs);
    const samples = new Int16Array(FRAME_SAMPLES).fill(this.#caller.codeOf(answer));
    for (let index = 0; index < ANSWER_FRAMES; index += 1)
      yield new AudioFrame(samples.slice(), SAMPLE_RATE_HZ, 1, FRAME_SAMPLES);
  }
}

class PeerOutput extends voice.AudioOutput {
  #frames: AudioFrame[] = [];
  #open = false;
  #flushed = false;
  #played = 0;

  override async captureFrame(frame: AudioFrame): Promise<void> {
    await super.captureFrame(frame);
    this.#frames.push(frame);
    this.#open = true;
  }

  override flush(): void {
    super.flush();
    this.#flushed = true;
  }

  override clearBuffer(): void {
    this.#frames = [];
    this.#finish(true);
  }

  pull(): number | null {
    const frame = this.#frames.shift();
    if (frame) this.#played += frame.samplesPerChannel;
    else if (this.#flushed) this.#finish(false);
    return frame ? (frame.data[0] ?? 0) : null;
  }

  #finish(interrupted: boolean): void {
    this.#flushed = false;
    if (!this.#open) return;
    this.#open = false;
    this.onPlaybackFinished({ playbackPosition: this.#played / SAMPLE_RATE_HZ, interrupted });
    this.#played = 0;
  }
}

/** `AgentSession` as it comes, with the same voice activity and end-of-turn wait as ours; AEC warm-up off, as it would deafen it. */
async function peerCall(
  caller: OverlapCaller,
  endpointMs: number,
  preemptiveTts: boolean,
): Promise<OverlapCall> {
  const input = new CallerAudioInput();
  const output = new PeerOutput(SAMPLE_RATE_HZ, undefined, { pause: false });
  const agent = new PeerAgent(caller);
  const session = new voice.AgentSession({
    vad: new EnergyVad({ minSpeechMs: 60, minSilenceMs: VAD_SILENCE_MS }),
    stt: new OverlapStt(caller),
    llm: new NoModel(),
    tts: new NoVoice(SAMPLE_RATE_HZ, 1, { streaming: false }),
    aecWarmupDuration: null,
    userAwayTimeout: null,
    turnHandling: {
      turnDetection: 'vad',
      endpointing: { mode: 'fixed', minDelay: endpointMs, maxDelay: endpointMs },
      interruption: { enabled: true, mode: 'vad' },
      ...(preemptiveTts ? { preemptiveGeneration: { enabled: true, preemptiveTts: true } } : {}),
    },
  });
  session.input.audio = input;
  session.output.audio = output;
  await session.start({ agent, record: false });
  const callId = 'peer' as CallId;
  return {
    tick: () => {
      const nowMono = systemClock.mono();
      input.push({ callId, ...caller.frame(nowMono) });
      caller.hears(output.pull(), nowMono);
    },
    wastedDrafts: () => Math.max(0, agent.drafts - caller.firstAudioMs.length),
    close: async () => {
      await input.close();
      await session.close();
    },
  };
}
