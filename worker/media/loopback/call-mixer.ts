import type {
  ListenFrame,
  MediaStreamHandle,
  MicrophoneStream,
  Voice,
} from '#shared/adapters/media-plane.ts';
import type { CallerFrame } from '#shared/adapters/telephony-adapter.ts';
import {
  audibility,
  coachParty,
  hears,
  humanParty,
  type AudibilityEdge,
  type AudibilityInput,
  type Party,
} from '#shared/domain/audibility.ts';
import { FRAME_SAMPLES, samplesOf } from '#shared/domain/audio-format.ts';
import type { UserId } from '#shared/domain/ids.ts';
import { MicrophoneQueue } from './microphone-queue.ts';
import { mix, peak } from './mix.ts';

/** Meters are sent this often; faster is not seen. */
const LEVEL_SAMPLES = samplesOf(100);

export interface Levels {
  readonly caller: number;
  readonly ai: number;
  readonly human: number;
}

export interface CallMixerPorts {
  /** The belt: the only source of AI audio. Pulled only while the caller may hear the AI. */
  readonly pullAi: () => Int16Array | null;
  readonly toCaller: (samples: Int16Array) => void;
  /**
   * Whether people of ours reach the caller by themselves, as in a room: then only the AI is sent, and what the caller hears of
   * people is still metered, recorded and heard by listeners. Asked for every frame. Absent: no.
   */
  readonly peopleReachCaller?: () => boolean;
  readonly onLevels: (levels: Levels) => void;
  /** The caller is hearing this person: called for each such frame, with its peak. */
  readonly onHumanHeard: (userId: UserId, sampleIndex: number, peakRatio: number) => void;
  /** Both sides of the line, for a recorder: what the caller said and what the caller heard. */
  readonly onLine: (caller: Int16Array, heard: Int16Array) => void;
}

/** The voice of a colleague on the phone, and the way to them. */
interface ColleagueLine {
  readonly queue: MicrophoneQueue;
  readonly play: ((samples: Int16Array) => void) | null;
}

interface Listener {
  readonly party: Party;
  readonly onFrame: (frame: ListenFrame) => void;
  readonly onEnd: () => void;
  sequence: number;
}

/**
 * All audio of one call on one axis, 20 ms at a time, driven by the line: for each caller frame everybody hears exactly whom
 * the matrix says (HEAR1-HEAR7), and nothing else decides. Synchronous and allocation-light; never waits for anybody.
 */
export class CallMixer {
  readonly #ports: CallMixerPorts;
  readonly #listeners = new Set<Listener>();
  readonly #microphones = new Map<Party, { readonly userId: UserId; readonly queue: MicrophoneQueue }>();
  #colleague: ColleagueLine | null = null;
  #edges: readonly AudibilityEdge[] = audibility({ floor: 'ai', humans: [] });
  #nextSample = 0;
  #ended = false;
  #levels = { caller: 0, ai: 0, human: 0 };
  #levelSamples = 0;

  constructor(ports: CallMixerPorts) {
    this.#ports = ports;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** First sample that has not been mixed yet. */
  get nextSample(): number {
    return this.#nextSample;
  }

  apply(input: AudibilityInput): { readonly edges: readonly AudibilityEdge[]; readonly sample: number } {
    this.#edges = audibility(input);
    // What a microphone delivered before it had an edge must not be heard late.
    for (const [party, { queue }] of this.#microphones) if (!this.#isHeard(party)) queue.clear();
    if (!this.#isHeard('colleague')) this.#colleague?.queue.clear();
    return { edges: this.#edges, sample: this.#nextSample };
  }

  listen(userId: UserId, onFrame: (frame: ListenFrame) => void, onEnd: () => void): MediaStreamHandle {
    const listener: Listener = { party: humanParty(userId), onFrame, onEnd, sequence: 0 };
    this.#listeners.add(listener);
    return { close: () => this.#listeners.delete(listener) };
  }

  /** What is whispered comes on a stream of its own, so that no frame of it can be taken for one that was said on the line. */
  openMicrophone(userId: UserId, voice: Voice = 'line'): MicrophoneStream {
    const queue = new MicrophoneQueue();
    const party = voice === 'line' ? humanParty(userId) : coachParty(userId);
    this.#microphones.set(party, { userId, queue });
    return this.#into(
      queue,
      party,
      () => this.#microphones.get(party)?.queue === queue,
      () => this.#microphones.delete(party),
    );
  }

  /**
   * A colleague on the phone speaks into it; one at a time.
   * @param play is given what they may hear, and they are sent to the caller; `null`: they and the caller are in one room
   */
  openColleague(play: ((samples: Int16Array) => void) | null): MicrophoneStream {
    const line: ColleagueLine = { queue: new MicrophoneQueue(), play };
    this.#colleague = line;
    return this.#into(
      line.queue,
      'colleague',
      () => this.#colleague === line,
      () => (this.#colleague = null),
    );
  }

  #into(queue: MicrophoneQueue, speaker: Party, isOpen: () => boolean, close: () => void): MicrophoneStream {
    let refused = 0;
    return {
      push: samples => {
        if (isOpen() && this.#isHeard(speaker)) queue.push(samples);
        else refused += 1;
      },
      close: () => {
        if (isOpen()) close();
      },
      get droppedFrames() {
        return refused + queue.droppedFrames;
      },
    };
  }

  /** One tick of the line. */
  onCallerFrame(frame: CallerFrame): void {
    if (this.#ended) return;
    const sampleIndex = frame.sampleOffset;
    this.#nextSample = sampleIndex + FRAME_SAMPLES;
    const sounding = new Map<Party, Int16Array>([['caller', frame.samples]]);
    if (hears(this.#edges, 'ai', 'caller')) {
      const ai = this.#ports.pullAi();
      if (ai) sounding.set('ai', ai);
    }
    for (const [party, { userId, queue }] of this.#microphones) {
      if (!this.#isHeard(party)) continue;
      const samples = queue.pull();
      if (!samples) continue;
      sounding.set(party, samples);
      if (hears(this.#edges, party, 'caller')) this.#ports.onHumanHeard(userId, sampleIndex, peak(samples));
    }
    const colleague = hears(this.#edges, 'colleague', 'caller') ? this.#colleague?.queue.pull() : null;
    if (colleague) sounding.set('colleague', colleague);
    const heard = this.#heardBy('caller', sounding);
    this.#ports.toCaller(this.#sentTo(sounding));
    this.#colleague?.play?.(this.#heardBy('colleague', sounding));
    this.#ports.onLine(frame.samples, heard);
    for (const listener of this.#listeners) {
      listener.onFrame({
        sequence: listener.sequence,
        sampleIndex,
        samples: this.#heardBy(listener.party, sounding),
      });
      listener.sequence += 1;
    }
    this.#meter(sounding);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const listener of this.#listeners) listener.onEnd();
    this.#listeners.clear();
    this.#microphones.clear();
    this.#colleague = null;
  }

  /** What the caller hears, less whom they hear without us. */
  #sentTo(sounding: ReadonlyMap<Party, Int16Array>): Int16Array {
    const peopleReachCaller = this.#ports.peopleReachCaller?.() === true;
    const sent = [...sounding].filter(([party]) => {
      if (party === 'colleague') return this.#colleague?.play !== null;
      return party === 'ai' || !peopleReachCaller;
    });
    return this.#heardBy('caller', new Map(sent));
  }

  #isHeard(party: Party): boolean {
    return this.#edges.some(([speaker]) => speaker === party);
  }

  #heardBy(listener: Party, sounding: ReadonlyMap<Party, Int16Array>): Int16Array {
    const audible: Int16Array[] = [];
    for (const [speaker, samples] of sounding)
      if (hears(this.#edges, speaker, listener)) audible.push(samples);
    return mix(audible);
  }

  #meter(sounding: ReadonlyMap<Party, Int16Array>): void {
    for (const [party, samples] of sounding) {
      // The meters show the call; what is whispered beside it is not part of it.
      if (party.startsWith('coach:')) continue;
      const who = party === 'caller' || party === 'ai' ? party : 'human';
      this.#levels[who] = Math.max(this.#levels[who], peak(samples));
    }
    this.#levelSamples += FRAME_SAMPLES;
    if (this.#levelSamples < LEVEL_SAMPLES) return;
    this.#ports.onLevels(this.#levels);
    this.#levels = { caller: 0, ai: 0, human: 0 };
    this.#levelSamples = 0;
  }
}
