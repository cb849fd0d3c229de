import { EARCON_TONES, earconMs, type Earcon } from './earcons.ts';

/** Plays earcons to the person at the desk, on an output of its own: no caller and no microphone is on its way. */
export interface EarconPlayer {
  /** `volumeRatio` 0 to 1; an empty device id is the system's choice. Never rejects: a sound that cannot play is missed. */
  play(earcon: Earcon, volumeRatio: number, outputDeviceId: string): void;
}

/** Before the first click a page may not sound. A sound that had to wait longer than this would tell old news. */
const STALE_MS = 300;
/** After this time without a sound the output is closed, so that no device is held for nothing. */
const IDLE_MS = 10_000;
const ATTACK_S = 0.008;
const RELEASE_S = 0.03;

interface Output {
  readonly context: AudioContext;
  readonly deviceId: string;
  readonly ready: Promise<void>;
  idle: ReturnType<typeof setTimeout> | undefined;
}

export function createEarconPlayer(): EarconPlayer {
  let output: Output | null = null;

  const outputOn = (deviceId: string): Output => {
    if (output?.deviceId === deviceId && output.context.state !== 'closed') return output;
    if (output) void output.context.close().catch(() => undefined);
    const context = new AudioContext({ latencyHint: 'interactive' });
    const ready =
      deviceId !== '' && 'setSinkId' in context
        ? (context as unknown as { setSinkId(id: string): Promise<void> })
            .setSinkId(deviceId)
            .catch(() => undefined) // the device is gone: the default one plays
        : Promise.resolve();
    output = { context, deviceId, ready, idle: undefined };
    return output;
  };

  return {
    play(earcon, volumeRatio, outputDeviceId) {
      if (volumeRatio <= 0 || typeof AudioContext === 'undefined') return;
      const askedMono = performance.now();
      const mine = outputOn(outputDeviceId);
      clearTimeout(mine.idle);
      mine.idle = setTimeout(
        () => {
          if (output === mine) output = null;
          void mine.context.close().catch(() => undefined);
        },
        IDLE_MS + earconMs(earcon),
      );
      void Promise.all([mine.ready, mine.context.resume()])
        .then(() => {
          if (performance.now() - askedMono <= STALE_MS) sound(mine.context, earcon, volumeRatio);
        })
        .catch(() => undefined);
    },
  };
}

function sound(context: AudioContext, earcon: Earcon, volumeRatio: number): void {
  const now = context.currentTime + 0.01;
  // Loudness is heard as a power: half the slider should sound half as loud.
  const whole = 0.4 * volumeRatio ** 2;
  for (const { atMs, lengthMs, fromHz, toHz, loudnessRatio, wave } of EARCON_TONES[earcon]) {
    const begin = now + atMs / 1000;
    const end = begin + lengthMs / 1000;
    const oscillator = new OscillatorNode(context, { type: wave, frequency: fromHz });
    oscillator.frequency.setValueAtTime(fromHz, begin);
    oscillator.frequency.exponentialRampToValueAtTime(toHz, end);
    const gain = new GainNode(context, { gain: 0 });
    // Without a rise and a fall each tone would click.
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(whole * loudnessRatio, begin + ATTACK_S);
    gain.gain.setValueAtTime(whole * loudnessRatio, end - RELEASE_S);
    gain.gain.linearRampToValueAtTime(0, end);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(begin);
    oscillator.stop(end);
  }
}
