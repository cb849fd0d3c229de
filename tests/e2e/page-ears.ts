import type { Page } from '@playwright/test';

export interface PageEars {
  /** Strength of each tone in what the page plays, 0 to 1, everybody added up. */
  hear(tonesHz: readonly number[]): Promise<readonly number[]>;
  devicesOpened(): Promise<number>;
  /** How many different voices the page has played so loud that a person hears them, since it was opened. */
  voicesHeard(): Promise<number>;
}

/** What a page plays by WebRTC and which devices it opens, watched from before its first script. */
export async function earsOf(page: Page): Promise<PageEars> {
  await page.addInitScript(watchPage);
  return {
    hear: tonesHz => page.evaluate(tones => window.__ears.hear(tones), [...tonesHz]),
    devicesOpened: () => page.evaluate(() => window.__ears.devicesOpened),
    voicesHeard: () => page.evaluate(() => window.__ears.voicesHeard),
  };
}

declare global {
  interface Window {
    __ears: { devicesOpened: number; readonly voicesHeard: number; hear(tonesHz: number[]): number[] };
  }
}

/** Runs in the page, and so may use nothing from outside. */
function watchPage(): void {
  const analysers = new Map<MediaStream, { element: HTMLMediaElement; analyser: AnalyserNode }>();
  let context: AudioContext | null = null;
  const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...property,
    set(this: HTMLMediaElement, stream: MediaStream | null) {
      property?.set?.call(this, stream);
      for (const [key, { element }] of analysers) if (element === this) analysers.delete(key);
      if (!stream || stream.getAudioTracks().length === 0) return;
      context ??= new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 8192;
      analyser.smoothingTimeConstant = 0;
      context.createMediaStreamSource(stream).connect(analyser);
      analysers.set(stream, { element: this, analyser });
    },
  });
  const voices = new Set<MediaStream>();
  setInterval(() => {
    for (const [stream, { element, analyser }] of analysers) {
      const samples = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      if (!element.muted && !element.paused && Math.sqrt(power) > 0.01) voices.add(stream);
    }
  }, 100);
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = constraints => {
    window.__ears.devicesOpened += 1;
    return open(constraints);
  };
  window.__ears = {
    devicesOpened: 0,
    get voicesHeard() {
      return voices.size;
    },
    hear: tonesHz => {
      const levels = tonesHz.map(() => 0);
      for (const { element, analyser } of analysers.values()) {
        if (element.muted || element.paused) continue;
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        tonesHz.forEach((hz, index) => {
          const bin = Math.round((hz * analyser.fftSize) / analyser.context.sampleRate);
          const loudest = Math.max(...bins.subarray(bin - 2, bin + 3));
          levels[index] = (levels[index] ?? 0) + 10 ** (loudest / 20);
        });
      }
      return levels;
    },
  };
}
