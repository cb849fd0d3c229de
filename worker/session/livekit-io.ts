import { voice } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import type { CallerFrame } from '#shared/adapters/telephony-adapter.ts';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { FrameTag } from '#worker/lanes/chunk-ledger.ts';
import type { Belt, TaggedFrame } from '#worker/media/belt.ts';

const TAG = 'sidetone.tag';
const UTTERANCE = 'sidetone.utterance';

/** A frame for LiveKit's pipeline that keeps our tag; user data survives as long as nothing resamples. */
export function toLivekitFrame(frame: TaggedFrame, utteranceId: string): AudioFrame {
  return new AudioFrame(frame.samples, SAMPLE_RATE_HZ, 1, FRAME_SAMPLES, {
    [TAG]: frame.tag,
    [UTTERANCE]: utteranceId,
  });
}

/** The caller's side of the session: our own frames, no room, so nothing can leak to a participant. */
export class CallerAudioInput extends voice.AudioInput {
  readonly #writer: WritableStreamDefaultWriter<AudioFrame>;
  #open = true;

  constructor() {
    super();
    const pipe = new TransformStream<AudioFrame, AudioFrame>();
    this.#writer = pipe.writable.getWriter();
    this.multiStream.addInputStream(pipe.readable as Parameters<typeof this.multiStream.addInputStream>[0]);
  }

  push(frame: CallerFrame): void {
    if (!this.#open) return;
    const copy = new AudioFrame(frame.samples, SAMPLE_RATE_HZ, 1, frame.samples.length, {
      callId: frame.callId,
      sampleOffset: frame.sampleOffset,
    });
    // A closing session refuses frames; the call is ending and nothing is lost.
    this.#writer.write(copy).catch(() => {
      this.#open = false;
    });
  }

  override async close(): Promise<void> {
    this.#open = false;
    await this.#writer.close().catch(() => undefined);
    await super.close();
  }
}

/**
 * The AI's side of the session: hands frames to the belt and tells LiveKit what became of them. The belt alone decides what
 * sounds; this only keeps LiveKit's count of segments right (one finish per segment, whatever happens).
 */
export class BeltAudioOutput extends voice.AudioOutput {
  readonly #belt: Belt;
  #utterance: string | null = null;
  #segments: string[] = [];
  #pushedSamples = 0;

  constructor(belt: Belt) {
    super(SAMPLE_RATE_HZ, undefined, { pause: false });
    this.#belt = belt;
  }

  override async captureFrame(frame: AudioFrame): Promise<void> {
    const tag = (frame.userdata[TAG] ?? null) as FrameTag | null;
    const utteranceId = frame.userdata[UTTERANCE];
    await super.captureFrame(frame);
    this.#utterance = typeof utteranceId === 'string' ? utteranceId : 'untagged';
    this.#pushedSamples += frame.samplesPerChannel;
    await this.#belt.offer(this.#utterance, { tag, samples: frame.data });
  }

  override flush(): void {
    super.flush();
    if (this.#utterance === null) return;
    const utterance = this.#utterance;
    this.#utterance = null;
    this.#segments.push(utterance);
    this.#belt.close(utterance);
  }

  override clearBuffer(): void {
    this.finish(true, '');
  }

  /** Tells LiveKit that all captured segments are over; called when the belt has drained or was cut. */
  finish(interrupted: boolean, heardText: string): void {
    const open = this.#segments.length + (this.#utterance === null ? 0 : 1);
    const playbackPosition = this.#pushedSamples / SAMPLE_RATE_HZ;
    this.#segments = [];
    this.#utterance = null;
    this.#pushedSamples = 0;
    for (let index = 0; index < open; index += 1) {
      this.onPlaybackFinished({ playbackPosition, interrupted, synchronizedTranscript: heardText });
    }
  }
}
