import { FRAME_MS, FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { ChunkId } from '#shared/domain/ids.ts';
import type { Lane } from '#shared/domain/lanes.ts';
import type { BeltView, FrameTag } from '#worker/lanes/chunk-ledger.ts';
import { mayPass } from '#worker/lanes/chunk-ledger.ts';

/** 20 ms of AI speech: 320 samples, mono, 16 kHz, and what they say. */
export interface TaggedFrame {
  readonly tag: FrameTag | null;
  readonly samples: Int16Array;
}

/** Audio that may wait between the voice and the caller. Source: architecture 2.2 (*queued*: at most 100 ms). */
export const BELT_QUEUE_FRAMES = 100 / FRAME_MS;

/** Attenuation while a sound over the AI is not yet known to be an interruption: 20 dB. */
const DUCK_GAIN = 0.1;

export interface BeltEvents {
  /** The first frame of a chunk has been accepted. */
  queued(chunkId: ChunkId): void;
  /** The first frame of a chunk is about to sound. @returns false to refuse it */
  speaking(chunkId: ChunkId): boolean;
  progress(tag: FrameTag, samples: number): void;
  /** The last frame of a chunk has sounded. */
  spoken(chunkId: ChunkId): void;
  /** The chunk that sounded will not go on, though its last frame never came. */
  brokenOff(chunkId: ChunkId): void;
  /** The moment for this chunk has passed before it could begin. */
  missed(chunkId: ChunkId): void;
  /** All that was lined up has sounded or been stopped. */
  drained(): void;
}

interface Track {
  readonly id: string;
  readonly lane: Lane | 'own';
  readonly frames: TaggedFrame[];
  readonly waiting: (() => void)[];
  started: boolean;
  closed: boolean;
}

/**
 * The last gate before the caller: plays utterances one after another, 20 ms at a time, and asks for every frame whether it
 * may sound, when it arrives and again when it is due. Pulled by the media plane's clock; never blocks, never fails.
 * Source: docs/spec/media.md MED1-MED9.
 */
export class Belt {
  readonly #view: BeltView;
  readonly #events: BeltEvents;
  readonly #mayStart: (lane: Lane | 'own') => boolean;
  #tracks: Track[] = [];
  #ducked = false;
  #gain = 1;
  #onHold = false;
  #current: ChunkId | null = null;
  /** First sample that the chunk that sounds must go on with. */
  #nextSample = 0;
  #sounding = false;

  constructor(view: BeltView, events: BeltEvents, mayStart: (lane: Lane | 'own') => boolean) {
    this.#view = view;
    this.#events = events;
    this.#mayStart = mayStart;
  }

  /** Lines an utterance up: last, or in front of everything that has not begun to sound. */
  open(id: string, lane: Lane | 'own', where: 'last' | 'front' = 'last'): void {
    const track: Track = { id, lane, frames: [], waiting: [], started: false, closed: false };
    if (where === 'last') {
      this.#tracks.push(track);
      return;
    }
    const at = this.#tracks.findIndex(other => !other.started);
    this.#tracks.splice(at < 0 ? this.#tracks.length : at, 0, track);
  }

  /** No more frames will come for this utterance. */
  close(id: string): void {
    const track = this.#tracks.find(candidate => candidate.id === id);
    if (!track) return;
    track.closed = true;
    this.#retire();
  }

  /**
   * Takes one frame; resolves when there is room for another, so that no more than 100 ms wait here.
   * A frame that may not sound is dropped at once, and its producer is not held up.
   */
  async offer(id: string, frame: TaggedFrame): Promise<void> {
    const answer = mayPass(frame.tag, this.#view);
    const track = this.#tracks.find(candidate => candidate.id === id);
    if (answer !== 'pass' || frame.tag === null || !track || track.closed) return;
    if (frame.tag.startSample === 0) this.#events.queued(frame.tag.chunkId);
    track.frames.push(frame);
    if (track.frames.length < BELT_QUEUE_FRAMES) return;
    await new Promise<void>(resolve => track.waiting.push(resolve));
  }

  /** Frames of the utterance that wait here, for the lead time. */
  waitingMs(): number {
    return this.#tracks.reduce((sum, track) => sum + track.frames.length * FRAME_MS, 0);
  }

  get sounding(): boolean {
    return this.#sounding;
  }

  /** The next 20 ms, or `null` for silence. */
  pull(): TaggedFrame | null {
    const frame = this.#next();
    if (frame === null) {
      this.#sounding = false;
      return null;
    }
    this.#sounding = true;
    return { tag: frame.tag, samples: this.#shape(frame.samples) };
  }

  /** A held belt finishes the chunk that sounds and starts no other. */
  hold(on: boolean): void {
    this.#onHold = on;
  }

  duck(on: boolean): void {
    this.#ducked = on;
  }

  /** Drops everything at once: what was lined up is gone, and the next pull is silence. */
  cut(): void {
    const tracks = this.#tracks;
    this.#tracks = [];
    this.#current = null;
    this.#sounding = false;
    this.#ducked = false;
    this.#gain = 1;
    for (const track of tracks) for (const wake of track.waiting) wake();
  }

  #next(): TaggedFrame | null {
    for (;;) {
      const track = this.#tracks[0];
      if (!track) return null;
      const frame = track.frames[0];
      if (!frame) {
        if (!this.#retire()) return null;
        continue;
      }
      const { tag } = frame;
      const answer = mayPass(tag, this.#view);
      if (answer !== 'pass' || tag === null) {
        this.#take(track);
        continue;
      }
      if (tag.startSample !== (tag.chunkId === this.#current ? this.#nextSample : 0)) {
        // Played twice, out of order or from the middle: nobody judged what that says (MED40).
        this.#take(track);
        continue;
      }
      if (tag.chunkId !== this.#current) {
        if (this.#onHold && track.lane !== 'own') return null;
        if (!track.started && !this.#mayStart(track.lane)) {
          if (track.lane !== 'A') return null;
          this.#giveUp(track, tag.chunkId);
          continue;
        }
        if (!this.#events.speaking(tag.chunkId)) {
          this.#take(track);
          continue;
        }
        this.#breakOff();
        this.#current = tag.chunkId;
        track.started = true;
      }
      this.#take(track);
      this.#nextSample = tag.startSample + frame.samples.length;
      this.#events.progress(tag, frame.samples.length);
      if (tag.last) {
        this.#current = null;
        this.#events.spoken(tag.chunkId);
        this.#retire();
      }
      return frame;
    }
  }

  /** A chunk whose last frame never came has its end all the same (MED41). */
  #breakOff(): void {
    if (this.#current === null) return;
    const chunkId = this.#current;
    this.#current = null;
    this.#events.brokenOff(chunkId);
  }

  /** An acknowledgement is for one moment; waiting for another it would only hold up what is behind it (REF25). */
  #giveUp(track: Track, chunkId: ChunkId): void {
    this.#tracks = this.#tracks.filter(other => other !== track);
    for (const wake of track.waiting) wake();
    this.#events.missed(chunkId);
    if (this.#tracks.length === 0) this.#events.drained();
  }

  #take(track: Track): void {
    track.frames.shift();
    if (track.frames.length < BELT_QUEUE_FRAMES) track.waiting.shift()?.();
  }

  /** Removes finished utterances from the head. @returns whether one was removed */
  #retire(): boolean {
    const before = this.#tracks.length;
    while (this.#tracks[0]?.closed && this.#tracks[0].frames.length === 0) {
      if (this.#tracks[0].started) this.#breakOff();
      this.#tracks.shift();
    }
    if (before > 0 && this.#tracks.length === 0) this.#events.drained();
    return this.#tracks.length < before;
  }

  /** Ducking ramps over one frame, so that it is not a click. */
  #shape(samples: Int16Array): Int16Array {
    const target = this.#ducked ? DUCK_GAIN : 1;
    const from = this.#gain;
    this.#gain = target;
    if (from === 1 && target === 1) return samples;
    const shaped = new Int16Array(FRAME_SAMPLES);
    for (let index = 0; index < samples.length; index += 1) {
      const gain = from + ((target - from) * index) / FRAME_SAMPLES;
      shaped[index] = Math.round((samples[index] ?? 0) * gain);
    }
    return shaped;
  }
}
