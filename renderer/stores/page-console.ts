import { connectDesk } from '#renderer/bridge/desk.ts';
import { pageAudio } from '#renderer/media/audio-devices.ts';
import { createEarconPlayer } from '#renderer/media/earcon-player.ts';
import { createLoopbackLink } from '#renderer/media/loopback-link.ts';
import { createRecordingTrack } from '#renderer/media/recording-track.ts';
import { installProbe } from '#renderer/media/probe.ts';
import { pageClock } from './clock.ts';
import { createConsole, type Console } from './console.ts';

/** The console of this page: its desk, its clock, its audio. */
export function createPageConsole(): Console {
  const bridge = connectDesk();
  const probe = installProbe(window);
  return createConsole({
    bridge,
    clock: pageClock,
    probe,
    track: createRecordingTrack,
    earcons: createEarconPlayer(),
    media: chosen => createLoopbackLink({ bridge, devices: pageAudio, probe, chosen }),
  });
}
