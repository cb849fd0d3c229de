import { connectDesk } from '#renderer/bridge/desk.ts';
import { pageAudio } from '#renderer/media/audio-devices.ts';
import { createEarconPlayer } from '#renderer/media/earcon-player.ts';
import { askDesk, askForRoom, createChosenLink } from '#renderer/media/chosen-link.ts';
import { createLoopbackLink } from '#renderer/media/loopback-link.ts';
import type { JoinRoom } from '#renderer/media/page-room.ts';
import { createRecordingTrack } from '#renderer/media/recording-track.ts';
import { createRoomLink } from '#renderer/media/room-link.ts';
import { installProbe } from '#renderer/media/probe.ts';
import { watchSleep } from '#renderer/media/watch-sleep.ts';
import { pageClock } from './clock.ts';
import { createConsole, type Console } from './console.ts';

/** The client of rooms is large, and a desk without rooms never needs it. */
const joinRoom: JoinRoom = async (...args) =>
  (await import('#renderer/media/livekit-room.ts')).joinLivekitRoom(...args);

/** The console of this page: its desk, its clock, its audio. */
export function createPageConsole(): Console {
  const bridge = connectDesk();
  const probe = installProbe(window);
  const ask = askDesk(bridge);
  return createConsole({
    bridge,
    clock: pageClock,
    probe,
    track: createRecordingTrack,
    earcons: createEarconPlayer(),
    media: chosen => {
      const rooms = createRoomLink({
        join: joinRoom,
        devices: pageAudio,
        ask: askForRoom(ask),
        chosen,
        processing: probe === null,
        after: (delayMs, task) => pageClock.after(delayMs, task),
      });
      watchSleep(pageClock, () => rooms.wokeUp());
      const frames = createLoopbackLink({ bridge, devices: pageAudio, probe, chosen });
      return createChosenLink({ frames, rooms, ask });
    },
  });
}
