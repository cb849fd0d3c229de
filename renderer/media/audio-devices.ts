import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import captureUrl from './capture.worklet.ts?worker&url';
import playerUrl from './player.worklet.ts?worker&url';

export interface PlayerReport {
  readonly rms: number;
  readonly peak: number;
  readonly underruns: number;
  readonly framesPlayed: number;
}

export interface Player {
  readonly play: (frame: ArrayBuffer) => void;
  close(): void;
}

export interface Microphone {
  /** What the device hears; ends with `close`. */
  readonly track: MediaStreamTrack;
  close(): void;
}

export interface CapturedFrame {
  readonly samples: Int16Array;
  readonly peak: number;
}

/** The audio hardware of the page. Tests put a silent one in its place and count what is opened. */
export interface AudioDevices {
  openPlayer(outputDeviceId: string, onReport: (report: PlayerReport) => void): Promise<Player>;
  /** Rejects with the browser's own DOMException when there is no device or it is refused. `onLost` when it is unplugged. */
  openMicrophone(
    options: { readonly deviceId: string; readonly processing: boolean },
    onFrame: (frame: CapturedFrame) => void,
    onLost: () => void,
  ): Promise<Microphone>;
}

export const pageAudio: AudioDevices = {
  async openPlayer(outputDeviceId, onReport) {
    const context = new AudioContext({ sampleRate: SAMPLE_RATE_HZ, latencyHint: 'interactive' });
    await context.audioWorklet.addModule(playerUrl);
    if (outputDeviceId !== '' && 'setSinkId' in context)
      await (context as unknown as { setSinkId(id: string): Promise<void> })
        .setSinkId(outputDeviceId)
        .catch(() => undefined); // the device is gone: the default one plays
    const node = new AudioWorkletNode(context, 'sidetone-player', {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    node.port.onmessage = ({ data }: MessageEvent<PlayerReport>) => onReport(data);
    node.connect(context.destination);
    await context.resume();
    return {
      play: frame => node.port.postMessage(frame, [frame]),
      close: () => {
        node.disconnect();
        void context.close();
      },
    };
  },

  async openMicrophone({ deviceId, processing }, onFrame, onLost) {
    const media = await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(deviceId === '' ? {} : { deviceId: { ideal: deviceId } }),
        channelCount: 1,
        echoCancellation: processing,
        noiseSuppression: processing,
        autoGainControl: processing,
      },
    });
    const context = new AudioContext({ sampleRate: SAMPLE_RATE_HZ, latencyHint: 'interactive' });
    const lookForLoss = (): void => {
      if (media.getTracks().some(track => track.readyState === 'ended')) onLost();
    };
    const close = (): void => {
      navigator.mediaDevices.removeEventListener('devicechange', lookForLoss);
      for (const track of media.getTracks()) track.stop();
      void context.close();
    };
    try {
      await context.audioWorklet.addModule(captureUrl);
      const node = new AudioWorkletNode(context, 'sidetone-capture', { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }: MessageEvent<CapturedFrame>) => onFrame(data);
      context.createMediaStreamSource(media).connect(node);
      for (const track of media.getTracks()) track.addEventListener('ended', onLost);
      // Some systems only tell that the devices have changed.
      navigator.mediaDevices.addEventListener('devicechange', lookForLoss);
      await context.resume();
    } catch (error) {
      close(); // never leave a device open that nobody knows of
      throw error;
    }
    const [track] = media.getAudioTracks();
    if (!track) {
      close();
      throw new DOMException('no audio track', 'NotFoundError');
    }
    return { track, close };
  },
};
