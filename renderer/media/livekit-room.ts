import {
  ConnectionError,
  ConnectionState,
  DefaultReconnectPolicy,
  DisconnectReason,
  LocalAudioTrack,
  Room,
  RoomEvent,
  Track,
  type LocalTrack,
  type RemoteParticipant,
  type RemoteTrack,
  type RemoteTrackPublication,
} from 'livekit-client';
import { AppError, type ErrorCode } from '#shared/errors/app-error.ts';
import {
  RECONNECT_DELAYS_MS,
  type GoneFrom,
  type JoinRoom,
  type RoomEars,
  type RoomEvents,
  type RoomVoice,
} from './page-room.ts';

/** A try that hangs must not hold up those that follow it. */
const CONNECT = { autoSubscribe: false, websocketTimeout: 5_000, peerConnectionTimeout: 10_000 };

/** Joins a LiveKit room from a page: plays those it may hear and, when asked to, publishes one microphone. */
export const joinLivekitRoom: JoinRoom = async (entry, ears, events) => {
  const room = new Room({
    reconnectPolicy: new DefaultReconnectPolicy([...RECONNECT_DELAYS_MS]),
    // Muting must not close the device: it is to be back at once.
    publishDefaults: { stopMicTrackOnMute: false },
    stopLocalTrackOnUnpublish: false,
  });
  let isGone = false;
  const players = playRemote(room, ears, count => events.onVoices(count));
  const gone = (why: GoneFrom | null): void => {
    if (isGone) return;
    isGone = true;
    cancelWord();
    players.stop();
    if (why !== null) events.onGone(why);
  };
  const cancelWord = watchConnection(room, events, () => players.lookAround());
  room.on(RoomEvent.AudioPlaybackStatusChanged, () => events.onBlocked(!room.canPlaybackAudio));
  try {
    await room.connect(entry.url, entry.token, CONNECT);
  } catch (error) {
    players.stop();
    void room.disconnect();
    throw joinError(error);
  }
  room.on(RoomEvent.Disconnected, reason => gone(goneFrom(reason)));

  return {
    speak: track => publishMuted(room, track, events),
    voices: players.voices,
    setQuiet: players.setQuiet,
    allowSound: () => room.startAudio(),
    leave: () => {
      gone(null);
      // The microphone belongs to whoever opened it.
      void room.disconnect(false);
    },
  };
};

/** The signal alone may be cut for a moment while the audio goes on; that is not worth a word. */
const SIGNAL_GRACE_MS = 1_000;

/** Tells when the room is cut and when it is back. @returns a function that keeps it from telling what is under way */
function watchConnection(room: Room, events: RoomEvents, onBack: () => void): () => void {
  let word: ReturnType<typeof setTimeout> | undefined;
  room.on(RoomEvent.ConnectionStateChanged, state => {
    clearTimeout(word);
    if (state === ConnectionState.Reconnecting) events.onReconnecting();
    else if (state === ConnectionState.SignalReconnecting)
      word = setTimeout(() => events.onReconnecting(), SIGNAL_GRACE_MS);
  });
  room.on(RoomEvent.Reconnected, () => {
    onBack();
    events.onReconnected();
  });
  return () => clearTimeout(word);
}

/** Fetches and plays the audio of those whom this page hears. */
function playRemote(room: Room, { hears, outputDeviceId }: RoomEars, onVoices: (count: number) => void) {
  const playing = new Map<RemoteTrack, HTMLMediaElement>();
  let isQuiet = false;
  const consider = (publication: RemoteTrackPublication, { identity }: RemoteParticipant): void => {
    if (publication.kind === Track.Kind.Audio && hears(identity)) publication.setSubscribed(true);
  };
  /** Those who were there before this page, or before it came back. */
  const lookAround = (): void => {
    for (const member of room.remoteParticipants.values())
      for (const publication of member.trackPublications.values()) consider(publication, member);
  };
  const drop = (track: RemoteTrack): void => {
    playing.delete(track);
    track.detach();
    onVoices(playing.size);
  };
  room
    .on(RoomEvent.TrackPublished, consider)
    .on(RoomEvent.TrackSubscribed, track => {
      const element = track.attach();
      playing.set(track, element);
      element.muted = isQuiet;
      onVoices(playing.size);
      // The device is gone: the default one plays.
      if (outputDeviceId !== '') element.setSinkId(outputDeviceId).catch(() => undefined);
    })
    .on(RoomEvent.TrackUnsubscribed, drop)
    .on(RoomEvent.Connected, lookAround);
  return {
    lookAround,
    voices: () => playing.size,
    setQuiet: (quiet: boolean): void => {
      isQuiet = quiet;
      for (const element of playing.values()) element.muted = quiet;
    },
    stop: (): void => {
      for (const track of [...playing.keys()]) drop(track);
    },
  };
}

async function publishMuted(
  room: Room,
  mediaTrack: MediaStreamTrack,
  events: RoomEvents,
): Promise<RoomVoice> {
  const track = new LocalAudioTrack(mediaTrack, undefined, true);
  let isMuted = true;
  await track.mute();
  room
    .on(RoomEvent.TrackMuted, ({ track: muted }) => {
      if (muted === track && !isMuted) {
        isMuted = true;
        events.onSilenced();
      }
    })
    .on(RoomEvent.TrackUnmuted, ({ track: opened }) => {
      // A microphone that this page holds muted is opened by nobody else (LINK4).
      if (opened !== track || !isMuted) return;
      mediaTrack.enabled = false;
      void track.mute();
    });
  try {
    await room.localParticipant.publishTrack(track as LocalTrack, { source: Track.Source.Microphone });
  } catch (cause) {
    throw failure('media.refused', 'The audio server does not take your microphone for this call.', cause);
  }
  return {
    async setMuted(muted) {
      isMuted = muted;
      if (muted) {
        mediaTrack.enabled = false;
        await track.mute();
      } else await track.unmute();
    },
  };
}

function goneFrom(reason: DisconnectReason | undefined): GoneFrom | null {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return null;
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'removed';
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'displaced';
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return 'ended';
    default:
      return 'lost';
  }
}

function joinError(cause: unknown): AppError {
  const refused = cause instanceof ConnectionError && cause.status !== undefined && cause.status < 500;
  return refused
    ? failure('media.refused', 'The audio server does not let this desk in. Try again.', cause)
    : failure('media.unreachable', 'The audio server cannot be reached. Try again.', cause);
}

function failure(code: ErrorCode, message: string, cause: unknown): AppError {
  return new AppError({ code, message, retryable: true, origin: 'renderer' }, { cause });
}
