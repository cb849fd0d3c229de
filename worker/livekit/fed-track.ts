import {
  AudioFrame,
  AudioSource,
  LocalAudioTrack,
  TrackPublishOptions,
  TrackSource,
  type Room,
} from '@livekit/rtc-node';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { createOutgoingAudio, HANDED_SAMPLES } from './outgoing-audio.ts';

/** A queue of its own lets the native side keep the pace; longer ones only sound longer after a cut. Source: research, 7. */
const NATIVE_QUEUE_MS = 200;

/** One voice in a room, such as the AI's: one source for the whole call, published anew on every connection. */
export interface FedTrack {
  /** Resolves once the server knows the track, with its id, which may change. Rejects when we may not publish, after about 10 s. */
  publish(room: Room): Promise<() => string | null>;
  play(samples: Int16Array): void;
  clear(): void;
  close(): Promise<void>;
}

/**
 * Fed without a break from the start, with silence where nothing is played: a track that stops is heard late when it goes on, and
 * a phone that is ringing is answered by hearing it.
 */
export function createFedTrack(clock: Clock, onError: (error: unknown) => void): FedTrack {
  const source = new AudioSource(SAMPLE_RATE_HZ, 1, NATIVE_QUEUE_MS);
  const outgoing = createOutgoingAudio();
  let handing = false;
  let closed = false;
  let wake: Cancel | null = null;

  /** One hand-over at a time: the native side takes no second one before the first is in its queue. */
  const feed = (): void => {
    if (closed || handing) return;
    wake?.();
    wake = null;
    const samples = outgoing.next(clock.mono());
    if (!samples) {
      wake = clock.after(Math.max(0, outgoing.dueAtMono() - clock.mono()), feed);
      return;
    }
    handing = true;
    source
      .captureFrame(new AudioFrame(samples, SAMPLE_RATE_HZ, 1, HANDED_SAMPLES))
      .catch((error: unknown) => {
        if (!closed) onError(error);
      })
      .finally(() => {
        handing = false;
        feed();
      });
  };
  feed();
  return {
    publish: async room => {
      const track = LocalAudioTrack.createAudioTrack('voice', source);
      const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
      const publication = await room.localParticipant?.publishTrack(track, options);
      return () => publication?.sid ?? null;
    },
    play: samples => {
      if (closed) return;
      outgoing.push(samples, clock.mono());
      feed();
    },
    clear: () => {
      if (closed) return;
      outgoing.clear(clock.mono());
      source.clearQueue();
      feed();
    },
    close: async () => {
      if (closed) return;
      closed = true;
      wake?.();
      await source.close();
    },
  };
}
