import { createStore } from 'zustand/vanilla';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { DeskStream } from '#shared/ipc/streams.ts';
import { encodeAudioFrame } from '#shared/protocol/audio-frame.ts';
import type { AudioDevices, CapturedFrame, Microphone, Player } from './audio-devices.ts';
import { microphoneError, UNPLUGGED } from './media-errors.ts';
import { SILENT, type MediaLink, type MediaState } from './media-link.ts';
import type { AudioProbe } from './probe.ts';

interface LinkDeps {
  readonly bridge: DeskBridge;
  readonly devices: AudioDevices;
  readonly probe: AudioProbe | null;
  /** Device ids of the settings at the moment of opening. */
  readonly chosen: () => { readonly input: string; readonly output: string };
}

interface Sending {
  send(samples: Int16Array): void;
  close(): void;
}

/** Plain frames over the desk bridge: the audio path of the loopback media plane. */
export function createLoopbackLink({ bridge, devices, probe, chosen }: LinkDeps): MediaLink {
  const state = createStore<MediaState>(() => SILENT);
  let player: Promise<Player> | null = null;
  let down: DeskStream | null = null;
  let microphone: Microphone | null = null;
  let opening: Promise<ErrorBody | null> | null = null;
  /** Rises with each closing, so that a device that opens too late is closed again. */
  let openings = 0;
  let up: Sending | null = null;
  let whisper: Sending | null = null;
  let onFirstFrame: (() => void) | null = null;
  let levelRatio = 0;
  let isQuiet = false;

  const stopListening = (): void => {
    down?.close();
    down = null;
    void player?.then(open => open.close());
    player = null;
    state.setState({ listeningTo: null });
  };

  /** A stream of frames that count from 0. @param onOver it was closed, by whomever */
  const openUp = (name: 'microphone' | 'coach', callId: CallId, onOver: (mine: Sending) => void): Sending => {
    let sequence = 0;
    const stream = bridge.open(name, { callId }, { onMessage: () => undefined, onClose: () => onOver(mine) });
    const mine: Sending = {
      send: samples => {
        stream.sendAudio(encodeAudioFrame({ sequence, sampleIndex: sequence * samples.length, samples }));
        sequence += 1;
      },
      close: () => stream.close(),
    };
    return mine;
  };

  const stopWhispering = (): void => {
    whisper?.close();
    whisper = null;
    state.setState({ whisperingTo: null });
  };

  const stopSending = (): void => {
    up?.close();
    up = null;
    onFirstFrame?.();
    onFirstFrame = null;
    state.setState({ sendingTo: null, muted: false });
  };

  const closeMicrophone = (): void => {
    openings += 1;
    stopSending();
    stopWhispering();
    microphone?.close();
    microphone = null;
    opening = null;
    levelRatio = 0;
    state.setState({ device: { name: 'closed' } });
  };

  const onUnplugged = (): void => {
    closeMicrophone();
    state.setState({ device: { name: 'failed', error: UNPLUGGED } });
  };

  const onFrame = ({ samples, peak }: CapturedFrame): void => {
    levelRatio = state.getState().muted ? 0 : peak;
    whisper?.send(samples);
    if (!up) return;
    // A muted person sends silence: the stream keeps its pace and the worker its clock.
    if (state.getState().muted) samples.fill(0);
    up.send(samples);
    if (probe) probe.micFramesSent += 1;
    onFirstFrame?.();
    onFirstFrame = null;
  };

  const open = async (): Promise<ErrorBody | null> => {
    openings += 1;
    const mine = openings;
    state.setState({ device: { name: 'opening' } });
    try {
      const options = { deviceId: chosen().input, processing: probe === null };
      const opened = await devices.openMicrophone(options, onFrame, () => {
        if (mine === openings) onUnplugged();
      });
      if (mine !== openings) {
        opened.close();
        return null;
      }
      microphone = opened;
      state.setState({ device: { name: 'open' } });
      return null;
    } catch (error) {
      opening = null;
      const body = microphoneError(error);
      if (mine === openings) state.setState({ device: { name: 'failed', error: body } });
      return body;
    }
  };

  return {
    state,
    stopListening,
    stopSending,
    closeMicrophone,
    stopWhispering,
    // The worker mixes: the person who has the call hears the whisper where they hear the call.
    joinCoach: () => Promise.resolve(null),
    leaveCoach: stopWhispering,
    level: () => levelRatio,
    // What is lost on the way to the desk comes back by itself.
    reconnect: () => Promise.resolve(),
    allowSound: () => Promise.resolve(),
    setMuted: muted => state.setState({ muted }),
    setQuiet: quiet => {
      isQuiet = quiet;
    },

    async listen(callId: CallId) {
      if (state.getState().listeningTo === callId) return;
      stopListening();
      state.setState({ listeningTo: callId });
      const opened = devices.openPlayer(chosen().output, report => {
        if (report.underruns !== state.getState().underruns) state.setState({ underruns: report.underruns });
        if (probe)
          Object.assign(probe, {
            playerRms: report.rms,
            playerPeak: report.peak,
            underruns: report.underruns,
            framesPlayed: report.framesPlayed,
          });
      });
      player = opened;
      const { play } = await opened;
      if (player !== opened) return;
      down = bridge.open(
        'listen',
        { callId },
        {
          onMessage: () => undefined,
          onAudio: frame => {
            if (!isQuiet) play(frame);
          },
          onClose: () => {
            if (state.getState().listeningTo === callId && player === opened) stopListening();
          },
        },
      );
    },

    openMicrophone() {
      if (microphone) return Promise.resolve(null);
      opening ??= open();
      return opening;
    },

    sendTo(callId: CallId) {
      if (state.getState().sendingTo === callId || !microphone) return Promise.resolve();
      stopSending();
      up = openUp('microphone', callId, mine => {
        if (up === mine) stopSending();
      });
      state.setState({ sendingTo: callId });
      return new Promise(resolve => {
        onFirstFrame = resolve;
      });
    },

    whisper(callId: CallId) {
      if (state.getState().whisperingTo === callId || !microphone) return Promise.resolve();
      stopWhispering();
      whisper = openUp('coach', callId, mine => {
        if (whisper === mine) stopWhispering();
      });
      state.setState({ whisperingTo: callId });
      return Promise.resolve();
    },
  };
}
