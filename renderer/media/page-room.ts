import type { RoomEntry } from '#shared/ipc/audio-way.ts';

/**
 * Why this page is no longer in a room. `lost` the server cannot be reached any more; `removed` the server put it out; `ended` the
 * room is over; `displaced` the same person has joined from elsewhere.
 */
export type GoneFrom = 'lost' | 'removed' | 'ended' | 'displaced';

export interface RoomEvents {
  onReconnecting(): void;
  onReconnected(): void;
  /** Once, unless this page left by itself. Nothing follows. */
  onGone(why: GoneFrom): void;
  /** The browser holds the sound back until the person touches the page, or lets it go. */
  onBlocked(isBlocked: boolean): void;
  /** How many people's audio arrives now. */
  onVoices(count: number): void;
  /** The server has muted a voice that this page had not. */
  onSilenced(): void;
}

export interface RoomEars {
  /** Whether this page plays the audio of somebody; what it does not play it does not fetch. */
  readonly hears: (identity: string) => boolean;
  readonly outputDeviceId: string;
}

/** The own microphone in a room. */
export interface RoomVoice {
  /** Silence is immediate; the room is told. Resolves when the room has been told. */
  setMuted(isMuted: boolean): Promise<void>;
}

/** One room as a page is in it. */
export interface PageRoom {
  /** Publishes the track, muted before anybody can hear it. One voice per room. Rejects with `media.refused` or `media.unreachable`. */
  speak(track: MediaStreamTrack): Promise<RoomVoice>;
  /** How many people's audio arrives. */
  readonly voices: () => number;
  setQuiet(isQuiet: boolean): void;
  /** Within a touch of the page. */
  allowSound(): Promise<void>;
  leave(): void;
}

/** Joins; rejects with an `AppError` of `media.unreachable` or `media.refused`. */
export type JoinRoom = (
  entry: Pick<RoomEntry, 'url' | 'token'>,
  ears: RoomEars,
  events: RoomEvents,
) => Promise<PageRoom>;

/** Waits between tries to get back into a room; after the last one the person decides. Source: requirement H23. */
export const RECONNECT_DELAYS_MS: readonly number[] = [0, 300, 1200, 2700, 4800];
