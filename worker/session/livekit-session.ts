import { ReadableStream } from 'node:stream/web';
import { llm, tts, voice, type stt, type VAD } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { CallerFrame } from '#shared/adapters/telephony-adapter.ts';
import type { ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import type { Belt, TaggedFrame } from '#worker/media/belt.ts';
import { BeltAudioOutput, CallerAudioInput, toLivekitFrame } from './livekit-io.ts';

/** Above the longest hold, so that the session never gives up on a reply that a person keeps waiting. Source: architecture 2.2. */
const IDLE_TIMEOUT_MS = 150_000;

export interface LivekitSessionPorts {
  /** The caller's turn is over. @returns whether it is to be answered */
  readonly onCommitted: (text: string) => Promise<boolean>;
  /** Released chunks of the answer to the committed turn. */
  readonly answer: (
    signal: AbortSignal,
  ) => { readonly trackId: string; readonly chunks: AsyncIterable<ChunkRecord> } | null;
  /** Audio of a released chunk. */
  readonly voice: (chunk: ChunkRecord, signal: AbortSignal) => Promise<Iterable<TaggedFrame>>;
  readonly onError: (error: unknown) => void;
}

export interface LivekitSessionOptions {
  readonly vad: VAD;
  readonly stt: stt.STT;
  readonly turnDetection: NonNullable<voice.AgentSessionOptions['turnHandling']>['turnDetection'];
  readonly minEndpointingMs: number;
  readonly maxEndpointingMs: number;
}

/** Never asked: our own node makes the text. It must exist, because the session answers only where there is a model. */
class NoModel extends llm.LLM {
  override label(): string {
    return 'sidetone.gate';
  }
  override chat(): llm.LLMStream {
    throw new Error('the answer comes from llmNode');
  }
}

/** Never asked either: only released text is voiced, by our own node. */
class NoVoice extends tts.TTS {
  override readonly label = 'sidetone.voice';
  constructor() {
    super(16_000, 1, { streaming: false });
  }
  override synthesize(): tts.ChunkedStream {
    throw new Error('the voice comes from ttsNode');
  }
  override stream(): tts.SynthesizeStream {
    throw new Error('the voice comes from ttsNode');
  }
}

/** LiveKit's agent with our text and our voice in its nodes. */
class GatedAgent extends voice.Agent {
  readonly #ports: LivekitSessionPorts;
  readonly #belt: Belt;
  #waiting: ChunkRecord[] = [];
  #trackId = '';

  constructor(ports: LivekitSessionPorts, belt: Belt) {
    super({ instructions: '' });
    this.#ports = ports;
    this.#belt = belt;
  }

  override async onUserTurnCompleted(_context: llm.ChatContext, message: llm.ChatMessage): Promise<void> {
    if (!(await this.#ports.onCommitted(message.textContent ?? ''))) throw new voice.StopResponse();
  }

  override llmNode(): Promise<ReadableStream<string>> {
    const abort = new AbortController();
    const answer = this.#ports.answer(abort.signal);
    this.#waiting = [];
    this.#trackId = answer?.trackId ?? '';
    const chunks = answer?.chunks[Symbol.asyncIterator]() ?? null;
    return Promise.resolve(
      new ReadableStream<string>({
        pull: async controller => {
          const next = chunks === null ? null : await chunks.next();
          if (next === null || next.done === true) {
            controller.close();
            return;
          }
          this.#waiting.push(next.value);
          controller.enqueue(next.value.text);
        },
        cancel: () => abort.abort('cancelled'),
      }),
    );
  }

  override ttsNode(text: ReadableStream<string>): Promise<ReadableStream<AudioFrame>> {
    const abort = new AbortController();
    const frames = this.#frames(text, abort.signal);
    return Promise.resolve(
      new ReadableStream<AudioFrame>({
        pull: async controller => {
          const next = await frames.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        },
        cancel: () => abort.abort('cancelled'),
      }),
    );
  }

  /** Voices a text only if it is, to the letter, the next released chunk; anything else is silence (GATE41). */
  async *#frames(text: ReadableStream<string>, signal: AbortSignal): AsyncGenerator<AudioFrame, void> {
    const trackId = this.#trackId;
    let sounded = false;
    for await (const piece of text) {
      const chunk = this.#waiting.shift();
      if (chunk?.text !== piece) {
        this.#ports.onError(new Error('text reached the voice that the gate did not release'));
        continue;
      }
      for (const frame of await this.#ports.voice(chunk, signal)) {
        sounded = true;
        yield toLivekitFrame(frame, trackId);
      }
    }
    // Where frames were made the output closes the track after the last one; without any there is nothing to wait for.
    if (!sounded) this.#belt.close(trackId);
  }
}

/**
 * One call's `AgentSession`: LiveKit hears, finds the end of the turn and runs the reply; text, voice and interruption are
 * ours. No room is ever given to it, so nothing of it can reach a participant (research: livekit-measured 1).
 */
export class LivekitSession {
  readonly output: BeltAudioOutput;
  readonly #input = new CallerAudioInput();
  readonly #session: voice.AgentSession;
  readonly #agent: GatedAgent;

  constructor(belt: Belt, ports: LivekitSessionPorts, options: LivekitSessionOptions) {
    this.output = new BeltAudioOutput(belt);
    this.#agent = new GatedAgent(ports, belt);
    this.#session = new voice.AgentSession({
      vad: options.vad,
      stt: options.stt,
      llm: new NoModel(),
      tts: new NoVoice(),
      aecWarmupDuration: null,
      ttsTextTransforms: null,
      ttsReadIdleTimeout: IDLE_TIMEOUT_MS,
      forwardAudioIdleTimeout: IDLE_TIMEOUT_MS,
      userAwayTimeout: null,
      turnHandling: {
        turnDetection: options.turnDetection ?? null,
        endpointing: {
          mode: 'fixed',
          minDelay: options.minEndpointingMs,
          maxDelay: options.maxEndpointingMs,
        },
        // Ours: see TurnRunner. The session would cancel first, wait, and silence last.
        interruption: {
          enabled: false,
          discardAudioIfUninterruptible: false,
          resumeFalseInterruption: false,
        },
        preemptiveGeneration: { enabled: false },
      },
    });
    this.#session.on(voice.AgentSessionEventTypes.Error, event => ports.onError(event.error));
    this.#session.input.audio = this.#input;
    this.#session.output.audio = this.output;
  }

  /** Interim and final words, as they come. */
  onTranscript(listener: (text: string, isFinal: boolean) => void): void {
    this.#session.on(voice.AgentSessionEventTypes.UserInputTranscribed, event =>
      listener(event.transcript, event.isFinal),
    );
  }

  async start(): Promise<void> {
    await this.#session.start({ agent: this.#agent, record: false });
  }

  push(frame: CallerFrame): void {
    this.#input.push(frame);
  }

  /** Ends the running reply. The belt has been cut before; this only stops the work behind it. */
  cancel(): void {
    void this.#session.interrupt({ force: true });
  }

  /** Forgets what the caller has said so far in this turn; used when a person answered it. */
  forgetTurn(): void {
    this.#session.clearUserTurn();
  }

  async close(): Promise<void> {
    await this.#input.close();
    await this.#session.close();
  }
}
