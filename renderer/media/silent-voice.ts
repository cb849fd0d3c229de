import type { PageRoom } from './page-room.ts';

/** The own microphone in a room, silent until it is let speak. */
export interface SilentVoice {
  /** Silence is immediate; words wait for the room. Resolves when the room has been told. The last wish wins. */
  speak(isSpeaking: boolean): Promise<void>;
  /** Silent for good; the device goes on. */
  stop(): void;
}

/** Publishes a track of its own, muted: the meter of the device goes on while this one is silent (LINK3). Rejects as `PageRoom.speak`. */
export async function publishSilent(room: PageRoom, microphone: MediaStreamTrack): Promise<SilentVoice> {
  const sent = microphone.clone();
  sent.enabled = false;
  let isWanted = false;
  let telling: Promise<void> = Promise.resolve();
  const voice = await room.speak(sent).catch((error: unknown) => {
    sent.stop();
    throw error;
  });
  return {
    speak(isSpeaking) {
      isWanted = isSpeaking;
      if (!isSpeaking) sent.enabled = false;
      telling = telling.then(() => voice.setMuted(!isWanted)).catch(() => undefined);
      return telling;
    },
    stop() {
      isWanted = false;
      sent.enabled = false;
      sent.stop();
    },
  };
}
