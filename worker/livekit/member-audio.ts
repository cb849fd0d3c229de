import { AudioStream, TrackKind, type RemoteParticipant, type RemoteTrack } from '@livekit/rtc-node';
import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { AudioState } from './room-facts.ts';
import type { RoomFrameListener } from './worker-room.ts';

/** Below this a muted track is only the decoder's own noise. */
const SILENT_PEAK = 8;

export interface HeardTrack {
  readonly track: RemoteTrack;
  readonly muted: boolean;
}

/** The track in which a member speaks: of several the newest, which after a reconnect is the one that is alive. */
export function heardTrack(participant: RemoteParticipant): HeardTrack | null {
  let newest: HeardTrack | null = null;
  for (const { track, kind, muted } of participant.trackPublications.values())
    if (track && kind === TrackKind.KIND_AUDIO) newest = { track, muted: muted === true };
  return newest;
}

export function audioState(participant: RemoteParticipant): AudioState {
  const heard = heardTrack(participant);
  if (!heard) return 'off';
  return heard.muted ? 'muted' : 'on';
}

/** Frames of members for whoever listens; a stream is open only while somebody does. */
export interface MemberEars {
  hear(identity: string, listener: RoomFrameListener): () => void;
  /** Brings the open streams in line with the room; called after everything that happens there. */
  follow(participantOf: (identity: string) => RemoteParticipant | null): void;
  close(): void;
}

interface Ear {
  readonly listeners: Set<RoomFrameListener>;
  heard: HeardTrack | null;
  stop: (() => void) | null;
}

export function createMemberEars(onError: (error: unknown) => void): MemberEars {
  const ears = new Map<string, Ear>();
  let lookUp: (identity: string) => RemoteParticipant | null = () => null;

  const deliver = (ear: Ear, samples: Int16Array): void => {
    // What a microphone says while its mute is still on the way is speech; what a muted one gives by itself is nothing.
    if (ear.heard?.muted === true && samples.every(sample => Math.abs(sample) <= SILENT_PEAK)) return;
    for (const listener of ear.listeners) listener(samples.slice());
  };
  const follow = (identity: string, ear: Ear): void => {
    const participant = lookUp(identity);
    const heard = participant && heardTrack(participant);
    const isSame = heard?.track === ear.heard?.track;
    ear.heard = heard;
    if (isSame) return;
    ear.stop?.();
    ear.stop = null;
    if (!heard) return;
    try {
      ear.stop = readTrack(heard.track, samples => deliver(ear, samples), onError);
    } catch (error) {
      // The track was gone before we heard of it; what comes in its place is followed by the next change.
      ear.heard = null;
      onError(error);
    }
  };
  return {
    hear: (identity, listener) => {
      const ear = ears.get(identity) ?? { listeners: new Set(), heard: null, stop: null };
      ears.set(identity, ear);
      ear.listeners.add(listener);
      follow(identity, ear);
      return () => {
        ear.listeners.delete(listener);
        if (ear.listeners.size > 0 || ears.get(identity) !== ear) return;
        ear.stop?.();
        ears.delete(identity);
      };
    },
    follow: participantOf => {
      lookUp = participantOf;
      for (const [identity, ear] of ears) follow(identity, ear);
    },
    close: () => {
      for (const { stop } of ears.values()) stop?.();
      ears.clear();
      lookUp = () => null;
    },
  };
}

/** Reads a track 20 ms at a time until stopped, or until the track is over. */
function readTrack(
  track: RemoteTrack,
  onFrame: (samples: Int16Array) => void,
  onError: (error: unknown) => void,
): () => void {
  const stream = new AudioStream(track, {
    sampleRate: SAMPLE_RATE_HZ,
    numChannels: 1,
    frameSizeMs: FRAME_MS,
  });
  const reader = stream.getReader();
  let open = true;
  const read = async (): Promise<void> => {
    while (open) {
      const { done, value } = await reader.read();
      if (done) return;
      if (open && value.data.length === FRAME_SAMPLES) onFrame(value.data);
    }
  };
  read().catch(onError);
  return () => {
    open = false;
    // Without this the stream's own listener stays for the life of the process.
    reader.cancel().catch(onError);
  };
}
