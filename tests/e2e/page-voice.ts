import type { Page } from '@playwright/test';

/** From before the first script of a page: its microphone is this tone instead of the browser's. */
export async function speakWithTone(page: Page, hz: number): Promise<void> {
  await page.addInitScript(toneHz => {
    const context = new AudioContext();
    navigator.mediaDevices.getUserMedia = async () => {
      await context.resume();
      const tone = new OscillatorNode(context, { frequency: toneHz });
      const volume = new GainNode(context, { gain: 0.35 });
      const sink = context.createMediaStreamDestination();
      tone.connect(volume).connect(sink);
      tone.start();
      return sink.stream;
    };
  }, hz);
}
